"""Who looks: a pool, a process alone, a cluster; and what a hostile file does to them."""

import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest

from tutela.hashlists import ListEntry
from tutela.media import fingerprint
from tutela.media.framing import framed
from tutela.media.tests.recordings import video
from tutela.scanning import Cluster, Given, Lists, Options, Pool, Seen, Setup, Workman, walk
from tutela.scanning.containers.tests.samples import zipped
from tutela.scanning.lines import from_wire, to_json, to_wire
from tutela.scanning.listing import write
from tutela.scanning.looking import Eye
from tutela.scanning.options import Ask
from tutela.scanning.walk import Found
from tutela.scanning.watched import Watched
from tutela.scanning.worker import END_OF_FILE, HOLDER

from .conftest import command, picture


@pytest.fixture
def setup(tmp_path: Path, root: Path) -> Setup:
    prints = fingerprint((root / "3.png").read_bytes())
    assert prints.pdq is not None
    entry = ListEntry(id="three", hashes=(("md5", prints.md5), ("pdq", prints.pdq)))
    write(tmp_path / "lists", [Given(name="one", entries=[entry])])
    return Setup(folder=tmp_path / "lists", options=Options(seconds=3))


def _alone(setup: Setup, root: Path) -> list[tuple[bytes, Seen]]:
    eye = Eye(Lists(setup.folder), setup.options, lambda: None)
    found = [each for each in walk(bytes(root)) if not each.problem]
    return [(each.path, seen) for each in found for seen in eye.look(Ask(path=each.path))]


def _told(lookers: Pool | Cluster, root: Path) -> list[tuple[bytes, Seen]]:
    files = (each for each in walk(bytes(root)) if not each.problem)
    return [(found.path, seen) for found, seen in lookers.lines(files) if seen is not None]


@pytest.mark.parametrize("workers", [1, 3])
def test_the_pool_says_what_one_process_says(setup: Setup, root: Path, workers: int) -> None:
    with Pool(setup, workers) as pool:
        assert _told(pool, root) == _alone(setup, root)


def test_a_file_that_asks_for_too_much_memory_costs_one_line(setup: Setup, root: Path) -> None:
    size = struct.pack(">II", 9_000, 9_000) + b"\x08\x06\0\0\0"
    chunk = struct.pack(">I", 13) + b"IHDR" + size + struct.pack(">I", zlib.crc32(b"IHDR" + size))
    (root / "2big.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT" + b"\x35\xaf\x06\x1e")
    small = Setup(folder=setup.folder, options=Options(memory=700 * 1024 * 1024))
    with Pool(small, 1) as pool:
        told = {os.path.basename(path): seen for path, seen in _told(pool, root)}
    assert told[b"2big.png"].problem
    assert told[b"3.png"].matches


def test_a_process_that_is_lost_costs_one_line_with_digests(setup: Setup, root: Path) -> None:
    with Workman(setup) as workman:
        list(workman.look(bytes(root / "0.png")))
        assert workman.child_id is not None
        os.kill(workman.child_id, signal.SIGSTOP)  # a decoder that never comes back
        pid = workman.child_id
        killer = threading.Timer(0.5, os.kill, (pid, signal.SIGKILL))
        killer.start()
        (seen,) = workman.look(bytes(root / "3.png"))
        assert "ended without an answer" in seen.problem
        assert (seen.sha256, [each.match_class for each in seen.matches]) == (
            fingerprint((root / "3.png").read_bytes()).sha256,
            ["exact"],
        )
        (after,) = workman.look(bytes(root / "4.png"))
        assert (after.problem, after.pdq is None) == ("", False)


def test_a_process_that_hangs_is_ended(setup: Setup, root: Path) -> None:
    quick = Setup(folder=setup.folder, options=Options(seconds=1))
    with Workman(quick) as workman:
        list(workman.look(bytes(root / "0.png")))
        assert workman.child_id is not None
        os.kill(workman.child_id, signal.SIGSTOP)
        started = time.monotonic()
        (seen,) = workman.look(bytes(root / "3.png"))
        assert seen.problem
        assert time.monotonic() - started < 15


