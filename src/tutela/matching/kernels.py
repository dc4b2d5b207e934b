"""The loops that are compiled: bit counts over rows of words.

Rules:
- no Python objects inside, and the lock of the interpreter is released: threads match in parallel
- a kernel that fills a buffer returns how many it wanted to write, so that the caller can come again with room
- compiled code is kept on disk where the machine allows it; on a read-only installation it is compiled anew
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from tutela.matching.words import Words

Rows = npt.NDArray[np.uint32]
Distances = npt.NDArray[np.int64]
Offsets = npt.NDArray[np.uint32]

BANDS = 16
BAND_BITS = 16
BUCKETS = 1 << BAND_BITS

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])


def compiled(function: _Kernel) -> _Kernel:
    """`function` compiled at its first call, kept on disk when numba finds a folder it may write to."""
    try:
        return cast(_Kernel, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba: "no locator available": neither the package nor the user's cache is writable
        return cast(_Kernel, numba.njit(nogil=True)(function))


@compiled
def _ones(word: np.uint64) -> np.int64:
    """Bits set in `word`; LLVM recognises this form and emits one instruction."""
    pairs = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    fours = (pairs & np.uint64(0x3333333333333333)) + ((pairs >> np.uint64(2)) & np.uint64(0x3333333333333333))
    eights = (fours + (fours >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((eights * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def _apart(needle: Words, haystack: Words, row: int) -> np.int64:
    total = np.int64(0)
    for word in range(4):
        total += _ones(needle[word] ^ haystack[row, word])
    return total


@compiled
def _band(words: Words, band: int) -> np.int64:
    shift = np.uint64(BAND_BITS * (band & 3))
    return np.int64((words[band >> 2] >> shift) & np.uint64(BUCKETS - 1))


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
def fill(haystack: Words, offsets: Offsets, rows: Rows) -> None:
    """Counting sort of the rows by each band. offsets: uint32[16, 65537] of zeros; rows: uint32[16, n]."""
    for band in range(BANDS):
        for row in range(haystack.shape[0]):
            offsets[band, _band(haystack[row], band) + 1] += np.uint32(1)
        for bucket in range(BUCKETS):
            offsets[band, bucket + 1] += offsets[band, bucket]
        place = offsets[band].copy()
        for row in range(haystack.shape[0]):
            home = _band(haystack[row], band)
            rows[band, place[home]] = row
            place[home] += np.uint32(1)


@compiled
def candidates(needle: Words, offsets: Offsets, flips: int) -> np.int64:
    """How many rows `probe` would compare: the summed sizes of the buckets it opens."""
    total = np.int64(0)
    for band in range(BANDS):
        bucket = _band(needle, band)
        for flip in range(flips + 1):
            opened = bucket if flip == 0 else bucket ^ (1 << (flip - 1))
            total += np.int64(offsets[band, opened + 1]) - np.int64(offsets[band, opened])
    return total


@compiled
def _is_first_band(needle: Words, haystack: Words, row: int, band: int, flips: int) -> bool:
    allowed = 1 if flips else 0
    for earlier in range(band):
        if _ones(np.uint64(_band(needle, earlier) ^ _band(haystack[row], earlier))) <= allowed:
            return False
    return True


@compiled
def probe(
    needle: Words, segment: tuple[Words, Offsets, Rows], limits: tuple[int, int], rows: Rows, distances: Distances
) -> int:
    """Write every row within limits[0] that shares a bucket when up to one of limits[1] band bits is flipped.

    A row is written once: at the first band through which it can be reached. Rows come in bucket order.
    Returns how many there are, also beyond the buffer.
    """
    haystack, offsets, members = segment
    threshold, flips = limits
    found = 0
    for band in range(BANDS):
        bucket = _band(needle, band)
        for flip in range(flips + 1):
            opened = bucket if flip == 0 else bucket ^ (1 << (flip - 1))
            for position in range(offsets[band, opened], offsets[band, opened + 1]):
                row = members[band, position]
                distance = _apart(needle, haystack, row)
                if distance <= threshold and _is_first_band(needle, haystack, row, band, flips):
                    if found < rows.shape[0]:
                        rows[found] = row
                        distances[found] = distance
                    found += 1
    return found
