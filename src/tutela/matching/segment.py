"""Multi-index hashing: find all hashes within a threshold without comparing with every one.

The bands, and why nothing is missed, are in `bands.py`. The answer of a row comes from the first band through which it
can be reached, so that no row comes twice.

Rules:
- the answer is exactly the oracle's, in the same order: no approximation, no recall to tune
- a segment never changes once built; building is linear in the rows
- where the buckets hold too much of the table (many equal hashes), or the threshold is too wide, the scan is used
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tutela.errors import Limited
from tutela.matching import kernels, linear
from tutela.matching.bands import PADDING, Bands, fitting, flips
from tutela.matching.linear import Found
from tutela.matching.words import WORDS, Words, bounded, needle_words, read_only, table

MOST_ROWS = 2**32 - 2
_ROOM, _MOST_ROOM = 256, 1 << 20  # lines for one needle, and for many

Lines = tuple[kernels.Rows, kernels.Rows, kernels.Distances]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segment:
    """Hashes (uint64[n, 4]) with the buckets of their bands: offsets (uint32) into row numbers of 3 or 4 bytes.

    The arrays are read-only and may be memory-mapped.
    """

    hashes: Words
    bands: Bands
    offsets: kernels.Offsets
    members: kernels.Octets

    def __len__(self) -> int:
        return int(self.hashes.shape[0])

    @property
    def octets(self) -> int:
        """Bytes held by the arrays."""
        return self.hashes.nbytes + self.offsets.nbytes + self.members.nbytes

    def search(self, needle: Words, *, threshold: int) -> Found:
        """All rows at Hamming distance <= `threshold` (0 to 256) from `needle` (uint64[4]), as `linear.search`.

        Raises Invalid for another shape, type or threshold.
        """
        _, rows, distances = self.search_many(needle_words(needle).reshape(1, WORDS), threshold=threshold)
        return linear.ordered(rows.astype(np.int64), distances)

    def search_many(self, needles: Words, *, threshold: int) -> Lines:
        """`search` for each of `needles` (uint64[k, 4]) in one go: the needle's number, the row, the distance.

        Lines come by needle, and in no order within a needle. Raises Invalid.
        """
        return self.near(table(needles), bounded(threshold))

    def near(self, wanted: Words, limit: int) -> Lines:
        """`search_many` for needles and a threshold that were checked."""
        radii = self.bands.radii(limit)
        if radii is None:
            return scanned(wanted, self.hashes, limit)
        plan = (self.bands.table, radii, *flips())
        limits = (limit, len(self), self.bands.octets, self.bands.further)
        arrays = (self.hashes, self.offsets, self.members)
        room = _ROOM * min(len(wanted), _MOST_ROOM // _ROOM)
        lines = _collected(lambda out: kernels.probe(wanted, arrays, plan, limits, out), room)
        return self._with_scans(wanted, limit, lines)

    def _with_scans(self, needles: Words, threshold: int, lines: Lines) -> Lines:
        """What `lines` says, with a scan for each needle whose buckets held too much."""
        of, _, distances = lines
        if not len(of):
            return lines
        crowded = distances < 0
        if not crowded.any():
            return lines
        numbers = of[crowded]
        scans = scanned(table(needles[numbers]), self.hashes, threshold)
        all_of = np.concatenate([of[~crowded], numbers[scans[0]]])
        all_rows, apart = (np.concatenate([lines[at][~crowded], scans[at]]) for at in (1, 2))
        order = np.argsort(all_of, kind="stable")
        return all_of[order], all_rows[order].astype(np.uint32), apart[order].astype(np.int64)


def build(hashes: Words, *, ascending: bool = False) -> Segment:
    """The segment over `hashes` (uint64[n, 4]), whose ids ascend or not; O(n) time.

    Raises Invalid for another shape, Limited above 2^32 - 2 rows.
    """
    kept = table(hashes)
    if kept.shape[0] > MOST_ROWS:
        raise Limited(f"{kept.shape[0]} hashes; one segment holds at most {MOST_ROWS}, use several", place="haystack")
    return filled(kept, fitting(len(kept), ascending=ascending))


def filled(hashes: Words, bands: Bands) -> Segment:
    """The segment over `hashes` (read-only uint64[n, 4]) with these bands, which are for n rows."""
    offsets = np.zeros(bands.buckets, dtype=np.uint32)
    members = np.zeros(len(bands.table) * len(hashes) * bands.octets + PADDING, dtype=np.uint8)
    size = len(hashes) * bands.octets
    for band in range(len(bands.table)):
        own = offsets[bands.starts[band] : bands.starts[band + 1]]
        fill(hashes, bands, band, (own, members[band * size : (band + 1) * size]))
    return Segment(hashes=hashes, bands=bands, offsets=read_only(offsets), members=read_only(members))


def fill(hashes: Words, bands: Bands, band: int, arrays: tuple[kernels.Offsets, kernels.Octets]) -> None:
    """Count and fill one band. arrays: its offsets, uint32[2^width + 1] of zeros, and its row numbers."""
    first, width, _ = (int(each) for each in bands.table[band])
    offsets, members = arrays
    kernels.count_band(hashes, first, width, offsets)
    kernels.fill_band(hashes, (first, width, bands.further, bands.octets), offsets[:-1].copy(), members)


def scanned(needles: Words, haystack: Words, threshold: int) -> Lines:
    """The lines of `Segment.search_many` by comparing with every row."""
    found = [linear.search(needle, haystack, threshold=threshold) for needle in needles]
    of = np.repeat(np.arange(len(found), dtype=np.uint32), [len(each.rows) for each in found])
    rows = np.concatenate([each.rows for each in found] or [np.empty(0, np.int64)]).astype(np.uint32)
    return of, rows, np.concatenate([each.distances for each in found] or [np.empty(0, np.int64)])


def _collected(kernel: Callable[[Lines], int], room: int) -> Lines:
    """Run a kernel with a small buffer, and once more with enough room when it found more than fits."""
    while True:
        of, rows, distances = np.empty(room, np.uint32), np.empty(room, np.uint32), np.empty(room, np.int64)
        count = kernel((of, rows, distances))
        if count <= room:
            return of[:count], rows[:count], distances[:count]
        room = count
