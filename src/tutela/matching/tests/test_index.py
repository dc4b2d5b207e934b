"""An index that changes: what was added matches at once, what was removed never, and rebuilding changes no answer."""

import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.matching import Id, Index, Near, search
from tutela.matching.words import Words


def hashes(rows: int, seed: int = 0) -> Words:
    return np.random.default_rng(seed).integers(0, 2**64, (rows, 4), dtype=np.uint64)


def ids_near(index: Index, needle: Words, threshold: int = 31) -> list[Id]:
    return [near.id for near in index.search(needle, threshold=threshold)]


def test_an_added_hash_matches_when_add_returns() -> None:
    index, new = Index(hashes(10), list(range(10))), hashes(1, seed=9)
    assert ids_near(index, new[0]) == []
    index.add(new, ["new"])
    assert index.search(new[0], threshold=31) == (Near(id="new", distance=0),)
    assert (len(index), index.tail_length) == (11, 1)


def test_a_removed_id_never_matches_again_until_added_anew() -> None:
    rows = hashes(3)
    index = Index(rows[:2], ["a", "b"])
    index.add(rows[2:], ["c"])
    assert index.remove(["a", "c", "unknown"]) == 2
    assert [ids_near(index, row) for row in rows] == [[], ["b"], []]
    index.rebuild()
    assert [ids_near(index, row) for row in rows] == [[], ["b"], []]
    index.add(rows[:1], ["a"])
    assert ids_near(index, rows[0]) == ["a"]


def test_one_id_on_several_rows_goes_as_a_whole() -> None:
    rows = hashes(2)
    index = Index(rows, [5, 5])
    index.add(rows[:1], [5])
    assert ids_near(index, rows[0]) == [5, 5]
    assert index.remove([5]) == 3
    assert len(index) == 0


def test_equal_distances_come_in_the_order_of_adding_before_and_after_rebuild() -> None:
    row = hashes(1)
    index = Index(row, [30])
    index.add(np.repeat(row, 2, axis=0), [10, 20])
    assert ids_near(index, row[0]) == [30, 10, 20]
    index.rebuild()
    assert ids_near(index, row[0]) == [30, 10, 20]
    assert index.tail_length == 0


def test_an_empty_index_answers_nothing_and_can_be_rebuilt() -> None:
    index = Index()
    index.rebuild()
    assert index.search(hashes(1)[0], threshold=256) == ()
    assert index.remove([1]) == 0


def test_ids_are_numbers_of_64_bits_or_text() -> None:
    index = Index(hashes(2), [2**63 - 1, -(2**63)])
    with pytest.raises(Invalid, match="64 bits"):
        index.add(hashes(2, seed=1), [1, 2**63])
    assert len(index) == 2
    index.add(hashes(1, seed=1), ["text"])
    assert ids_near(index, hashes(1, seed=1)[0]) == ["text"]
    assert ids_near(index, hashes(2)[0]) == [2**63 - 1]


def test_ids_of_numpy_are_numbers_and_others_are_refused(tmp_path: Path) -> None:
    index = Index(hashes(2), [np.int64(7), 8])
    assert ids_near(index, hashes(2)[0]) == [7]
    index.write(tmp_path / "index")
    for wrong in (np.array([1.5, 2]), np.array([2**63, 1], dtype=np.uint64)):
        with pytest.raises(Invalid, match="type"):
            Index(hashes(2), wrong)


def test_each_hash_needs_one_id() -> None:
    with pytest.raises(Invalid, match="2 hashes with 1 ids"):
        Index(hashes(2), [1])


Steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 9)),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.just("rebuild"), st.just(0)),
    ),
    max_size=12,
)


def played(steps: Iterable[tuple[str, int]], rows: Words, index: Index) -> list[int]:
    """Play the steps on `index` and on a plain list, which is returned."""
    plain: list[int] = []
    for step, each in steps:
        if step == "add":
            index.add(rows[each : each + 1], [each])
            plain.append(each)
        elif step == "remove":
            index.remove([each])
            plain = [kept for kept in plain if kept != each]
        else:
            index.rebuild()
    return plain


@settings(max_examples=30, deadline=None)
@given(Steps)
def test_an_index_is_a_list_whatever_happened_to_it(steps: list[tuple[str, int]]) -> None:
    index, rows = Index(), np.arange(40, dtype=np.uint64).reshape(10, 4)
    plain = played(steps, rows, index)
    apart = [(int(np.bitwise_count(rows[0] ^ rows[each]).sum()), order, each) for order, each in enumerate(plain)]
    expected = [each for distance, _, each in sorted(apart) if distance <= 8]
    assert ids_near(index, rows[0], threshold=8) == expected
    assert len(index) == len(plain)


def rebuild_often(index: Index) -> None:
    for _ in range(10):
        index.rebuild()


def test_what_changes_during_a_rebuild_is_kept() -> None:
    rows = hashes(3_000)
    index = Index(rows[:1_000], list(range(1_000)))
    worker = threading.Thread(target=rebuild_often, args=(index,))
    worker.start()
    for each in range(1_000, 3_000):
        index.add(rows[each : each + 1], [each])
        assert ids_near(index, rows[each]) == [each]
        index.remove([each - 1_000])
        assert ids_near(index, rows[each - 1_000]) == []
    worker.join()
    index.rebuild()
    assert len(index) == 1_000
    assert all(ids_near(index, rows[each]) == [each] for each in range(2_000, 3_000, 50))


