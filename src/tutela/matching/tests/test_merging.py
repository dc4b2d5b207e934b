"""Merging by itself: answers stay the oracle's while it works, and a process may be killed at any moment of it."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import numpy as np
import pytest

from tutela.errors import Conflict, Invalid
from tutela.matching import Generations, Matcher, Merging, newest, search
from tutela.matching.words import Words


def hashes(rows: int, seed: int = 0) -> Words:
    """Rows that crowd around 64 centres, so that questions find several."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(99).integers(0, 2**64, (64, 4), dtype=np.uint64)
    return centres[chance.integers(0, 64, rows)] ^ (np.uint64(1) << chance.integers(0, 64, (rows, 4)).astype(np.uint64))


def test_what_is_added_is_merged_by_itself() -> None:
    matcher, rows = Matcher(), hashes(100_000)
    with Merging(matcher) as merging:
        for first in range(0, 100_000, 2_000):
            matcher.add_rows("pdq", rows[first : first + 2_000], np.arange(first, first + 2_000))
        merging.wait()
        assert not matcher.pdq.is_loose
        matcher.remove(range(40_000))
        merging.wait()
        assert not matcher.pdq.is_loose
    assert merging.problem is None
    assert len(matcher) == 60_000


def test_a_matcher_that_nobody_holds_is_gone_at_once() -> None:
    matcher = Matcher()
    merging, gone = Merging(matcher), weakref.ref(matcher.pdq._state.tail.room.raw)
    del merging, matcher
    assert gone() is None


def test_a_question_of_any_moment_is_answered_as_the_oracle_would(tmp_path: Path) -> None:
    """Rows of even number stay; those of odd number come and go. The answer has all that stay, and no stranger."""
    rows, stop, wrong = hashes(40_000), threading.Event(), list[str]()
    lasting = np.arange(0, 10_000, 2)
    matcher = Matcher()
    matcher.add_rows("pdq", rows[lasting], lasting)

    def ask(seed: int) -> None:
        chance = random.Random(seed)
        while not stop.is_set():
            needle = rows[chance.randrange(len(rows))]
            found = {(int(near.id), near.distance) for near in matcher.pdq.search(needle, threshold=31)}
            must = {(int(lasting[row]), apart) for row, apart in search(needle, rows[lasting], threshold=31).pairs()}
            may = set(search(needle, rows, threshold=31).pairs())
            if not must <= found <= may:
                wrong.append(f"{len(must - found)} missing, {len(found - may)} strange")

    askers = [threading.Thread(target=ask, args=(seed,)) for seed in range(2)]
    with Generations(tmp_path / "home") as home, Merging(matcher, home, upto=Upto().next, least=9_000):
        for asker in askers:
            asker.start()
        for turn in range(30):
            some = np.arange(1 + turn * 700, 1 + turn * 700 + 2_000, 2)
            matcher.add_rows("pdq", np.repeat(rows[some], 4, axis=0), np.repeat(some, 4))
            if turn % 3:
                matcher.remove(some.tolist())
        stop.set()
        for asker in askers:
            asker.join()
    assert wrong == []
    assert newest(tmp_path / "home") is not None


class Upto:
    """Numbers that rise."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        self._last += 1
        return self._last


def test_a_generation_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    rows, matcher = hashes(50), Matcher()
    with Generations(tmp_path) as home:
        assert newest(tmp_path) is None
        for upto in (10, 50):
            matcher.add_rows("pdq", rows[upto - 10 : upto], np.arange(upto - 10, upto))
            matcher.add([(upto, [("md5", f"{upto:032x}")])])
            home.settle(matcher, upto)
        with pytest.raises(Conflict, match="generation 50 is there"):
            home.settle(matcher, 50)
        with pytest.raises(Conflict, match="another process"):
            Generations(tmp_path)
    found = newest(tmp_path, verify=True)
    assert found is not None
    assert (len(found[0]), found[1]) == (22, 50)
    assert len([each for each in tmp_path.iterdir() if each.is_dir()]) == 1


def test_a_merge_that_fails_is_told_and_the_index_goes_on(tmp_path: Path) -> None:
    matcher, rows = Matcher(), hashes(20_000)
    with Generations(tmp_path) as home, Merging(matcher, home, least=100) as merging:
        matcher.add_rows("pdq", rows, [str(each) for each in range(20_000)])
        merging.wait()
        assert isinstance(merging.problem, Invalid)
        assert matcher.pdq.search(rows[7], threshold=0)
    assert newest(tmp_path) is None


GROWING = """
import sys
from pathlib import Path
import numpy as np
from tutela.matching import Generations, Matcher, Merging, newest
sys.path.insert(0, sys.argv[2])
from test_merging import hashes
rows, folder, done = hashes(60_000), Path(sys.argv[1]), 0
home = Generations(folder)
matcher, done = newest(folder) or (Matcher(), 0)
merging = Merging(matcher, home, upto=lambda: done, least=500)
print("ready", flush=True)
while done + 500 <= len(rows):
    ids = np.arange(done, done + 500)
    matcher.remove(ids.tolist())
    matcher.add_rows("pdq", rows[ids], ids)
    matcher.remove([each for each in ids.tolist() if each % 5 == 0])
    done += 500
merging.wait()
"""


def grown(folder: Path, seconds: float | None) -> int:
    """Let a process add and merge in `folder`, and kill it after so many seconds."""
    command = [sys.executable, "-c", GROWING, str(folder), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "NUMBA_NUM_THREADS": "1"}) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        if seconds is not None:
            time.sleep(seconds)
            child.send_signal(signal.SIGKILL)
    return child.returncode


def check(folder: Path) -> int:
    """The newest generation has everything up to its number, and nothing that was removed by then."""
    found = newest(folder, verify=True)
    if found is None:
        return 0
    matcher, upto = found
    rows = hashes(60_000)
    for each in range(0, upto, 97):
        ids = {near.id for near in matcher.pdq.search(rows[each], threshold=0)}
        assert (each in ids) == (each % 5 != 0)
    return upto


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_a_process_that_is_killed_in_a_merge_leaves_a_whole_index(tmp_path: Path, seed: int) -> None:
    chance, upto = random.Random(seed), 0
    for _ in range(3 if seed == 1 else 20):
        grown(tmp_path, chance.uniform(0, 0.25))
        reached = check(tmp_path)
        assert reached >= upto
        upto = reached
    assert grown(tmp_path, None) == 0
    assert check(tmp_path) > 0
