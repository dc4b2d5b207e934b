"""Lines of signed lists with the keys of their entries: compared and brought into order without holding a list.

Rules:
- a line is taken as it is: whoever passes one on has made it (`as_line`) or has verified the list it is from
- of equal keys the last counts, as in a log, and a deletion withdraws; what is out of form is left out and counted
- a run of lines is sorted in memory and put into a private folder; runs are merged, so memory does not grow
"""

import heapq
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from tutela.errors import Invalid, VerificationFailed
from tutela.hashlists.canonlines import loaded, numbered
from tutela.hashlists.entry import ListEntry
from tutela.hashlists.native_entry import as_line
from tutela.hashlists.signed import Framed, Key, Signed

Line = tuple[Key, bytes]
RUN = 50_000  # lines held at once
MOST_RUNS = 64  # files open at once
MARK, END = b"\0", b"\n"  # neither is printable, so no key holds them


class Change(StrEnum):
    """What became of an entry from one version to the next."""

    ADD = "add"
    CHANGE = "change"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Entries in order, in a file; `lines` may be called again and again. `left_out` says what was out of form."""

    path: Path = field(repr=False)
    left_out: Counter[str]

    def lines(self) -> Iterator[Line]:
        return _run(self.path)


def key_on(line: bytes, place: str = "") -> Key:
    """The key of the entry on a line. Raises Invalid."""
    given = loaded(line, place)
    source = given.get("source", ("",))
    try:
        key = (source[0], given.get("kind", ""), given["id"])
    except (KeyError, IndexError, TypeError):
        key = (None, None, None)
    if not all(isinstance(part, str) for part in key):
        raise Invalid("an entry has an id", place=place)
    return key


def verified_lines(stream: BinaryIO, signed: Signed) -> Iterator[Line]:
    """The lines of entries of a list that `verify` passed. Raises VerificationFailed, at the end, if it changed."""
    stream.seek(0)
    lines = numbered(stream)
    framed = Framed(lines, next(lines, (1, b""))[1])
    try:
        for number, line in framed:
            yield key_on(line, f"line {number}"), line
    except Invalid as error:
        raise VerificationFailed(error.message, place=error.place) from None
    if framed.closed()[1].hex() != signed.digest:
        raise VerificationFailed("changed since it was verified", place="line 1")


def compared(old: Iterable[Line], new: Iterable[Line]) -> Iterator[tuple[Change, Key, bytes]]:
    """What was added, changed (the line as it is now) or withdrawn, by key; both sides rise by key."""
    before, after = iter(old), iter(new)
    left, right = next(before, None), next(after, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            yield (Change.WITHDRAW, *_some(left))
            left = next(before, None)
        elif left is None or right[0] < left[0]:
            yield (Change.ADD, *right)
            right = next(after, None)
        else:
            if left[1] != right[1]:
                yield (Change.CHANGE, *right)
            left, right = next(before, None), next(after, None)


def _some(line: Line | None) -> Line:
    if line is None:
        raise Invalid("no line where one was compared")
    return line


@contextmanager
def in_order(entries: Iterable[ListEntry], folder: Path, *, run: int = RUN) -> Iterator[Ordered]:
    """The entries in force, by key, while the context lasts. `folder` is where there is room for a second copy.

    The files can be read by their owner only and are removed at the end.
    """
    left_out = Counter[str]()
    with tempfile.TemporaryDirectory(prefix=".tutela-", dir=folder) as private:  # mode 0700
        place = Path(private)
        made: list[Path] = []
        source = iter(entries)
        while held := list(islice(source, run)):
            lines = sorted(_lines(held, left_out), key=lambda line: line[0])
            made.append(_kept(lines, place / f"run{len(made)}"))
            if len(made) == MOST_RUNS:
                joined = _kept(_last(_together(made)), place / "joined")
                made = [joined.rename(place / "run0")]
        whole = _kept((each for each in _last(_together(made)) if each[1]), place / "whole")
        yield Ordered(path=whole, left_out=left_out)


def _lines(entries: Iterable[ListEntry], left_out: Counter[str]) -> Iterator[Line]:
    for entry in entries:
        try:
            if not all(part == "" or part.isprintable() for part in entry.key):
                raise Invalid("an id is printable", place="id")
            yield entry.key, b"" if entry.deleted else as_line(entry)
        except Invalid as error:
            left_out[f"entries with a bad {error.place.removeprefix(', ') or 'value'}"] += 1


def _together(runs: Iterable[Path]) -> Iterator[Line]:
    return heapq.merge(*map(_run, runs), key=lambda line: line[0])


def _last(lines: Iterable[Line]) -> Iterator[Line]:
    """Of lines with one key the last."""
    held: Line | None = None
    for line in lines:
        if held is not None and held[0] != line[0]:
            yield held
        held = line
    if held is not None:
        yield held


def _run(path: Path) -> Iterator[Line]:
    with path.open("rb") as stream:
        for each in stream:
            source, kind, id_, line = each.split(MARK, 3)
            yield (source.decode(), kind.decode(), id_.decode()), line if line != END else b""


def _kept(lines: Iterable[Line], path: Path) -> Path:
    """A run on the disk: the parts of each key, then its line, or only a line end for a deletion."""
    with path.open("wb") as out:
        out.writelines(MARK.join((*(part.encode() for part in key), line or END)) for key, line in lines)
    return path