def _numbered(root: Path, count: int) -> list[tuple[int, Found]]:
    """Pictures, and every fifth a link: it is told in its turn without being given to anybody."""
    rows = []
    for number in range(count):
        path = picture(root / f"many{number:03d}.png", number, 64)
        rows.append((number, Found(path=bytes(path), steps=(), size=500, problem="" if number % 5 else "a link")))
    return rows


def test_files_given_ahead_are_told_in_order_whatever_becomes_of_the_process(setup: Setup, root: Path) -> None:
    files, told, ended, killed = _numbered(root, 60), list[tuple[int, Seen]](), list[int](), set[int]()
    waiting = iter(files)
    with Workman(setup) as workman:
        for answers in workman.answers(lambda wait: next(waiting, None)):
            told += [(number, seen) for number, seen in answers if seen is not None]
            ended += [number for number, seen in answers if seen is None]
            if len(ended) in range(20, 40) and workman.child_id is not None:
                os.kill(workman.child_id, signal.SIGKILL)  # at most one file of those that it was given is to blame
                killed.add(workman.child_id)
    assert [number for number, _ in told] == ended == [number for number, _ in files]
    problems = [seen.problem for number, seen in told if number % 5 and seen.problem]
    assert 1 <= len(killed) <= 20
    assert len(problems) <= len(killed)  # none where it was idle when it was killed
    assert {seen.problem for number, seen in told if not number % 5} == {"a link"}
    assert all(seen.sha256 for number, seen in told if number % 5)


def test_a_process_that_ends_between_two_files_is_the_fault_of_neither(setup: Setup, root: Path) -> None:
    files, taken = iter(_numbered(root, 24)), 0
    with Workman(setup) as workman:

        def take(wait: bool) -> tuple[int, Found] | None:
            nonlocal taken
            taken += 1
            if taken in (7, 16) and workman.child_id is not None:
                time.sleep(2)  # whatever it was given is answered, and not heard yet
                os.kill(workman.child_id, signal.SIGKILL)
                time.sleep(0.1)
            return next(files, None)

        told = [answer for answers in workman.answers(take) for answer in answers]
    assert [number for number, seen in told if seen is None] == list(range(24))
    assert {seen.problem for number, seen in told if seen is not None and number % 5} == {""}


def test_a_prepared_process_that_ended_is_replaced(setup: Setup, root: Path) -> None:
    with Workman(setup) as workman:
        workman.prepare()
        assert workman.child_id is not None
        os.kill(workman.child_id, signal.SIGKILL)
        (seen,) = workman.look(bytes(root / "3.png"))
        assert seen.matches


class _Fake(Workman):
    """A process that says whatever frames it is told to, and then ends."""

    def __init__(self, setup: Setup, frames: list[list[bytes]]) -> None:
        super().__init__(setup)
        self._frames = iter(frames)

    def _launched(self) -> Watched:
        said = b"".join(framed(each) for each in (b"", *next(self._frames)))
        return Watched("tutela.scanning.tests.saying", (said.hex(),))


def _line(member: str = "", **values: object) -> bytes:
    return json.dumps(json.loads(to_wire(Seen(member=member))) | values).encode()


def test_members_that_only_look_as_if_they_lay_inside_another_are_told_once(setup: Setup) -> None:
    flat = [_line(), _line("a"), _line("a/b"), _line("a/c")]
    with _Fake(setup, [flat, [], [END_OF_FILE]]) as workman:
        told = [(seen.member, bool(seen.problem)) for seen in workman.look(b"/flat.zip")]
    assert [member for member, problem in told if not problem] == ["", "a", "a/b", "a/c"]


