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

from collections.abc import Iterator, Sequence
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
WIDEST = 26
MOST_FLIPS = 3
MOST_OCTETS, ORDER_OCTETS = 53.5, 4
SMALL = 4096  # rows below which a scan is as quick as any bucket
MOST_FURTHER = 5
PADDING = 4  # bytes after the last member
SMALL_OCTETS, FEW_OCTETS = 4_500_000, 150  # what a small table's bands may take, in all and a row

SCAN_NS, MEMBER_NS, CANDIDATE_NS = 1.1, 3.5, 11.0  # measured, as is a bucket in `step`; only their ratios matter

Radii = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bands:
    """Bands over a table of `rows`: `table` int64[m, 3] with first bit, width and the place of the band's offsets.

    `octets` is what a member takes: a row number, and above it `further` bits of the hash that follow the band's. They
    belong to the band: buckets are by its first `width` bits, and what is in a bucket is sifted by the rest.
    """

    rows: int
    table: Numbers
    octets: int
    further: int
    _radii: dict[int, Radii | None] = field(default_factory=dict)

    @property
    def starts(self) -> list[int]:
        """Where the offsets of each band begin, and where the last end: 2^width + 1 for each."""
        return [0, *accumulate((1 << int(width)) + 1 for width in self.table[:, 1])]

    @property
    def buckets(self) -> int:
        """Length of the offsets of all bands."""
        return self.starts[-1]

    def radii(self, threshold: int) -> Radii | None:
        """For each band how many of its bits may differ (-1: not searched), or None where a scan is quicker."""
        if threshold not in self._radii:
            costs = _Costs(rows=self.rows, further=self.further)
            chosen = costs.chosen([int(width) for width in self.table[:, 1]], threshold)
            self._radii[threshold] = None if chosen is None else read_only(np.array(chosen, dtype=np.int64))
        return self._radii[threshold]


def laid(rows: int, bands: Sequence[tuple[int, int]], *, octets: int, further: int) -> Bands:
    """Bands of these first bits and widths."""
    table = np.zeros((len(bands), 3), dtype=np.int64)
    start = 0
    for band, (first, width) in enumerate(bands):
        table[band] = first, width, start
        start += (1 << width) + 1
    return Bands(rows=rows, table=read_only(table), octets=octets, further=further)


def fitting(rows: int, *, ascending: bool = False) -> Bands:
    """The bands for a table of `rows`: of those that fit the memory, the least expected work at 31 bits.

    Where the ids ascend, the order by id is not kept, and the bands may take its bytes.
    """
    if rows <= SMALL:
        return laid(rows, (), octets=3, further=0)
    low = max(0, rows.bit_length() - 5)
    widths, octets, further = _fitting((rows >> low) << low, rows.bit_length(), ORDER_OCTETS if ascending else 0)
    firsts = [0, *accumulate(width + further for width in widths)]
    return laid(rows, list(zip(firsts, widths, strict=False)), octets=octets, further=further)


@cache
def _fitting(rows: int, bits: int, spare: int) -> tuple[list[int], int, int]:
    """Widths, bytes a member and further bits for about `rows`, whose numbers have `bits` bits; `spare` bytes a row."""
    most = max((MOST_OCTETS + spare) * rows, min(SMALL_OCTETS, FEW_OCTETS * rows))
    best: tuple[float, tuple[list[int], int, int]] = (float("inf"), ([], 3, 0))
    for octets in (3, 4):
        for further in range(min(MOST_FURTHER, 8 * octets - bits) + 1):
            costs = _Costs(rows=rows, further=further)
            for widths in _layouts(rows, further):
                if octets * rows * len(widths) + 4 * sum((1 << width) + 1 for width in widths) <= most:
                    best = min(best, (costs.work(widths, costs.spread(widths, EXACT_UP_TO)), (widths, octets, further)))
    return best[1]


def _layouts(rows: int, further: int) -> Iterator[list[int]]:
    usual = rows.bit_length()
    for count in range(8, MOST_BANDS + 1):
        for narrow in range(max(6, usual - 7), min(WIDEST - 1, usual + 1) + 1):
            for wider in range(0, count, 1 + count // 6):
                if narrow * count + wider + further * count <= PDQ_BITS:
                    yield [narrow + (band < wider) for band in range(count)]


class _Costs:
    """Expected nanoseconds on even hashes."""

    def __init__(self, *, rows: int, further: int) -> None:
        self._rows, self._further = rows, further
        self._steps: dict[tuple[int, int], float] = {}

    def chosen(self, widths: list[int], threshold: int) -> list[int] | None:
        if not widths or threshold + 1 > len(widths) * (MOST_FLIPS + 1):
            return None
        radii = self.spread(widths, threshold)
        return radii if self.work(widths, radii) < SCAN_NS * self._rows else None

    def spread(self, widths: list[int], threshold: int) -> list[int]:
        """Radii whose (s + 1) add up to threshold + 1. Costs grow with each step, so all bands go equally far, and
        those where it costs least one step more."""
        even, over = divmod(threshold + 1, len(widths))
        cheap = set(sorted(range(len(widths)), key=lambda band: self.step(widths[band], even))[:over])
        return [even - 1 + (band in cheap) for band in range(len(widths))]

    def work(self, widths: list[int], radii: list[int]) -> float:
        pairs = zip(widths, radii, strict=True)
        return sum(self.step(width, ones) for width, radius in pairs for ones in range(radius + 1))

    def step(self, width: int, ones: int) -> float:
        """What it costs to go from ones - 1 flipped bits to `ones`."""
        if (width, ones) not in self._steps:
            full = width + self._further
            buckets = comb(width, ones) * min(11.0, 6.0 + self._rows / 2e6)
            members = comb(width, ones) * self._rows / (1 << width) * MEMBER_NS
            candidates = comb(full, ones) * self._rows / (1 << full) * CANDIDATE_NS
            self._steps[width, ones] = buckets + members + candidates
        return self._steps[width, ones]


@cache
def flips() -> tuple[Rows, Numbers]:
    """Masks and their numbers: masks[k] has all words with k ones, by their highest bit; the first choose[w, k] of
    them lie within w bits. uint32[4, 2600] and int64[27, 4]."""
    masks = np.zeros((MOST_FLIPS + 1, comb(WIDEST, MOST_FLIPS)), dtype=np.uint32)
    for ones in range(MOST_FLIPS + 1):
        words = sorted(sum(1 << bit for bit in chosen) for chosen in combinations(range(WIDEST), ones))
        masks[ones, : len(words)] = words
    choose = [[comb(width, ones) for ones in range(MOST_FLIPS + 1)] for width in range(WIDEST + 1)]
    return read_only(masks), read_only(np.array(choose, dtype=np.int64))
