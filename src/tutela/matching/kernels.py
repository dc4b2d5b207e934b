"""The loops that are compiled: bit counts over rows of words, and the buckets of bands.

Rules:
- no Python objects inside, and the lock of the interpreter is released: threads match in parallel
- a kernel that fills a buffer returns how many it wanted to write, so that the caller can come again with room
- every number read from a bucket is checked before it is used as a place: a damaged file gives a poor answer, no crash
- what is asked of memory is asked early (prefetch), for a candidate costs a cache miss and little else
- compiled code is kept on disk where the machine allows it; on a read-only installation it is compiled anew
- arrays that are only read are passed read-only, so that each kernel is compiled once
- all kernels are in this file: what is kept on disk is renewed when the file of a kernel changes, and not when a file
  does from which it takes another
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

CANDIDATE = 8  # what comparing one costs, where a row of a scan costs 1
AHEAD = 24  # candidates asked of memory before the one that is compared

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def compiled(function: _Kernel) -> _Kernel:
    """`function` compiled at its first call, kept on disk when numba finds a folder it may write to."""
    try:
        return cast(_Kernel, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba: "no locator available": neither the package nor the user's cache is writable
        return cast(_Kernel, numba.njit(nogil=True)(function))


def _prefetch_code(_context: Any, _address: Any) -> Any:
    """The LLVM instruction that asks for the cache line of an address and never fails."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        pointer = builder.inttoptr(arguments[0], byte)
        builder.call(function, [pointer, *(ir.Constant(number, each) for each in (0, 3, 1))])
        return context.get_dummy_value()

    return numba.void(numba.uint64), generate


def _load_code(_context: Any, _address: Any) -> Any:
    """Four bytes at any address, little end first as numba's processors have them."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], ir.IntType(32).as_pointer())
        return builder.load(pointer, align=1)

    return numba.uint32(numba.uint64), generate


_prefetch = cast(Callable[[np.uint64], None], intrinsic(_prefetch_code))
_load = cast(Callable[[np.uint64], np.uint32], intrinsic(_load_code))


@compiled
def _ones(word: np.uint64) -> np.int64:
    """Bits set in `word`; LLVM recognises this form and emits one instruction."""
    pairs = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    fours = (pairs & np.uint64(0x3333333333333333)) + ((pairs >> np.uint64(2)) & np.uint64(0x3333333333333333))
    eights = (fours + (fours >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((eights * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def _apart(needle: Words, haystack: Words, row: int | np.uint64) -> np.int64:
    total = np.int64(0)
    for word in range(4):
        total += _ones(needle[word] ^ haystack[row, word])
    return total


@compiled
def _band(table: Words, row: int | np.uint64, first: int, width: int) -> np.int64:
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
def fill_band(haystack: Words, band: tuple[int, int, int, int], place: Offsets, members: Octets) -> None:
    """The members of one band, bucket by bucket. band: first bit, width, further bits, bytes a member.

    A member is the row number with the further bits above it. place: uint32[2^width], where each bucket begins; it is
    used up. members: uint8[rows * bytes].
    """
    first, width, further, octets = band
    shift, buckets = np.uint64(8 * octets - further), (1 << width) - 1
    for row in range(haystack.shape[0]):
        bits = _band(haystack, row, first, width + further)
        home = place[bits & buckets]
        place[bits & buckets] = home + np.uint32(1)
        value = np.uint64(row) | np.uint64(bits >> width) << shift
        at = np.int64(home) * octets
        for octet in range(octets):
            members[at + octet] = np.uint8(value >> np.uint64(8 * octet))


@compiled
def _opened(
    key: tuple[int, np.int64, np.int64, np.int64],
    arrays: tuple[Words, Offsets, Octets],
    flips: tuple[Rows, Numbers],
    octets: int,
    ranges: Numbers,
) -> tuple[int, int]:
    """Write begin, end and flipped bits of every bucket within the radius that is not empty.

    key: band, bits, start, radius. Returns how many buckets, and how many rows they hold.
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
                ranges[count, 0], ranges[count, 1], ranges[count, 2] = begin, end, ones
                _prefetch(place + np.uint64((band * limit + begin) * octets))
                count += 1
                rows += end - begin
    return count, rows


@compiled
def _balls(bits: np.int64, further: int, radius: np.int64, balls: Words) -> None:
    """balls[left] has bit v set when v differs from `bits`, the needle's further bits, in at most `left` bits."""
    for left in range(radius + 1):
        ball = np.uint64(0)
        for value in range(1 << further):
            if _ones(np.uint64(value ^ bits)) <= left:
                ball |= np.uint64(1) << np.uint64(value)
        balls[left] = ball


