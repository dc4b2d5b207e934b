"""The loops that are compiled: bit counts over rows of words, and the buckets of bands.

Rules:
- no Python objects inside, and the lock of the interpreter is released: threads match in parallel
- a kernel that fills a buffer returns how many it wanted to write, so that the caller can come again with room
- every number read from a bucket is checked before it is used as a place: a damaged file gives a poor answer, no crash
- what is asked of memory is asked early (prefetch), for a candidate costs a cache miss and little else
- compiled code is kept on disk where the machine allows it; on a read-only installation it is compiled anew
- arrays that are only read are passed read-only, so that each kernel is compiled once
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]  # it has no stubs
from numba.extending import intrinsic

from tutela.matching.words import Words

Rows = npt.NDArray[np.uint32]
Distances = npt.NDArray[np.int64]
Offsets = npt.NDArray[np.uint32]
Octets = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]

AHEAD = 24  # candidates asked of memory before the one that is compared

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def compiled(function: _Kernel) -> _Kernel:
    """`function` compiled at its first call, kept on disk when numba finds a folder it may write to."""
    try:
        return cast(_Kernel, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba: "no locator available": neither the package nor the user's cache is writable
        return cast(_Kernel, numba.njit(nogil=True)(function))


def _prefetch_code(_context: Any, _typing: Any = None) -> Any:  # numba's own types have no stubs
    """The LLVM instruction that asks for the cache line of an address and never fails."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        pointer = builder.inttoptr(arguments[0], byte)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        builder.call(function, [pointer, *(ir.Constant(number, each) for each in (0, 3, 1))])
        return context.get_dummy_value()

    return numba.void(numba.uint64), generate


_prefetch: Callable[[np.uint64], None] = intrinsic(_prefetch_code)