@pytest.mark.parametrize("strange", [_line(seconds=float("nan")), _line("\ud800"), _line(seconds=float("inf")), b"+"])
def test_a_line_that_could_not_be_written_is_none(setup: Setup, strange: bytes) -> None:
    with _Fake(setup, [[strange, END_OF_FILE]] * 3) as workman:
        lines = [to_json(b"/x", seen) for seen in workman.look(b"/x")]
    assert len(lines) == 1
    assert b"ended without an answer" in lines[0]


def test_a_source_that_has_nothing_for_a_moment_is_asked_again(setup: Setup, root: Path) -> None:
    files = iter(_numbered(root, 12))
    with Workman(setup) as workman:
        told = [answer for answers in workman.answers(lambda wait: next(files, None) if wait else None)
                for answer in answers]  # fmt: skip
    assert [number for number, seen in told if seen is None] == list(range(12))


def test_the_process_may_write_nothing(setup: Setup, root: Path) -> None:
    with Workman(setup) as workman:
        list(workman.look(bytes(root / "0.png")))
        limits = Path(f"/proc/{workman.child_id}/limits").read_text()
    assert [line.split()[3:5] for line in limits.splitlines() if line.startswith("Max file size")] == [["0", "0"]]


def test_leaving_the_pool_early_ends_every_process(setup: Setup, root: Path) -> None:
    with Pool(setup, 2) as pool:
        picture = next(found for found in walk(bytes(root)) if not found.problem)
        lines = pool.lines(repeat(picture))
        while not (pids := pool.child_ids):
            next(lines)
        lines.close()
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_processes_that_were_started_early_look_with_the_lists_that_were_written_since(root: Path) -> None:
    setup = Setup(folder=root.parent / "later", options=Options())
    with Pool(setup, 2) as pool:
        assert len(pool.child_ids) == 2
        prints = fingerprint((root / "3.png").read_bytes())
        write(setup.folder, [Given(name="one", entries=[ListEntry(id="three", hashes=(("md5", prints.md5),))])])
        assert [os.path.basename(path) for path, seen in _told(pool, root) if seen.matches] == [b"3.png"]


