"""The loops over fingerprints of sound that are compiled.

Rules:
- no Python objects inside, and the lock of the interpreter is released: threads match in parallel
- bits are counted by the instruction of the processor for many items at once, where it has one
- all kernels of sound are in this file: what is kept on disk is renewed when the file of a kernel changes
"""

from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np
import numpy.typing as npt
from numba.extending import intrinsic

from tutela.matching.kernels import compiled

Items = npt.NDArray[np.uint32]
Masks = npt.NDArray[np.uint32]  # all bits of an item that tells something, none of one that does not
Told = tuple[Items, Masks]
Places = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float32]

ALIKE = 0.75
LEAST_OVERLAP = 24
FEW = 8  # samples of the shortest overlap that is sampled; shorter ones are compared whole
ABOVE_CHANCE = 0.1
MOST_TRIED = 100  # alignments of two sounds that are alike and may be so by chance
SPARSEST = 6  # items from one sample to the next, at most
_PAIR = 65_536  # one sample, above the sum of the bits in which samples differ
_LITTLE = 0.25
_BITS = 32


def _ones_code(_context: Any, _word: Any) -> Any:
    """The LLVM instruction that counts bits; a loop of it becomes one over many words."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return numba.uint32(numba.uint32), generate


_ones = cast(Callable[[np.uint32], np.uint32], intrinsic(_ones_code))


@compiled
def _gather(short: Told, long: Told, stride: int, sums: Items) -> None:
    """Every `stride`-th item of the shorter that tells something, against the longer at each alignment.

    Alignment `a` has item p of the shorter beside item p + a - (n - 1) of the longer, n items in the shorter.
    """
    items, tells = short
    beside, beside_tells = long
    met, last = 0, len(items) - 1
    for place in range(len(items)):
        if tells[place]:
            if met % stride == 0:
                item, row = items[place], sums[last - place : last - place + len(beside)]
                for at in range(len(beside)):
                    row[at] += (_ones(item ^ beside[at]) | np.uint32(_PAIR)) & beside_tells[at]
            met += 1


@compiled
def _at(short: Told, long: Told, alignment: int) -> float:
    """The share of equal bits at one alignment; 0 where less than the least overlap tells something."""
    items, tells = short
    beside, beside_tells = long
    offset = alignment - (len(items) - 1)
    here, there = max(0, offset), max(0, -offset)
    length = min(len(beside) - here, len(items) - there)
    one, other = beside[here : here + length], items[there : there + length]
    mask, masked = beside_tells[here : here + length], tells[there : there + length]
    apart, pairs = np.uint32(0), np.uint32(0)
    for at in range(length):
        both = mask[at] & masked[at]
        apart += _ones(one[at] ^ other[at]) & both
        pairs += both & np.uint32(1)
    return 1 - float(apart) / (32 * float(pairs)) if pairs >= LEAST_OVERLAP else 0.0


@compiled
def _by_chance(short: Told, long: Told, alignment: int) -> float:
    """How alike two would be where they lie beside each other if each bit were set as often there, but anywhere."""
    items, tells = short
    beside, beside_tells = long
    offset = alignment - (len(items) - 1)
    here, there = max(0, offset), max(0, -offset)
    length = min(len(beside) - here, len(items) - there)
    one, other = np.zeros(_BITS, np.uint32), np.zeros(_BITS, np.uint32)
    pairs = 0
    for at in range(length):
        if beside_tells[here + at] & tells[there + at]:
            first, second = beside[here + at], items[there + at]
            for bit in range(_BITS):
                one[bit] += (first >> np.uint32(bit)) & np.uint32(1)
                other[bit] += (second >> np.uint32(bit)) & np.uint32(1)
            pairs += 1
    equal = 0.0
    for bit in range(_BITS):
        often, beside_often = one[bit] / pairs, other[bit] / pairs
        equal += often * beside_often + (1 - often) * (1 - beside_often)
    return equal / _BITS


@compiled
def _first_beyond_chance(short: Told, long: Told, shares: Shares, least: float, most: int) -> float:
    """The largest of the shares from `least` on that is more than chance; 0 when none is among the `most` largest."""
    for _ in range(most):
        alignment = int(np.argmax(shares))
        if shares[alignment] < least:
            break
        if shares[alignment] >= _by_chance(short, long, alignment) + ABOVE_CHANCE:
            return float(shares[alignment])
        shares[alignment] = 0
    return 0.0


@compiled
def _best(short: Told, long: Told, least: float) -> float:
    """The largest share from `least` on, 0 when there is none; of a long overlap a sample is asked first."""
    length = len(short[0])
    stride = max(1, min(SPARSEST, length // FEW))
    sums = np.zeros(length + len(long[0]) - 1, np.uint32)
    _gather(short, long, stride, sums)
    shares = np.zeros(len(sums), np.float32)
    for alignment in range(LEAST_OVERLAP - 1, len(sums) - (LEAST_OVERLAP - 1)):
        overlap = min(alignment + 1, length, len(sums) - alignment)
        if overlap >= FEW * stride:
            pairs, apart = sums[alignment] // np.uint32(_PAIR), sums[alignment] % np.uint32(_PAIR)
            if pairs == 0 or apart > 12.8 * pairs + 10:  # from 0.6 equal on, and less where few are asked
                continue
        shares[alignment] = _at(short, long, alignment)
    return _first_beyond_chance(short, long, shares, least, MOST_TRIED)


@compiled
def exact(one: Told, other: Told, least: float) -> float:
    """The largest share of all alignments, each compared whole: the oracle of `likest`."""
    short, long = (one, other) if len(one[0]) <= len(other[0]) else (other, one)
    shares = np.zeros(len(short[0]) + len(long[0]) - 1, np.float32)
    for alignment in range(LEAST_OVERLAP - 1, len(shares) - (LEAST_OVERLAP - 1)):
        shares[alignment] = _at(short, long, alignment)
    return _first_beyond_chance(short, long, shares, least, len(shares))


@compiled
def likest(asked: Told, held: Told, starts: Places, least: Shares, shares: Shares) -> None:
    """Of each held sound the largest share into `shares`, 0 below its `least`; one whose `least` is above 1 is passed.

    Sound number n are the items from `starts[n]` to `starts[n + 1]`.
    """
    items, tells = held
    for number in range(len(shares)):
        shares[number] = 0
        if least[number] <= 1:
            one = (items[starts[number] : starts[number + 1]], tells[starts[number] : starts[number + 1]])
            if len(asked[0]) <= len(one[0]):
                shares[number] = _best(asked, one, least[number])
            else:
                shares[number] = _best(one, asked, least[number])


@compiled
def share(first: Items, second: Items) -> float:
    """The share of equal bits of all items at the alignment where it is largest; little overlap counts less."""
    shortest = min(len(first), len(second))
    if shortest == 0:
        return 0.0
    overlap, best = min(LEAST_OVERLAP, shortest), 0.0
    for shift in range(overlap - len(second), len(first) - overlap + 1):
        here, there = max(0, shift), max(0, -shift)
        length = min(len(first) - here, len(second) - there)
        one, other = first[here : here + length], second[there : there + length]
        apart = np.uint32(0)
        for at in range(length):
            apart += _ones(one[at] ^ other[at])
        equal = 1 - float(apart) / (32 * length)
        if equal < ALIKE:
            equal -= _LITTLE * (1 - min(1.0, length / shortest))
        best = max(best, equal)
    return best
