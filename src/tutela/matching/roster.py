"""Which id each row of an index carries, and whether the row is still in.

Rules:
- ids are the caller's: whole numbers of 64 bits or text; one id may stand on several rows
- a row that went out never comes back; the same id may be added again on a new row
- the first rows (those of an immutable segment) are found by binary search; rows added later by looking at each
- readers may go on while one writer adds or drops: rows are only ever appended
"""

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from tutela.errors import Invalid

Id = int | str
RowNumbers = npt.NDArray[np.int64]


class Roster:
    """Rows 0..n-1 with their ids. 9 bytes a row when all ids are numbers, and 16 more after the first `drop`."""

    __slots__ = ("_alive", "_ids", "_keys", "_order", "_settled")

    def __init__(self, ids: Sequence[Id] = ()) -> None:
        self._ids: array[int] | list[Id] = array("q")
        self._alive = bytearray()
        self._keys: RowNumbers | None = None
        self._order: RowNumbers | None = None
        self.extend(ids)
        self._settled = len(self._ids)

    def __len__(self) -> int:
        return len(self._alive)

    def __getitem__(self, row: int) -> Id:
        return self._ids[row]

    def is_in(self, row: int) -> bool:
        return bool(self._alive[row])

    def count(self) -> int:
        """Rows still in."""
        return self._alive.count(1)

    def kept(self, first: int, past: int) -> RowNumbers:
        """Rows of first..past-1 still in, in order."""
        return first + np.flatnonzero(np.frombuffer(bytes(self._alive[first:past]), dtype=np.uint8))

    def pick(self, rows: RowNumbers) -> list[Id]:
        """The ids on `rows`, in their order."""
        return [self._ids[row] for row in rows.tolist()]

    def extend(self, ids: Sequence[Id]) -> None:
        """Append rows. Raises Invalid for a number beyond 64 bits."""
        if isinstance(self._ids, array) and not all(isinstance(each, int) for each in ids):
            self._ids = list(self._ids)
        try:
            self._ids.extend(ids)  # type: ignore[arg-type]  # all are numbers when the column is an array
        except OverflowError:
            del self._ids[len(self._alive) :]
            raise Invalid("a number as id must fit 64 bits with sign; use text for longer ones", place="id") from None
        self._alive.extend(b"\x01" * len(ids))

    def drop(self, ids: Iterable[Id]) -> int:
        """Take out every row carrying one of `ids`; returns how many went. Unknown ids are ignored."""
        wanted = set(ids)
        later = (row for row in range(self._settled, len(self._ids)) if self._ids[row] in wanted)
        return self.drop_rows([row for each in wanted for row in self._settled_rows(each)] + list(later))

    def drop_rows(self, rows: Iterable[int]) -> int:
        """Take out `rows`; returns how many were still in."""
        gone = 0
        for row in rows:
            gone += self._alive[row]
            self._alive[row] = 0
        return gone

    def _settled_rows(self, wanted: Id) -> list[int]:
        if self._keys is None or self._order is None:
            keys = np.fromiter((_key(self._ids[row]) for row in range(self._settled)), np.int64, self._settled)
            self._order = np.argsort(keys, kind="stable")
            self._keys = keys[self._order]
        key = _key(wanted)
        first, past = np.searchsorted(self._keys, key, "left"), np.searchsorted(self._keys, key, "right")
        return [row for row in self._order[first:past].tolist() if self._ids[row] == wanted]


def _key(value: Id) -> int:
    return hash(value)  # 64 bits; equal keys are compared in full, so a collision costs time only
