"""Hashes that can be asked while they change: immutable parts, a tail of what was added last, and marks of removal.

A log-structured merge. What is added goes to the tail and matches at once. A full tail becomes a small part, small
parts that lie side by side become one, `rebuild` makes one of all parts in memory, and `settle` one file of all. A
removed row is marked, and left out at the next merge.

Rules:
- a question takes one state and sees it to its end: readers wait for nobody
- one writer at a time adds or removes; a rebuild works beside it and takes the lock only to begin and to end
- the order of rows is the order of adding, whatever was merged
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np

from tutela.errors import Invalid
from tutela.matching.marks import Id, Marks, joined, keys_of, marked
from tutela.matching.roster import Roster, RowNumbers
from tutela.matching.tail import Raw, Tail, empty

MOST_IN_TAIL = 8192
MOST_IN_SMALL = 1 << 18  # a small part is merged while the writer waits, so it stays this short
SHARE = 4  # a merge is worth it when a quarter of the rows is not merged yet: each row is written a few times in all


class Content(Protocol):
    """What a part is searched in; `hashes` has its rows."""

    @property
    def hashes(self) -> Raw: ...

    @property
    def octets(self) -> int: ...


class Verifiable(Protocol):
    """A mapped file."""

    def verify(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file that was written: its bytes, its rows, and the SHA-256 of its first page in hexadecimal."""

    octets: int
    rows: int
    page_sha256: str


C = TypeVar("C", bound=Content)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part(Generic[C]):
    """Immutable rows, with who they are and which are out; `file` is what holds them, None for memory."""

    content: C
    roster: Roster
    file: "Verifiable | None" = None

    def __len__(self) -> int:
        return len(self.roster)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Made(Generic[C]):
    """A part that stands for others. `order`: where each of its rows stood in them, None where it stands now."""

    part: Part[C]
    order: RowNumbers | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State(Generic[C]):
    """What one question sees. The first `settled` parts are merged by `rebuild` only."""

    parts: tuple[Part[C], ...]
    settled: int
    tail: Tail

    def first_rows(self) -> list[int]:
        """The number of the first row of each part and of the tail."""
        return [0, *accumulate(len(part) for part in self.parts)]


