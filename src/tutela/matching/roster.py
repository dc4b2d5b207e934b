"""Which id each row of an immutable part carries, and whether the row is still in.

Rules:
- a row that went out never comes back; the same id may be added again on a new row
- rows are found by id through binary search: the ids ascend, or an order by id lies beside them
- readers may go on while one writer drops
"""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from tutela.matching import kernels
from tutela.matching.marks import Id, Keys, Marks
from tutela.matching.words import read_only

RowNumbers = npt.NDArray[np.int64]


class Roster:
    """Rows 0..n-1 with their marks: 11 bytes a row, and 4 more where the ids do not ascend."""

    __slots__ = ("_dead", "_gone", "_order", "marks")

    def __init__(self, marks: Marks, order: kernels.Rows | None = None) -> None:
        """`order`: row numbers by id, empty where ids ascend; worked out when not given."""
        self.marks = Marks(keys=read_only(marks.keys), groups=read_only(marks.groups), names=marks.names)
        self._order = read_only(order_of(marks.keys) if order is None else order)
        self._dead = np.zeros(len(marks), dtype=np.uint8)
        self._gone = 0

    def __len__(self) -> int:
        return len(self.marks)

    @property
    def ascends(self) -> bool:
        """Whether the ids do, so that no order is kept."""
        return not len(self._order)

    def count(self) -> int:
        """Rows still in."""
        return len(self) - self._gone

    def is_in(self, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
        """For each of `rows` whether it is still in."""
        alive: npt.NDArray[np.bool_] = self._dead[rows] == 0
        return alive

    def kept(self) -> RowNumbers:
        """All rows still in, in order."""
        return np.flatnonzero(self._dead == 0)

    def drop(self, wanted: Collection[Id], keys: Keys) -> int:
        """Take out every row carrying one of `wanted`, whose keys are `keys`; returns how many went."""
        rows = np.empty(len(keys) + 64, dtype=np.uint32)
        count = kernels.locate(keys, self.marks.keys, self._order, rows)
        if count > len(rows):
            rows = np.empty(count, dtype=np.uint32)
            kernels.locate(keys, self.marks.keys, self._order, rows)
        found = rows[:count]
        if self.marks.names is not None:
            found = np.array([row for row in found.tolist() if self.marks.names[row] in wanted], dtype=np.uint32)
        return self.drop_rows(found)

    def drop_rows(self, rows: npt.NDArray[np.integer]) -> int:
        """Take out `rows`; returns how many were still in."""
        going = np.unique(rows[self._dead[rows] == 0])
        self._dead[going] = 1
        self._gone += len(going)
        return len(going)


def order_of(keys: Keys) -> kernels.Rows:
    """Row numbers by id and then by row; empty where the ids ascend already."""
    if len(keys) < 2 or bool((keys[1:] >= keys[:-1]).all()):  # of one row or none there is no order to keep
        return np.empty(0, dtype=np.uint32)
    return np.argsort(keys, kind="stable").astype(np.uint32)
