"""Multi-index hashing: find all hashes within 31 bits without comparing with every one.

Norouzi, Punjani and Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing" (2014). 256 bits are cut
into 16 bands of 16. If two hashes differ in at most 31 bits, some band differs in at most one (16 bands with two or
more would make 32); in at most 15 bits, some band is equal. So it is enough to look into 17 buckets of each band.

Rules:
- the answer is exactly the oracle's, in the same order: no approximation, no recall to tune
- a segment never changes once built; building is linear in the rows
- where the buckets hold more rows than the table (many equal hashes), or the threshold is above 31, the scan is used
"""

from dataclasses import dataclass

import numpy as np

from tutela.errors import Limited
from tutela.matching import kernels, linear
from tutela.matching.linear import Found
from tutela.matching.words import Words, bounded, needle_words, table

EXACT_UP_TO = 31
MOST_ROWS = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segment:
    """Hashes (uint64[n, 4]) with their buckets: offsets uint32[16, 65537] into rows uint32[16, n].

    Takes 96 bytes a hash and 4.2 MB once. The arrays may be memory-mapped.
    """

    hashes: Words
    offsets: kernels.Offsets
    rows: kernels.Rows

    def __len__(self) -> int:
        return int(self.hashes.shape[0])

    @property
    def octets(self) -> int:
        """Bytes held by the three arrays."""
        return self.hashes.nbytes + self.offsets.nbytes + self.rows.nbytes

    def search(self, needle: Words, *, threshold: int) -> Found:
        """All rows at Hamming distance <= `threshold` (0 to 256) from `needle` (uint64[4]), as `linear.search`.

        Raises Invalid for another shape, type or threshold.
        """
        wanted, limit = needle_words(needle), bounded(threshold)
        flips = 0 if limit < kernels.BANDS else kernels.BAND_BITS
        if limit > EXACT_UP_TO or kernels.candidates(wanted, self.offsets, flips) >= len(self):
            return linear.search(wanted, self.hashes, threshold=limit)
        parts = (self.hashes, self.offsets, self.rows)
        return linear.collected(lambda rows, apart: kernels.probe(wanted, parts, (limit, flips), rows, apart))


def build(hashes: Words) -> Segment:
    """The segment over `hashes` (uint64[n, 4]); O(n) time. Raises Invalid for another shape, Limited above 2^32 - 1."""
    kept = table(hashes)
    if kept.shape[0] > MOST_ROWS:
        raise Limited(f"{kept.shape[0]} hashes; one segment holds at most {MOST_ROWS}, use several", place="haystack")
    offsets = np.zeros((kernels.BANDS, kernels.BUCKETS + 1), dtype=np.uint32)
    rows = np.empty((kernels.BANDS, kept.shape[0]), dtype=np.uint32)
    kernels.fill(kept, offsets, rows)
    return Segment(hashes=kept, offsets=offsets, rows=rows)
