"""The loops of PDQ that are compiled: luma, the two-pass box filter, the cosine transform.

Rules:
- every sum is taken in 32-bit floats in the order of the reference program, so that hashes agree bit for bit; no
  fast-math, no fused operations, no reordering
- the row filter keeps 16 running sums side by side: the same sums, without waiting for each other
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
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

_SIDE = 64
_WINDOWS = 128
_LANES = 16
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
def _transpose_rows(source: Floats, first: int, lanes: Floats) -> int:
    """Copy up to 16 rows of `source` into the columns of `lanes`; how many there were."""
    count: int = min(_LANES, source.shape[0] - first)
    for lane in range(count):
        for column in range(source.shape[1]):
            lanes[column, lane] = source[first + lane, column]
    return count


@compiled
def _store(sums: Floats, divisor: np.float32, target: Floats, at: tuple[int, int, int]) -> None:
    first, count, column = at
    for lane in range(count):
        target[first + lane, column] = sums[lane] / divisor


@compiled
def _filter_rows(source: Floats, target: Floats, window: int) -> None:
    """Running mean of `window` samples along each row; at the edges the mean of those that exist."""
    height, width = source.shape
    ahead = (window + 2) // 2 - 1
    lanes = np.zeros((width, _LANES), np.float32)
    for first in range(0, height, _LANES):
        count = _transpose_rows(source, first, lanes)
        sums = np.zeros(_LANES, np.float32)
        for entering in range(window):
            for lane in range(_LANES):
                sums[lane] += lanes[entering, lane]
            if entering >= ahead:
                _store(sums, np.float32(entering + 1), target, (first, count, entering - ahead))
        for entering in range(window, width):
            for lane in range(_LANES):
                sums[lane] = (sums[lane] + lanes[entering, lane]) - lanes[entering - window, lane]
            _store(sums, np.float32(window), target, (first, count, entering - ahead))
        for gone in range(ahead):
            for lane in range(_LANES):
                sums[lane] -= lanes[width - window + gone, lane]
            _store(sums, np.float32(window - 1 - gone), target, (first, count, width - ahead + gone))


@compiled
def _filter_columns(source: Floats, target: Floats, window: int) -> None:
    """The same down each column, a whole row of sums at a time."""
    height, width = source.shape
    ahead = (window + 2) // 2 - 1
    sums = np.zeros(width, np.float32)
    for entering in range(window):
        for column in range(width):
            sums[column] += source[entering, column]
        if entering >= ahead:
            for column in range(width):
                target[entering - ahead, column] = sums[column] / np.float32(entering + 1)
    for entering in range(window, height):
        for column in range(width):
            moved = (sums[column] + source[entering, column]) - source[entering - window, column]
            sums[column] = moved
            target[entering - ahead, column] = moved / np.float32(window)
    for gone in range(ahead):
        for column in range(width):
            sums[column] -= source[height - window + gone, column]
            target[height - ahead + gone, column] = sums[column] / np.float32(window - 1 - gone)


@compiled
def filtered(luma: Floats) -> Floats:
    """float32[h, w], each sample the mean around it: two passes of the box filter along rows and columns."""
    height, width = luma.shape
    across, down = (width + _WINDOWS - 1) // _WINDOWS, (height + _WINDOWS - 1) // _WINDOWS
    half_done, done = np.empty_like(luma), np.empty_like(luma)
    _filter_rows(luma, half_done, across)
    _filter_columns(half_done, done, down)
    _filter_rows(done, half_done, across)
    _filter_columns(half_done, done, down)
    return done


@compiled
def _centres(length: int, mirrored: bool) -> npt.NDArray[np.int64]:
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
def sampled(done: Floats, upside_down: bool, mirrored: bool) -> Floats:
    """float32[64, 64] of what `filtered` gives: the centre of each cell, of the picture or a mirrored one."""
    rows, columns = _centres(done.shape[0], upside_down), _centres(done.shape[1], mirrored)
    small = np.empty((_SIDE, _SIDE), np.float32)
    for row in range(_SIDE):
        for column in range(_SIDE):
            small[row, column] = done[rows[row], columns[column]]
    return small


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
