"""The loops that are compiled and know single samples: luma, and how plain a line is; and what compiles a loop.

Rules:
- sums are taken in 32-bit floats in the order of the reference program: no fast-math, no fused operations
- nothing here checks its input: `pdq` does; the interpreter's lock is released
- compiled code is kept on disk where the machine allows it; on a read-only installation it is compiled anew
- loops that call each other are in one file: what is kept on disk is renewed when the file of a loop changes, and not
  when a file does from which it takes another
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

_FULL, _HALF = np.int32(255), np.int32(127)
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
def _on_white(sample: np.uint8, alpha: np.uint8) -> np.float32:
    """A sample as it is seen before white, rounded."""
    over = np.int32(alpha)
    return np.float32((np.int32(sample) * over + _FULL * (_FULL - over) + _HALF) // _FULL)


@compiled
def luma_at(pixels: npt.NDArray[np.uint8], rows: Places, columns: Places) -> Floats:
    """The same of what `rows` and `columns` show of uint8[h, w, c]: grey, grey and alpha, colours, colours and alpha.

    What is transparent is seen before white.
    """
    luma = np.empty((len(rows), len(columns)), np.float32)
    channels = pixels.shape[2]
    for row in range(len(rows)):
        line = pixels[rows[row]]
        for column in range(len(columns)):
            sample = line[columns[column]]
            if channels == 1:
                luma[row, column] = np.float32(sample[0])
            elif channels == 3:
                red, green, blue = np.float32(sample[0]), np.float32(sample[1]), np.float32(sample[2])
                luma[row, column] = _RED * red + _GREEN * green + _BLUE * blue
            else:
                first, last = 0, 2 if channels == 4 else 0
                alpha = sample[channels - 1]
                red, blue = _on_white(sample[first], alpha), _on_white(sample[last], alpha)
                luma[row, column] = _RED * red + _GREEN * _on_white(sample[last // 2], alpha) + _BLUE * blue
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
