"""The output and its journal: what was written, so that a scan that was ended goes on without a repeat or a gap.

The journal is `OUT.journal`: JSON lines, the first of which says what scan it is (root, lists, options). Each further
one is a mark: up to which octet the output holds whole files, the last of those files, how many lines of the next file
follow, and the counts so far.

Rules:
- the output is on disk before the mark that counts it is written, and the mark is on disk before anything else is
- to go on is to cut the output at the last whole mark, and to walk on after its file: what lay behind is done again
- a last line without its end was torn and does not count
- one scan at a time writes an output: the journal is locked
- a scan with another root, other lists or options is refused: half an answer of each would look like one
"""

import fcntl
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from tutela.errors import Conflict, Invalid
from tutela.scanning.lines import Seen, to_json
from tutela.scanning.summary import Totals
from tutela.scanning.walk import Found, Steps

FORMAT = "tutela-scan-1"
SUFFIX = ".journal"
_WAITING = 1 << 20
_NEW = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a scan stands: `octets` of output hold whole files up to `after`, None before the first."""

    octets: int
    after: Steps | None
    totals: Totals
    finished: bool = False


class Journal:
    """The output of one scan, open and locked. Use it as a context; leaving it marks what was written.

    `identity` says what scan it is, as JSON can. Raises Conflict when the output is there and `resume` is not asked
    for, when another scan writes it, or when it is of another scan; Invalid when the journal is damaged; OSError.
    """

    def __init__(self, out: Path, identity: Mapping[str, Any], *, resume: bool) -> None:
        self._place = out.name
        journal = out.with_name(out.name + SUFFIX)
        if not resume and (out.exists() or journal.exists()):
            raise Conflict("is there already; use --resume to go on with it, or another name", place=str(out))
        self._journal = _opened(journal)
        try:
            _lock(self._journal, out)
            self.mark = self._begun({"format": FORMAT, **identity}, out)
            self._out = _opened(out)
            self._cut(out)
        except BaseException:
            self._journal.close()
            raise
        self.totals = Totals.from_object(self.mark.totals.as_object())
        self._octets, self._after, self._marked = self.mark.octets, self.mark.after, self.mark.after
        self._waiting, self._inside = bytearray(), False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if not isinstance(error, OSError):  # a full disk takes no mark either; the last one holds
                self.commit()
        finally:
            self._out.close()
            self._journal.close()

    def files(self) -> set[tuple[int, int]]:
        """Device and inode of the output and the journal, so that a scan does not read itself."""
        states = (os.fstat(each.fileno()) for each in (self._out, self._journal))
        return {(state.st_dev, state.st_ino) for state in states}

    def add(self, found: Found, seen: Seen) -> None:
        """One line of a file."""
        self._waiting += to_json(found.path, seen)
        self.totals.add(seen)
        self._inside = True
        if len(self._waiting) >= _WAITING:
            self._flush()

    def end(self, found: Found) -> None:
        """The file has no further lines: from here a later scan can go on."""
        self._after, self._inside = found.steps, False

    def commit(self, *, finished: bool = False) -> None:
        """Mark what was written, unless a file is half told. When this returns, output and mark are on disk."""
        if self._inside or (self._after == self._marked and not finished):
            return
        self._flush()
        os.fsync(self._out.fileno())
        steps = None if self._after is None else [each.hex() for each in self._after]
        mark = {"octets": self._octets, "after": steps, "finished": finished, "totals": self.totals.as_object()}
        _write(self._journal, json.dumps(mark).encode() + b"\n")
        os.fsync(self._journal.fileno())
        self._marked = self._after

    def _flush(self) -> None:
        _write(self._out, self._waiting)
        self._octets += len(self._waiting)
        self._waiting = bytearray()

    def _begun(self, identity: Mapping[str, Any], out: Path) -> Mark:
        """The last mark of the scan that this one goes on with, or a new beginning."""
        lines, whole = _whole_lines(self._journal)
        self._journal.truncate(whole)
        self._journal.seek(whole)
        if not lines:
            if out.exists() and out.stat().st_size:
                raise Conflict("is there already and has no journal; use another name", place=str(out))
            _write(self._journal, json.dumps(identity).encode() + b"\n")
            os.fsync(self._journal.fileno())
            _sync_folder(out.parent)
            return Mark(octets=0, after=None, totals=Totals())
        _check_same(_object(lines[0], out), json.loads(json.dumps(identity)), out)
        return _mark(_object(lines[-1], out), out) if len(lines) > 1 else Mark(octets=0, after=None, totals=Totals())

    def _cut(self, out: Path) -> None:
        if os.fstat(self._out.fileno()).st_size < self.mark.octets:
            raise Invalid("is shorter than its journal says; it cannot be gone on with", place=str(out))
        self._out.truncate(self.mark.octets)
        self._out.seek(self.mark.octets)


def _opened(path: Path) -> BinaryIO:
    handle = os.open(path, _NEW, 0o600)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Conflict("is no regular file; name a file for the lines", place=str(path))
    return os.fdopen(handle, "r+b", buffering=0)


def _lock(stream: BinaryIO, out: Path) -> None:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict("another scan writes it now", place=str(out)) from None


def _write(stream: BinaryIO, octets: bytes | bytearray) -> None:
    """All of `octets`: a raw file may take a part, and says that the disk is full only at the next write."""
    view = memoryview(octets)
    while view:
        view = view[stream.write(view) :]


def _whole_lines(stream: BinaryIO) -> tuple[list[bytes], int]:
    """The first line and the last whole one, and where the whole lines end."""
    first, last, whole, count = b"", b"", 0, 0
    with os.fdopen(os.dup(stream.fileno()), "rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            first, last, whole, count = first or line, line, whole + len(line), count + 1
    return [first, last][:count], whole


def _object(line: bytes, out: Path) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Invalid("its journal is damaged; begin anew under another name", place=str(out))
    return said


def _check_same(before: Mapping[str, Any], now: Mapping[str, Any], out: Path) -> None:
    changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    if changed:
        raise Conflict(
            f"was begun with other values of: {', '.join(changed)}; give the same, or begin anew", place=str(out)
        )


def _mark(said: Mapping[str, Any], out: Path) -> Mark:
    try:
        after = None if said["after"] is None else tuple(bytes.fromhex(each) for each in said["after"])
        totals = Totals.from_object(said["totals"])
        return Mark(octets=int(said["octets"]), after=after, totals=totals, finished=said["finished"] is True)
    except (LookupError, TypeError, ValueError):
        raise Invalid("its journal is damaged; begin anew under another name", place=str(out)) from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