def test_processes_that_were_started_early_and_never_used_are_ended(setup: Setup) -> None:
    with Pool(setup, 2) as pool:
        pids = pool.child_ids
    assert len(pids) == 2
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A scheduler and a worker as processes of their own."""
    pytest.importorskip("distributed")
    place = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    work = [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads", "2", "--no-nanny", "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    folder = ["--local-directory", str(tmp_path / "dask")]
    named = ["--scheduler-file", str(place)]
    begun = [subprocess.Popen([*dask, "--no-dashboard", *named], **quiet)]
    try:
        begun.append(subprocess.Popen([*work, *named, *folder], **quiet))
        for _ in range(600):
            if place.exists() and place.stat().st_size:
                break
            time.sleep(0.05)
        yield json.loads(place.read_text())["address"]
    finally:
        for each in reversed(begun):
            each.terminate()
            each.wait()


@pytest.mark.slow
def test_a_cluster_of_two_processes_says_what_the_pool_says(setup: Setup, root: Path, scheduler: str) -> None:
    for seed in range(80):
        picture(root / f"many{seed}.png", seed, 80)
    with Cluster(scheduler, setup) as cluster, Pool(setup, 1) as pool:
        assert _told(cluster, root) == _told(pool, root)


@pytest.mark.slow
def test_a_local_cluster_says_what_the_pool_says(setup: Setup, root: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, protocol="tcp"
        ) as local,
        Cluster(local.scheduler_address, setup) as cluster,
        Pool(setup, 1) as pool,
    ):
        assert _told(cluster, root) == _told(pool, root)


@pytest.mark.slow
def test_the_command_writes_the_same_octets_through_a_cluster(
    root: Path, listed: Path, tmp_path: Path, scheduler: str
) -> None:
    written = []
    for number, how in enumerate((["--cluster", scheduler], ["--workers", 2])):
        out = tmp_path / f"{number}.jsonl"
        done = subprocess.run(command(root, "--list", listed, "--out", out, *how), capture_output=True, check=False)
        assert done.returncode == 1, done.stderr
        written.append(out.read_bytes())
    assert written[0] == written[1]


def test_a_video_that_is_too_long_to_be_held_is_read_from_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    path.write_bytes(video(60, sound=True))
    prints = fingerprint(path.read_bytes())
    entry = ListEntry(id="second", hashes=(("pdq", prints.frames[2].pdq),))
    write(tmp_path / "lists", [Given(name="one", entries=[entry])])
    for most in (10_000, 10_000_000):
        eye = Eye(Lists(tmp_path / "lists"), Options(max_bytes=most), lambda: None)
        (seen,) = eye.look(Ask(path=bytes(path)))
        assert (seen.sha256, seen.frames, seen.problem) == (prints.sha256, len(prints.frames), "")
        assert [match.entry for match in seen.matches] == ["second"]


class Fragile:
    """A process that looks as one does, and that members under `fatal` end when it reads them."""

    is_over, id = False, 0

    def __init__(self, setup: Setup, fatal: str) -> None:
        self._eye = Eye(Lists(setup.folder), setup.options, lambda: None)
        self._fatal, self._frames, self.has_frame = fatal, iter(()), True

    def put(self, wire: bytes) -> None:
        lines = self._eye.look(Ask.from_wire(wire))
        said = ((HOLDER if self._eye.is_holder else b"") + to_wire(each) for each in lines)
        self._frames = chain(said, (END_OF_FILE,))

    def frame(self, _: float, *, most: int) -> bytes:
        found = next(self._frames)
        if found != END_OF_FILE and from_wire(found.removeprefix(HOLDER)).member.startswith(self._fatal):
            raise EOFError
        return found

    def verdict(self, _: float) -> str:
        return "lost"

    def send(self, _: bytes) -> None: ...
    def flush(self, _: float) -> None: ...
    def begin(self) -> None: ...
    def end(self) -> None: ...
    def kill(self) -> None: ...


class Unlucky(Workman):
    """Each process of it is a `Fragile` one."""

    def __init__(self, setup: Setup, fatal: str) -> None:
        super().__init__(setup)
        self._of, self._fatal = setup, fatal

    def _launched(self) -> Fragile:  # type: ignore[override]  # it stands for a process
        return Fragile(self._of, self._fatal)


@pytest.mark.parametrize(("fatal", "lost"), [("in.zip/b", "bc"), ("in.zip/a", "abc")])
def test_reading_a_member_that_ends_the_process_costs_what_is_left_in_it(setup: Setup, fatal: str, lost: str) -> None:
    inner = zipped(dict.fromkeys("abc", b"words"))
    path = setup.folder.parent / "a.zip"
    path.write_bytes(zipped({"in.zip": inner, "after": b"x", "deep.zip": zipped({"in.zip": inner}), "z": b"x"}))
    names = [each.member for each in Eye(Lists(setup.folder), setup.options, lambda: None).look(Ask(path=bytes(path)))]
    with Unlucky(setup, fatal) as workman:
        found = list(workman.look(bytes(path)))
    gone = {f"in.zip/{each}" for each in lost}
    assert [each.member for each in found if not each.problem] == [each for each in names if each not in gone]
    assert [each.problem for each in found if each.problem] == ["lost"]


def test_a_file_that_ends_every_process_ends_soon(setup: Setup) -> None:
    path = setup.folder.parent / "a.zip"
    path.write_bytes(zipped({f"{number}": b"x" for number in range(100)}))
    with Unlucky(setup, "50") as workman:
        found = list(workman.look(bytes(path)))
    assert [each.member for each in found] == ["", *(f"{number}" for number in range(50)), ""]
    assert found[-1].problem == "lost"
