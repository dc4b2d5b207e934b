"""Which bits of a hash make a bucket, and how far around a bucket a question must look.

A hash is cut into m bands that share no bit. Let band i be searched in all buckets whose number differs in at most s_i
bits from the needle's. Whatever differs in more than s_i bits in every band differs in at least the sum of (s_i + 1)
bits in all. So where that sum is above r, every hash within r bits is found in some band: nothing is missed. This is
the pigeonhole of Norouzi, Punjani and Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing" (2014), in
its general form: bands may differ in width and in radius, and bits outside all bands do no harm.

Rules:
- few wide bands for large tables, many narrow ones for small: the layout with the least expected work at 31 bits
- a band and its buckets together take at most `MOST_OCTETS` a row, so that a hash stays under 100 bytes
- for each threshold the radii are those with the least expected work; where a scan is less work, it is used
"""

from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, combinations
from math import comb

import numpy as np
import numpy.typing as npt

from tutela.matching.kernels import Numbers, Rows
from tutela.matching.words import PDQ_BITS, read_only

EXACT_UP_TO = 31
MOST_BANDS = 32
WIDEST = 24
MOST_FLIPS = 3
MOST_OCTETS = 53.5
SMALL = 4096  # rows below which a scan is as quick as any bucket
SMALL_OCTETS = 4_500_000  # what the buckets of a table may take, however few its rows

SCAN_NS, PROBE_NS, CANDIDATE_NS = 1.2, 9.0, 8.0  # measured; only their ratios matter
MOST_CANDIDATES = 6  # a sixth of the table in the opened buckets is as much work as a scan of all

Radii = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bands:
    """Bands over a table of `rows`: `table` int64[m, 3] with first bit, width and the place of the band's offsets."""

    rows: int
    table: Numbers
    _radii: dict[int, Radii | None] = field(default_factory=dict)

    @property
    def octets(self) -> int:
        """Bytes a row number takes."""
        return row_octets(self.rows)

    @property
    def starts(self) -> list[int]:
        """Where the offsets of each band begin, and where the last end: 2^width + 1 for each."""
        return [0, *accumulate((1 << int(width)) + 1 for width in self.table[:, 1])]

    @property
    def buckets(self) -> int:
        """Length of the offsets of all bands."""
        return self.starts[-1]

    def radii(self, threshold: int) -> Radii | None:
        """For each band how many bits of its bucket may differ (-1: not searched), or None where a scan is quicker."""
        if threshold not in self._radii:
            chosen = _chosen([int(width) for width in self.table[:, 1]], self.rows, threshold)
            self._radii[threshold] = None if chosen is None else read_only(np.array(chosen, dtype=np.int64))
        return self._radii[threshold]


def row_octets(rows: int) -> int:
    """Bytes that a row number of a table of `rows` takes."""
    return 3 if rows < 1 << 24 else 4


def laid(rows: int, bands: list[tuple[int, int]]) -> Bands:
    """Bands of these first bits and widths."""
    table = np.zeros((len(bands), 3), dtype=np.int64)
    start = 0
    for band, (first, width) in enumerate(bands):
        table[band] = first, width, start
        start += (1 << width) + 1
    return Bands(rows=rows, table=read_only(table))


def fitting(rows: int) -> Bands:
    """The bands for a table of `rows`: of those that fit the memory, the least expected work at 31 bits."""
    widths = _fitting(rows) if rows > SMALL else []
    return laid(rows, list(zip([0, *accumulate(widths)], widths, strict=False)))


def _fitting(rows: int) -> list[int]:
    best: tuple[float, list[int]] = (float("inf"), [])
    for count in range(8, MOST_BANDS + 1):
        for total in range(8 * count, min(PDQ_BITS, WIDEST * count) + 1):
            narrow, wider = divmod(total, count)
            widths = [narrow + (band < wider) for band in range(count)]
            octets = row_octets(rows) * rows * count + 4 * sum((1 << width) + 1 for width in widths)
            if octets > max(MOST_OCTETS * rows, SMALL_OCTETS):
                break
            radii = _spread(widths, rows, EXACT_UP_TO)
            best = min(best, (_work(widths, rows, radii), widths))
    return best[1]


def _chosen(widths: list[int], rows: int, threshold: int) -> list[int] | None:
    if not widths or threshold + 1 > len(widths) * (MOST_FLIPS + 1):
        return None
    radii = _spread(widths, rows, threshold)
    return radii if _work(widths, rows, radii) < SCAN_NS * rows else None


def _spread(widths: list[int], rows: int, threshold: int) -> list[int]:
    """Radii whose (s + 1) add up to threshold + 1. Each step goes where it costs least; costs grow with each step."""
    radii = [-1] * len(widths)
    even, over = divmod(threshold + 1, len(widths))
    steps = [_step(width, rows, even) for width in widths]
    dearer = sorted(range(len(widths)), key=steps.__getitem__)[:over]
    for band in range(len(widths)):
        radii[band] = even - 1 + (band in dearer)
    return radii


def _step(width: int, rows: int, radius: int) -> float:
    return comb(width, radius) * (PROBE_NS + CANDIDATE_NS * rows / (1 << width))


def _work(widths: list[int], rows: int, radii: list[int]) -> float:
    return sum(
        _step(width, rows, ones) for width, radius in zip(widths, radii, strict=True) for ones in range(radius + 1)
    )


@cache
def flips() -> tuple[Rows, Numbers]:
    """Masks and their numbers: masks[k] has all words with k ones, by their highest bit; the first choose[w, k] of
    them lie within w bits. uint32[4, 2024] and int64[25, 4]."""
    masks = np.zeros((MOST_FLIPS + 1, comb(WIDEST, MOST_FLIPS)), dtype=np.uint32)
    for ones in range(MOST_FLIPS + 1):
        words = sorted(sum(1 << bit for bit in chosen) for chosen in combinations(range(WIDEST), ones))
        masks[ones, : len(words)] = words
    choose = [[comb(width, ones) for ones in range(MOST_FLIPS + 1)] for width in range(WIDEST + 1)]
    return read_only(masks), read_only(np.array(choose, dtype=np.int64))