@compiled
def _gathered(
    place: tuple[int, np.int64, int],
    members: tuple[Octets, int, int, int],
    balls: Words,
    ranges: Numbers,
    candidates: Rows,
) -> np.uint64:
    """The rows of the opened buckets whose further bits are near enough too; none was compared with the table's size.

    place: band, radius, opened buckets. members: the array, rows of the table, bytes a member, further bits. The array
    has four bytes more than its members, so that each can be read as four bytes.
    """
    band, radius, buckets = place
    array, limit, octets, further = members
    base, step = np.uint64(array.ctypes.data), np.uint64(octets)
    shift, whole = np.uint64(8 * octets - further), np.uint64((1 << 8 * octets) - 1)
    mask, one, count = (np.uint64(1) << shift) - np.uint64(1), np.uint64(1), np.uint64(0)
    for each in range(buckets):
        begin, end, ball = ranges[each, 0], ranges[each, 1], balls[radius - ranges[each, 2]]
        at = base + np.uint64(band * limit + begin) * step
        for _ in range(end - begin):
            value = np.uint64(_load(at)) & whole
            at += step
            candidates[count] = np.uint32(value & mask)
            count += (ball >> (value >> shift)) & one
    return count


@compiled
def _is_first_band(
    needle: Words, haystack: Words, row: np.uint64, band: int, plan: tuple[Numbers, Numbers, int]
) -> bool:
    bands, radii, further = plan
    for earlier in range(band):
        first, width = bands[earlier, 0], bands[earlier, 1] + further
        here, there = _band(needle, 0, first, width), _band(haystack, row, first, width)
        if _ones(np.uint64(here ^ there)) <= radii[earlier]:
            return False
    return True


@compiled
def _most_opened(bands: Numbers, radii: Numbers, choose: Numbers) -> int:
    widest = 1
    for band in range(bands.shape[0]):
        total = 0
        for ones in range(radii[band] + 1):
            total += choose[bands[band, 1], ones]
        widest = max(widest, total)
    return widest


@compiled
def _probe_one(
    needle: Words,
    arrays: tuple[Words, Offsets, Octets],
    plan: tuple[Numbers, Numbers, Rows, Numbers],
    limits: tuple[int, int, int, int, int],
    out: tuple[Rows, Rows, Distances],
) -> int:
    """One needle (uint64[1, 4]): the new count of what was found, or -1 when the buckets hold too much.

    limits: threshold, most work, bytes a member, further bits, what was found before (the place to write at).
    """
    bands, radii, masks, choose = plan
    hashes = arrays[0]
    threshold, left, octets, further, found = limits
    _, rows, distances = out
    size = hashes.shape[0]
    ranges = np.empty((_most_opened(bands, radii, choose), 3), dtype=np.int64)
    candidates, balls = np.empty(256, dtype=np.uint32), np.empty(8, dtype=np.uint64)
    at = np.uint64(hashes.ctypes.data)
    for band in range(bands.shape[0]):
        first, width, radius = bands[band, 0], bands[band, 1], radii[band]
        key = (band, _band(needle, 0, first, width), bands[band, 2], radius)
        buckets, wanted = _opened(key, arrays, (masks, choose[width]), octets, ranges)
        left -= wanted
        if left < 0:
            return -1
        if wanted > candidates.shape[0] - 1:
            candidates = np.empty(2 * wanted + 1, dtype=np.uint32)
        _balls(_band(needle, 0, first + width, further) if further > 0 else np.int64(0), further, radius, balls)
        count = int(_gathered((band, radius, buckets), (arrays[2], size, octets, further), balls, ranges, candidates))
        left -= CANDIDATE * count
        if left < 0:
            return -1
        for each in range(min(AHEAD, count)):
            _prefetch(at + np.uint64(32) * np.uint64(candidates[each]))
        for each in range(count):
            if each + AHEAD < count:
                _prefetch(at + np.uint64(32) * np.uint64(candidates[each + AHEAD]))
            row = np.uint64(candidates[each])
            if row >= np.uint64(size):
                continue
            distance = _apart(needle[0], hashes, row)
            if distance <= threshold and _is_first_band(needle, hashes, row, band, (bands, radii, further)):
                if found < rows.shape[0]:
                    rows[found], distances[found] = np.uint32(row), distance
                found += 1
    return found


@compiled
def probe(
    needles: Words,
    arrays: tuple[Words, Offsets, Octets],
    plan: tuple[Numbers, Numbers, Rows, Numbers],
    limits: tuple[int, int, int, int],
    out: tuple[Rows, Rows, Distances],
) -> int:
    """For each needle write its number, the rows within limits[0] that share an opened bucket, and their distances.

    arrays: hashes uint64[n, 4], offsets, members. plan: bands int64[m, 3] (first bit, width, place of its offsets),
    radii int64[m], masks by number of ones, how many of them by width. limits: threshold, most work a needle (a row
    of an opened bucket is 1, a candidate `CANDIDATE`), bytes a member, further bits. A needle with more work has one
    line with the distance -1. A row is written once: at the first band through which it can be reached. Returns how
    many lines there are, also beyond the buffer.
    """
    of, rows, distances = out
    found = 0
    for each in range(needles.shape[0]):
        place = (limits[0], limits[1], limits[2], limits[3], found)
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
