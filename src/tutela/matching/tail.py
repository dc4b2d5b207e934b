"""What was added last: a short table that is compared row by row.

Rules:
- a tail is a value: adding gives a longer one, which shares the memory behind it where there is room
- rows that a reader sees never change; only whether they are still in does
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tutela.matching.marks import Id, Keys, Marks
from tutela.matching.words import read_only

Raw = npt.NDArray[Any]
FIRST_ROOM = 64


@dataclass(slots=True, kw_only=True, eq=False)
class _Room:
    """Memory for rows, some of it used."""

    raw: Raw
    keys: Keys
    groups: npt.NDArray[np.uint16]
    dead: npt.NDArray[np.uint8]
    names: list[Id] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tail:
    """`count` rows: raw hashes, marks, and whether each is still in."""

    room: _Room
    count: int = 0
    gone: list[int] = field(default_factory=lambda: [0])

    def __len__(self) -> int:
        return self.count

    @property
    def raw(self) -> Raw:
        """The hashes, read-only."""
        return read_only(self.room.raw[: self.count])

    @property
    def marks(self) -> Marks:
        names = None if self.room.names is None else self.room.names[: self.count]
        return Marks(keys=self.room.keys[: self.count], groups=self.room.groups[: self.count], names=names)

    @property
    def held(self) -> Marks:
        """The marks of at least `count` rows, without copying."""
        return Marks(keys=self.room.keys, groups=self.room.groups, names=self.room.names)

    def is_in(self, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
        alive: npt.NDArray[np.bool_] = self.room.dead[rows] == 0
        return alive

    def kept(self) -> npt.NDArray[np.int64]:
        """All rows still in, in order."""
        return np.flatnonzero(self.room.dead[: self.count] == 0)

    def drop(self, wanted: Collection[Id], keys: Keys) -> int:
        """Take out every row carrying one of `wanted`, whose keys are `keys`; returns how many went."""
        held = self.room.keys[: self.count]
        rows = np.flatnonzero(np.isin(held, keys) if len(keys) > 1 else held == keys[0]) if self.count else held
        if self.room.names is not None:
            rows = np.array([row for row in rows.tolist() if self.room.names[row] in wanted], dtype=np.int64)
        going = rows[self.room.dead[rows] == 0]
        self.room.dead[going] = 1
        self.gone[0] += len(going)
        return len(going)

    def longer(self, raw: Raw, marks: Marks) -> "Tail":
        """This tail with more rows."""
        past = self.count + len(raw)
        room = self.room if past <= len(self.room.raw) else _larger(self.room, self.count, past)
        if marks.names is not None and room.names is None:
            room = _Room(raw=room.raw, keys=room.keys, groups=room.groups, dead=room.dead, names=self.marks.all_ids())
        room.raw[self.count : past] = raw
        room.keys[self.count : past] = marks.keys
        room.groups[self.count : past] = marks.groups
        if room.names is not None:
            room.names.extend(marks.all_ids())
        return Tail(room=room, count=past, gone=self.gone)


def empty(raw: Raw) -> Tail:
    """A tail for hashes of the shape and type of the rows of `raw`."""
    return Tail(room=_room(raw, FIRST_ROOM))


def _room(raw: Raw, rows: int) -> _Room:
    return _Room(
        raw=np.zeros((rows, *raw.shape[1:]), dtype=raw.dtype),
        keys=np.zeros(rows, dtype=np.int64),
        groups=np.zeros(rows, dtype=np.uint16),
        dead=np.zeros(rows, dtype=np.uint8),
    )


def _larger(room: _Room, count: int, needed: int) -> _Room:
    larger = _room(room.raw, max(needed, 2 * len(room.raw)))
    larger.raw[:count] = room.raw[:count]
    larger.keys[:count] = room.keys[:count]
    larger.groups[:count] = room.groups[:count]
    larger.dead[:count] = room.dead[:count]
    larger.names = None if room.names is None else room.names[:count]
    return larger