@compiled
def _ones(word: np.uint64) -> np.int64:
    """Bits set in `word`; LLVM recognises this form and emits one instruction."""
    pairs = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    fours = (pairs & np.uint64(0x3333333333333333)) + ((pairs >> np.uint64(2)) & np.uint64(0x3333333333333333))
    eights = (fours + (fours >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((eights * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def _apart(needle: Words, haystack: Words, row: int | np.int64) -> np.int64:
    total = np.int64(0)
    for word in range(4):
        total += _ones(needle[word] ^ haystack[row, word])
    return total


@compiled
def _band(table: Words, row: int | np.int64, first: int, width: int) -> np.int64:
    """Bits first..first+width-1 of a row; bit b is bit b % 64 of word b // 64. `width` is below 64."""
    word, shift = first >> 6, np.uint64(first & 63)
    value = table[row, word] >> shift
    if (first & 63) + width > 64:
        value |= table[row, word + 1] << (np.uint64(64) - shift)
    return np.int64(value & ((np.uint64(1) << np.uint64(width)) - np.uint64(1)))


@compiled
def scan(needle: Words, haystack: Words, threshold: int, rows: Rows, distances: Distances) -> int:
    """Write every row within `threshold`, in row order; return how many there are, also beyond the buffer."""
    found = 0
    for row in range(haystack.shape[0]):
        distance = _apart(needle, haystack, row)
        if distance <= threshold:
            if found < rows.shape[0]:
                rows[found] = row
                distances[found] = distance
            found += 1
    return found


@compiled
def count_band(haystack: Words, first: int, width: int, offsets: Offsets) -> None:
    """The buckets of one band: offsets uint32[2^width + 1] of zeros becomes the place where each bucket begins."""
    for row in range(haystack.shape[0]):
        offsets[_band(haystack, row, first, width) + 1] += np.uint32(1)
    for bucket in range(offsets.shape[0] - 1):
        offsets[bucket + 1] += offsets[bucket]


@compiled
def fill_band(haystack: Words, band: tuple[int, int, int], place: Offsets, members: Octets) -> None:
    """The row numbers of one band, bucket by bucket. band: first bit, width, bytes a number (3 or 4).

    place: uint32[2^width], where each bucket begins; it is used up. members: uint8[rows * bytes].
    """
    first, width, octets = band
    for row in range(haystack.shape[0]):
        home = _band(haystack, row, first, width)
        at = np.int64(place[home]) * octets
        place[home] += np.uint32(1)
        members[at] = row & 255
        members[at + 1] = (row >> 8) & 255
        members[at + 2] = (row >> 16) & 255
        if octets == 4:
            members[at + 3] = (row >> 24) & 255


@compiled
def _member(members: Octets, at: int, octets: int) -> np.int64:
    row = np.int64(members[at]) | np.int64(members[at + 1]) << 8 | np.int64(members[at + 2]) << 16
    if octets == 4:
        row |= np.int64(members[at + 3]) << 24
    return row


@compiled
def _opened(
    key: tuple[int, np.int64, np.int64, np.int64],
    arrays: tuple[Words, Offsets, Octets],
    flips: tuple[Rows, Numbers],
    octets: int,
    ranges: Numbers,
) -> tuple[int, int]:
    """Write begin and end of every bucket within the radius that is not empty. key: band, bits, start, radius.

    Returns how many buckets, and how many rows they hold.
    """
    band, bits, start, radius = key
    hashes, offsets, members = arrays
    masks, choose = flips
    at, place = np.uint64(offsets.ctypes.data), np.uint64(members.ctypes.data)
    for ones in range(radius + 1):
        for each in range(choose[ones]):
            _prefetch(at + np.uint64(4 * (start + (bits ^ np.int64(masks[ones, each])))))
    count, rows, limit = 0, 0, int(hashes.shape[0])
    for ones in range(radius + 1):
        for each in range(choose[ones]):
            bucket = start + (bits ^ np.int64(masks[ones, each]))
            begin, end = int(offsets[bucket]), int(offsets[bucket + 1])
            if begin < end <= limit:
                ranges[count, 0], ranges[count, 1] = begin, end
                _prefetch(place + np.uint64((band * limit + begin) * octets))
                count += 1
                rows += end - begin
    return count, rows


@compiled
def _gathered(band: int, members: Octets, sizes: tuple[int, int, int], ranges: Numbers, candidates: Rows) -> int:
    """The row numbers of the opened buckets. sizes: buckets, rows of the table, bytes a number."""
    buckets, limit, octets = sizes
    count = 0
    for each in range(buckets):
        for position in range(ranges[each, 0], ranges[each, 1]):
            row = _member(members, (band * limit + position) * octets, octets)
            if row < limit:
                candidates[count] = row
                count += 1
    return count


@compiled
def _is_first_band(needle: Words, haystack: Words, row: np.int64, band: int, plan: tuple[Numbers, Numbers]) -> bool:
    bands, radii = plan
    for earlier in range(band):
        first, width = bands[earlier, 0], bands[earlier, 1]
        here, there = _band(needle, 0, first, width), _band(haystack, row, first, width)
        if _ones(np.uint64(here ^ there)) <= radii[earlier]:
            return False
    return True


@compiled
def _probe_one(
    needle: Words,
    arrays: tuple[Words, Offsets, Octets],
    plan: tuple[Numbers, Numbers, Rows, Numbers],
    limits: tuple[int, int, int, int],
    out: tuple[Rows, Rows, Distances],
) -> int:
    """One needle (uint64[1, 4]): the new count of what was found, or -1 when the buckets hold too much.

    limits: threshold, most candidates, bytes a number, what was found before (the place to write at).
    """
    bands, radii, masks, choose = plan
    hashes = arrays[0]
    threshold, most, octets, found = limits
    _, rows, distances = out
    widest, left = 1, most
    for band in range(bands.shape[0]):
        total = 0
        for ones in range(radii[band] + 1):
            total += choose[bands[band, 1], ones]
        widest = max(widest, total)
    ranges = np.empty((widest, 2), dtype=np.int64)
    candidates = np.empty(256, dtype=np.uint32)
    at = np.uint64(hashes.ctypes.data)
    for band in range(bands.shape[0]):
        first, width = bands[band, 0], bands[band, 1]
        key = (band, _band(needle, 0, first, width), bands[band, 2], radii[band])
        buckets, wanted = _opened(key, arrays, (masks, choose[width]), octets, ranges)
        left -= wanted
        if left < 0:
            return -1
        if wanted > candidates.shape[0]:
            candidates = np.empty(2 * wanted, dtype=np.uint32)
        count = _gathered(band, arrays[2], (buckets, hashes.shape[0], octets), ranges, candidates)
        for each in range(min(AHEAD, count)):
            _prefetch(at + np.uint64(32) * np.uint64(candidates[each]))
        for each in range(count):
            if each + AHEAD < count:
                _prefetch(at + np.uint64(32) * np.uint64(candidates[each + AHEAD]))
            row = np.int64(candidates[each])
            distance = _apart(needle[0], hashes, row)
            if distance <= threshold and _is_first_band(needle, hashes, row, band, (bands, radii)):
                if found < rows.shape[0]:
                    rows[found], distances[found] = row, distance
                found += 1
    return found


@compiled
def probe(
    needles: Words,
    arrays: tuple[Words, Offsets, Octets],
    plan: tuple[Numbers, Numbers, Rows, Numbers],
    limits: tuple[int, int, int],
    out: tuple[Rows, Rows, Distances],
) -> int:
    """For each needle write its number, the rows within limits[0] that share an opened bucket, and their distances.

    arrays: hashes uint64[n, 4], offsets, members. plan: bands int64[m, 3] (first bit, width, place of its offsets),
    radii int64[m], masks by number of ones, how many of them by width. limits: threshold, most candidates a needle,
    bytes a row number. A needle whose buckets hold more has one line with the distance -1. A row is written once: at
    the first band through which it can be reached. Returns how many lines there are, also beyond the buffer.
    """
    of, rows, distances = out
    found = 0
    for each in range(needles.shape[0]):
        place = (limits[0], limits[1], limits[2], found)
        now = _probe_one(needles[each : each + 1], arrays, plan, place, out)
        if now < 0:
            now = found + 1
            if found < rows.shape[0]:
                rows[found], distances[found] = 0, -1
        for line in range(found, min(now, rows.shape[0])):
            of[line] = each
        found = now
    return found


@compiled
def locate(wanted: Numbers, ids: Numbers, order: Rows, rows: Rows) -> int:
    """Write the rows whose id is one of `wanted`; return how many there are, also beyond the buffer.

    order: row numbers by id, or empty when the ids themselves ascend.
    """
    found, size, plain = 0, ids.shape[0], order.shape[0] == 0
    for each in range(wanted.shape[0]):
        low, high = 0, size
        while low < high:
            middle = (low + high) >> 1
            row = middle if plain else min(np.int64(order[middle]), size - 1)
            if ids[row] < wanted[each]:
                low = middle + 1
            else:
                high = middle
        while low < size:
            row = low if plain else min(np.int64(order[low]), size - 1)
            if ids[row] != wanted[each]:
                break
            if found < rows.shape[0]:
                rows[found] = row
            found += 1
            low += 1
    return found


@compiled
def _compared(digests: Octets, row: int, wanted: Octets) -> int:
    for octet in range(wanted.shape[0]):
        if digests[row, octet] != wanted[octet]:
            return -1 if digests[row, octet] < wanted[octet] else 1
    return 0


@compiled
def equal(wanted: Octets, digests: Octets, offsets: Offsets) -> tuple[int, int]:
    """First and past row of `digests` (uint8[n, octets], ascending) equal to `wanted`. offsets: by the first bits."""
    size = digests.shape[0]
    bits = 0
    while (1 << bits) < offsets.shape[0] - 1:
        bits += 1
    head = np.int64(wanted[0]) << 16 | np.int64(wanted[1]) << 8 | np.int64(wanted[2])
    bucket = head >> (24 - bits)
    low, past = min(np.int64(offsets[bucket]), size), min(np.int64(offsets[bucket + 1]), size)
    high = past
    while low < high:
        middle = (low + high) >> 1
        if _compared(digests, middle, wanted) < 0:
            low = middle + 1
        else:
            high = middle
    end = low
    while end < past and _compared(digests, end, wanted) == 0:
        end += 1
    return low, end
