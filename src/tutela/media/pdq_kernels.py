"""The loops of PDQ that are compiled: luma, the two-pass box filter, the cosine transform; and one of the borders.

Rules:
- every sum is taken in 32-bit floats in the order of the reference program, so that hashes agree bit for bit; no
  fast-math, no fused operations, no reordering
- rows are filtered as columns of the transposed picture, a whole row of running sums at a time: the same sums, without
  waiting for each other
- nothing here checks its input: `pdq` does; the interpreter's lock is released
- compiled code is kept on disk where the machine allows it; on a read-only installation it is compiled anew

Source: the published description and C++ reference of PDQ (ThreatExchange, BSD), read for facts.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

_SIDE = 64
_WINDOWS = 128
_LANES = 16
_MOST_ADDED = 4
_NOTHING, _WHITE = np.float32(0), np.float32(255)
_RED, _GREEN, _BLUE = np.float32(0.299), np.float32(0.587), np.float32(0.114)


def compiled(function: _Kernel) -> _Kernel:
    """`function` as machine code."""
    try:
        return cast(_Kernel, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba: "no locator available": neither the package nor the user's cache is writable
        return cast(_Kernel, numba.njit(nogil=True)(function))


@compiled
def luma_of_rgb(rgb: npt.NDArray[np.uint8]) -> Floats:
    """uint8[h, w, 3] to float32[h, w] by the weights of ITU-R BT.601."""
    height, width, _ = rgb.shape
    luma = np.empty((height, width), np.float32)
    for row in range(height):
        for column in range(width):
            red, green, blue = rgb[row, column, 0], rgb[row, column, 1], rgb[row, column, 2]
            luma[row, column] = _RED * np.float32(red) + _GREEN * np.float32(green) + _BLUE * np.float32(blue)
    return luma


@compiled
def luma_at(pixels: npt.NDArray[np.uint8], rows: Places, columns: Places) -> Floats:
    """The same of what `rows` and `columns` show of uint8[h, w, 3], or of grey uint8[h, w, 1]."""
    luma = np.empty((len(rows), len(columns)), np.float32)
    grey = pixels.shape[2] == 1
    for row in range(len(rows)):
        line = pixels[rows[row]]
        for column in range(len(columns)):
            sample = line[columns[column]]
            if grey:
                luma[row, column] = np.float32(sample[0])
            else:
                red, green, blue = np.float32(sample[0]), np.float32(sample[1]), np.float32(sample[2])
                luma[row, column] = _RED * red + _GREEN * green + _BLUE * blue
    return luma


@compiled
def looked_up(numbers: npt.NDArray[np.uint8], table: Floats, rows: Places, columns: Places) -> Floats:
    """What `table`, float32[256], has for the numbers that `rows` and `columns` show of uint8[h, w]."""
    luma = np.empty((len(rows), len(columns)), np.float32)
    for row in range(len(rows)):
        line = numbers[rows[row]]
        for column in range(len(columns)):
            luma[row, column] = table[line[columns[column]]]
    return luma


@compiled
def _transposed(source: Floats) -> Floats:
    """Rows become columns, 16 rows at a time: what is written together lies together."""
    height, width = source.shape
    turned = np.empty((width, height), np.float32)
    whole = height - height % _LANES
    for first in range(0, whole, _LANES):
        for column in range(width):
            for lane in range(_LANES):
                turned[column, first + lane] = source[first + lane, column]
    for row in range(whole, height):
        for column in range(width):
            turned[column, row] = source[row, column]
    return turned


@compiled
def _store(sums: Floats, divisor: int, target: Floats) -> None:
    """The sums divided; by a power of two this is to multiply, to the last bit."""
    if divisor & (divisor - 1) == 0:
        share = np.float32(1) / np.float32(divisor)
        for column in range(len(sums)):
            target[column] = sums[column] * share
    else:
        for column in range(len(sums)):
            target[column] = sums[column] / np.float32(divisor)


@compiled
def _filtered_down(source: Floats, window: int, places: Places) -> Floats:
    """The rows at `places` (ascending) of the running mean of `window` samples down each column.

    At the edges it is the mean of the samples that exist. The sums run through all rows, a whole row at a time.
    """
    height, width = source.shape
    ahead = (window + 2) // 2 - 1
    target, sums, stored = np.empty((len(places), width), np.float32), np.zeros(width, np.float32), 0
    for place in range(-ahead, height):
        entering, gone = place + ahead, place + ahead - window
        if entering >= height:
            for column in range(width):
                sums[column] -= source[gone, column]
        elif gone >= 0:
            for column in range(width):
                sums[column] = (sums[column] + source[entering, column]) - source[gone, column]
        else:
            for column in range(width):
                sums[column] += source[entering, column]
        while stored < len(places) and places[stored] == place:
            _store(sums, min(entering + 1, height) - max(gone + 1, 0), target[stored])
            stored += 1
    return target


@compiled
def _is_whole(luma: Floats) -> bool:
    """Whether every sample is a whole number of 0 to 255: a sum of some is exact then, in any order."""
    for row in range(len(luma)):
        line, whole = luma[row], np.int32(0)
        for column in range(len(line)):
            sample = line[column]
            away = np.float32(np.int32(sample)) - sample
            whole += np.int32(away * away <= _NOTHING and sample >= _NOTHING and sample <= _WHITE)
        if whole < len(line):
            return False
    return True


@compiled
def _filtered_across(source: Floats, window: int) -> Floats:
    """The running mean of `window` samples, 1 to 4, along each row of whole numbers, without running through them."""
    height, width = source.shape
    ahead = (window + 2) // 2 - 1
    back, inside = window - 1 - ahead, width - window + 1
    target, nothing = np.empty((height, width), np.float32), np.zeros(width, np.float32)
    added = np.empty(inside, np.float32)
    for row in range(height):
        line, sums = source[row], target[row]
        second = line[1:] if window > 1 else nothing
        third = line[2:] if window > 2 else nothing
        fourth = line[3:] if window > 3 else nothing
        for column in range(inside):
            added[column] = (line[column] + second[column]) + (third[column] + fourth[column])
        _store(added, window, sums[back : back + inside])
        for edge in range(window - 1):
            column = edge if edge < back else width - window + edge + 1
            first, last = max(0, column - back), min(width - 1, column + ahead)
            total = np.float32(0)
            for place in range(first, last + 1):
                total += line[place]
            sums[column] = total / np.float32(last - first + 1)
    return target


@compiled
def cells(luma: Floats, rows: Places, columns: Places) -> Floats:
    """What `rows` and `columns` (ascending) show of float32[h, w] when each sample is the mean around it.

    Two passes of the box filter along rows and columns; of the last ones only what is asked for is stored. The first
    one of whole numbers, as a grey picture has, is quicker.
    """
    height, width = luma.shape
    across, down = (width + _WINDOWS - 1) // _WINDOWS, (height + _WINDOWS - 1) // _WINDOWS
    if across <= _MOST_ADDED and _is_whole(luma):
        once = _filtered_across(luma, across)
    else:
        once = _transposed(_filtered_down(_transposed(luma), across, np.arange(width)))
    twice = _filtered_down(once, down, np.arange(height))
    thrice = _filtered_down(_transposed(twice), across, columns)
    return _filtered_down(_transposed(thrice), down, rows)


@compiled
def centres(length: int, mirrored: bool) -> Places:
    """Where the 64 cells of a side are sampled; `mirrored`: where they would be, were the filter run from the far end.

    A window of an even number of samples reaches one further ahead than back, in each of the two passes. Not for sides
    of 129 to 256, where the mirrored place of the last cell may lie before the first sample.
    """
    ahead = 2 if ((length + _WINDOWS - 1) // _WINDOWS) % 2 == 0 else 0
    places = np.empty(_SIDE, np.int64)
    for cell in range(_SIDE):
        place = int((cell + 0.5) * length / _SIDE)
        places[cell] = length - 1 - place - ahead if mirrored else place
    return places


@compiled
def transform(small: Floats, cosines: Floats) -> Floats:
    """C A Cᵀ for A = float32[64, 64], C = float32[16, 64]: the low frequencies, without the constant ones."""
    halfway = np.zeros((16, _SIDE), np.float32)
    for row in range(16):
        for inner in range(_SIDE):
            for column in range(_SIDE):
                halfway[row, column] += cosines[row, inner] * small[inner, column]
    result = np.zeros((16, 16), np.float32)
    for row in range(16):
        for inner in range(_SIDE):
            for column in range(16):
                result[row, column] += halfway[row, inner] * cosines[column, inner]
    return result


@compiled
def share_near_median(line: Floats, tolerance: float) -> float:
    """How many of the samples of float32[n], n > 0, are within `tolerance` of their median, of 1."""
    half = len(line) // 2
    parted = np.partition(line, half)
    median = parted[half]
    if len(line) % 2 == 0:
        median = (parted[:half].max() + median) / np.float32(2)
    near = 0
    for sample in line:
        near += abs(sample - median) <= tolerance
    return near / len(line)