def test_a_long_tail_becomes_parts_and_keeps_its_answers() -> None:
    rows = hashes(40_000)
    index = Index(rows[:10_000], np.arange(10_000))
    for first in range(10_000, 40_000, 1_500):
        index.add(rows[first : first + 1_500], np.arange(first, first + 1_500))
        index.remove([first + 7])
    assert all(ids_near(index, rows[each]) == [each] for each in range(0, 40_000, 997))
    assert ids_near(index, rows[11_507]) == []
    assert len(index) == 40_000 - 20


Changes = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 9)),
        st.tuples(st.just("many"), st.integers(0, 9)),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.sampled_from(["rebuild", "settle", "reopen"]), st.just(0)),
    ),
    max_size=10,
)


def change(index: Index, step: tuple[str, int], rows: Words, folder: Path) -> Index:
    what, each = step
    path = folder / f"{len(list(folder.iterdir()))}"
    if what in ("add", "many"):
        count = 1 if what == "add" else 9_000
        index.add(np.repeat(rows[each : each + 1], count, axis=0), np.full(count, each), group=each)
    elif what == "remove":
        index.remove([each])
    elif what == "rebuild":
        index.rebuild()
    elif what == "settle":
        index.settle(path)
    else:
        index.write(path)
        index = Index.open(path)
    return index


@settings(max_examples=25, deadline=None)
@given(Changes, st.integers(0, 64))
def test_an_index_is_the_oracle_after_any_changes(steps: list[tuple[str, int]], threshold: int) -> None:
    rows = np.arange(40, dtype=np.uint64).reshape(10, 4) * np.uint64(0x0101_0101_0101_0101)
    index, plain = Index(), list[int]()
    with tempfile.TemporaryDirectory() as folder:
        for step in steps:
            index = change(index, step, rows, Path(folder))
            if step[0] in ("add", "many"):
                plain += [step[1]] * (1 if step[0] == "add" else 9_000)
            elif step[0] == "remove":
                plain = [each for each in plain if each != step[1]]
        found = index.search(rows[3], threshold=threshold)
        expected = search(rows[3], rows[plain], threshold=threshold).pairs()
        assert [(near.id, near.distance, near.group) for near in found] == [
            (plain[row], apart, plain[row]) for row, apart in expected
        ]


def test_questions_see_a_consistent_state_during_merges_and_changes(tmp_path: Path) -> None:
    """The first 200 rows never change, so that every question must find the one it asks for."""
    rows, stop, wrong = hashes(60_000), threading.Event(), list[int]()
    index = Index(rows[:20_000], np.arange(20_000))

    def ask(seed: int) -> None:
        random = np.random.default_rng(seed)
        while not stop.is_set():
            each = int(random.integers(0, 200))
            if ids_near(index, rows[each]) != [each]:
                wrong.append(each)

    askers = [threading.Thread(target=ask, args=(seed,)) for seed in range(2)]
    for asker in askers:
        asker.start()
    for turn, first in enumerate(range(20_000, 60_000, 4_000)):
        index.add(rows[first : first + 4_000], np.arange(first, first + 4_000))
        index.remove(range(first - 4_000, first - 3_000))
        worker = threading.Thread(
            target=index.rebuild if turn % 2 else lambda at=turn: index.settle(tmp_path / str(at))
        )
        worker.start()
        index.add(rows[:1] ^ np.uint64(2**63 - 1), [-first])
        index.remove([-first])
        worker.join()
    stop.set()
    for asker in askers:
        asker.join()
    assert wrong == []
    assert len(index) == 60_000 - 10_000


def test_writing_again_and_again_leaves_no_crowd_of_small_parts(tmp_path: Path) -> None:
    index, rows = Index(hashes(10), np.arange(10)), hashes(300, seed=3)
    for turn in range(30):
        index.add(rows[turn * 10 : turn * 10 + 10], np.arange(turn * 10, turn * 10 + 10))
        index.write(tmp_path / str(turn))
    assert len(index._state.parts) <= 8
    assert ids_near(Index.open(tmp_path / "29"), rows[5]) == [5]


def test_many_needles_over_many_parts_with_limits_come_in_order() -> None:
    row = hashes(1)
    rows = np.concatenate([row ^ np.uint64(2**each - 1) for each in range(6)] * 2)
    index = Index(rows[:5], np.arange(5), group=1)
    for first, group in ((5, 2), (8, 1), (10, 3)):
        index.rebuild()
        index.add(rows[first : first + 3], np.arange(first, first + len(rows[first : first + 3])), group=group)
        index._begun()
    limits = np.full(65_536, 12, dtype=np.int16)
    limits[2], limits[3] = 3, -1
    needles = rows[[4, 0, 2]]
    groups = np.array([1] * 5 + [2] * 3 + [1] * 3 + [3] * 3)
    for needle, answer in zip(needles, index.search_many(needles, threshold=12, limits=limits), strict=True):
        held = np.concatenate([rows[:8], rows[8:11], rows[10:12]])
        found = search(needle, held, threshold=12).pairs()
        who = [*range(8), 8, 9, 10, 10, 11]
        expected = [(who[at], apart) for at, apart in found if apart <= limits[groups[at]]]
        assert [(near.id, near.distance) for near in answer] == expected