class Pile(ABC, Generic[C]):
    """The part of an index and of an exact table that is the same."""

    __slots__ = ("_rebuilding", "_state", "_writing", "on_change")

    def __init__(self, raw: Raw, parts: Sequence[Part[C]] = ()) -> None:
        self._writing = threading.Lock()
        self._rebuilding = threading.Lock()
        self._state = State(parts=tuple(parts), settled=len(parts), tail=empty(raw))
        self.on_change: Callable[[], None] | None = None  # told of each change, when it can be seen

    def __len__(self) -> int:
        """Rows that can match."""
        state = self._state
        return sum(part.roster.count() for part in state.parts) + len(state.tail) - state.tail.gone[0]

    @property
    def tail_length(self) -> int:
        """Rows added since the last rebuild; of the removed ones only those are left out that a merge dropped."""
        state = self._state
        return sum(len(part) for part in state.parts[state.settled :]) + len(state.tail)

    @property
    def is_loose(self) -> bool:
        """Whether `rebuild` is worth it: many rows in memory lie beside the largest part, or went out."""
        state = self._state
        own = [part.roster for part in state.parts if part.file is None]
        rows, largest = sum(map(len, own)), max(map(len, own), default=0)
        gone = rows - sum(roster.count() for roster in own)
        return max(rows - largest + len(state.tail) - largest // SHARE, gone - rows // SHARE) > MOST_IN_TAIL

    def is_unsettled(self, least: int) -> bool:
        """Whether `settle` is worth it: more than `least` rows and a quarter of the files' are in no file, or went out.

        What only one process knows is lost when it ends; so is what was merged in its memory.
        """
        state = self._state
        files = [part.roster for part in state.parts if part.file is not None]
        filed = sum(map(len, files))
        memory = sum(len(part) for part in state.parts if part.file is None) + len(state.tail)
        gone = filed - sum(roster.count() for roster in files)
        return memory + gone > max(least, filed // SHARE)

    @property
    def octets(self) -> int:
        """Bytes held by hashes, buckets, ids and groups, mapped ones among them."""
        state = self._state
        own = sum(part.content.octets + 11 * len(part) for part in state.parts)
        return own + state.tail.room.raw.nbytes + 11 * len(state.tail.room.raw)

    def verify(self) -> None:
        """Read every mapped part whole and compare it with its digests. Raises Invalid with the place."""
        for part in self._state.parts:
            if part.file is not None:
                part.file.verify()

    @abstractmethod
    def _made(self, raw: Raw, marks: Marks) -> Made[C]:
        """A part of these rows, in memory."""

    def _add(self, raw: Raw, marks: Marks) -> None:
        if len(raw) != len(marks):
            raise Invalid(f"{len(raw)} hashes with {len(marks)} ids; each hash needs one id", place="ids")
        if not len(raw):
            return
        with self._writing:
            state = self._state
            if len(state.tail) + len(raw) <= MOST_IN_TAIL:
                self._state = replace(state, tail=state.tail.longer(raw, marks))
            else:
                self._state = self._frozen(state, raw, marks)
        self._tell()

    def remove(self, ids: Iterable[Id]) -> int:
        """Take out every row of `ids`; returns how many rows went. Unknown ids are ignored. Microseconds an id."""
        wanted = set(ids)
        keys = np.unique(keys_of(list(wanted)))
        if not len(keys):
            return 0
        with self._writing:
            state = self._state
            count = sum(part.roster.drop(wanted, keys) for part in state.parts) + state.tail.drop(wanted, keys)
        self._tell()
        return count

    def rebuild(self) -> None:
        """Make one part of all that is in memory and forget removed rows. Questions, additions and removals go on."""
        with self._rebuilding:
            parts = self._begun()
            own = tuple(part for part in parts if part.file is None)
            if len(own) == 0 or (len(own) == 1 and own[0].roster.count() == len(own[0])):
                return
            rows = [part.roster.kept() for part in own]
            self._ended(parts, own, rows, self._made(*self._together(own, rows)))

    def settle(self, path: Path) -> Written:
        """`write`, and go on from the mapped file: its memory is shared, and removed rows are forgotten.

        Questions, additions and removals go on; those that come while it works are kept, in memory. Raises as `write`.
        """
        with self._rebuilding:
            parts = self._begun()
            rows = [part.roster.kept() for part in parts]
            written, made = self._filed(path, parts, rows)
            self._ended(parts, parts, rows, made)
        return written

    @abstractmethod
    def _filed(self, path: Path, parts: tuple[Part[C], ...], rows: list[RowNumbers]) -> tuple[Written, Made[C]]:
        """Write the kept rows into a new file, and map it."""

    def _tell(self) -> None:
        if self.on_change is not None:
            self.on_change()

    @contextmanager
    def _pinned(self) -> Iterator[tuple[tuple[Part[C], ...], list[RowNumbers]]]:
        """All parts and their rows that are in, of which none is merged meanwhile; later merges go on as before."""
        with self._rebuilding:
            settled = self._state.settled
            parts = self._begun()
            try:
                yield parts, [part.roster.kept() for part in parts]
            finally:
                with self._writing:
                    self._state = replace(self._state, settled=settled)

    def _begun(self) -> tuple[Part[C], ...]:
        """The tail becomes a part, and no merge touches what is there now."""
        with self._writing:
            state = self._state
            if len(state.tail):
                raw, marks = state.tail.raw[:0], marked(())
                state = self._frozen(state, raw, marks)
            self._state = replace(state, settled=len(state.parts))
            return self._state.parts

    def _ended(
        self,
        parts: tuple[Part[C], ...],
        merged: tuple[Part[C], ...],
        rows: list[RowNumbers],
        made: Made[C],
    ) -> None:
        """Put the made part in the place of the merged ones, with what was removed since `rows` were read."""
        part, order = made.part, made.order
        with self._writing:
            out = [~old.roster.is_in(kept) for old, kept in zip(merged, rows, strict=True)]
            gone = np.concatenate(out) if out else np.empty(0, dtype=bool)
            part.roster.drop_rows(np.flatnonzero(gone if order is None else gone[order]))
            kept = tuple(each for each in parts if all(each is not old for old in merged))
            state = self._state
            whole = (*kept, part) if len(part) else kept
            self._state = replace(state, parts=(*whole, *state.parts[len(parts) :]), settled=len(whole))

    def _frozen(self, state: State[C], raw: Raw, marks: Marks) -> State[C]:
        """The tail and further rows as a new part, merged with its small neighbours."""
        rows = state.tail.kept()
        held = [(state.tail.raw[rows], state.tail.marks.pick(rows)), (raw, marks)]
        parts, size = list(state.parts), sum(len(each) for each, _ in held)
        while len(parts) > state.settled and len(parts[-1]) <= 2 * size and len(parts[-1]) + size <= MOST_IN_SMALL:
            last = parts.pop()
            kept = last.roster.kept()
            held.insert(0, (last.content.hashes[kept], last.roster.marks.pick(kept)))
            size += len(kept)
        made = self._made(np.concatenate([each for each, _ in held]), joined(each for _, each in held))
        parts = [*parts, made.part] if size else parts
        return State(parts=tuple(parts), settled=state.settled, tail=empty(raw))

    def _together(self, parts: Sequence[Part[C]], rows: list[RowNumbers]) -> tuple[Raw, Marks]:
        """The kept rows of `parts`, one after the other."""
        raw = [part.content.hashes[kept] for part, kept in zip(parts, rows, strict=True)]
        marks = joined(part.roster.marks.pick(kept) for part, kept in zip(parts, rows, strict=True))
        return np.concatenate([self._state.tail.raw[:0], *raw]), marks
