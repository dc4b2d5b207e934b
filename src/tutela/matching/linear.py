"""The oracle: compare a needle with every row, and keep all within a distance.

Rules:
- every faster index is judged by this one and must give the same rows in the same order
- the order is by distance, then by row
- two implementations, one compiled and one plain NumPy, must agree; the plain one needs nothing compiled
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutela.matching import kernels
from tutela.matching.words import Words, bounded, needle_words, table

_ROOM = 1024


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """Rows within a threshold: `rows` int64[k] and `distances` int64[k], by distance and then by row."""

    rows: npt.NDArray[np.int64]
    distances: npt.NDArray[np.int64]

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The same as (row, distance) pairs of plain integers."""
        return tuple(zip(self.rows.tolist(), self.distances.tolist(), strict=True))


def search(needle: Words, haystack: Words, *, threshold: int) -> Found:
    """All rows of `haystack` (uint64[n, 4]) at Hamming distance <= `threshold` (0 to 256) from `needle` (uint64[4]).

    O(n), about 1.3 ns a row. Raises Invalid for another shape, type or threshold.
    """
    wanted, rows, limit = needle_words(needle), table(haystack), bounded(threshold)
    return collected(lambda ids, distances: kernels.scan(wanted, rows, limit, ids, distances))


def search_plain(needle: Words, haystack: Words, *, threshold: int) -> Found:
    """The same answer as `search` with NumPy alone; about ten times slower. Raises Invalid."""
    wanted, rows, limit = needle_words(needle), table(haystack), bounded(threshold)
    apart = np.bitwise_count(rows ^ wanted).sum(axis=1, dtype=np.int64)
    (near,) = np.nonzero(apart <= limit)
    return ordered(near.astype(np.int64), apart[near])


def search_many(needles: Words, haystack: Words, *, threshold: int) -> tuple[Found, ...]:
    """`search` for each row of `needles` (uint64[m, 4]), in their order. Raises Invalid."""
    return tuple(search(needle, haystack, threshold=threshold) for needle in table(needles))


def ordered(rows: npt.NDArray[np.int64], distances: npt.NDArray[np.int64]) -> Found:
    """`Found` in its order, whatever the order of the arguments."""
    order = np.lexsort((rows, distances))
    return Found(rows=rows[order], distances=distances[order])


def collected(kernel: Callable[[kernels.Rows, kernels.Distances], int]) -> Found:
    """Run a kernel with a small buffer, and once more with enough room when it found more than fits."""
    room = _ROOM
    while True:
        rows, distances = np.empty(room, dtype=np.uint32), np.empty(room, dtype=np.int64)
        count = kernel(rows, distances)
        if count <= room:
            return ordered(rows[:count].astype(np.int64), distances[:count])
        room = count
