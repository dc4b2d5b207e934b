"""The loops of PDQ behind the filter: cells to bits and quality, for a picture and for its seven turned forms.

Rules:
- the same numbers as the reference, in 32-bit floats, as in `pdq_kernels`; nothing here checks its input: `pdq` does
- a picture is filtered once for all forms where a turned one has the same cells; else once for each end
- all forms in one call: to go in and out of compiled code for each step took as long as the steps
"""

import numpy as np
import numpy.typing as npt

from tutela.media.pdq_kernels import Floats, Places, cells, centres, compiled, transform

Octets = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int64]

_SIDE, _BITS, _LOWER_MEDIAN = 64, 256, 127
_TWO_FILTERS_FROM, _TWO_FILTERS_TO = 129, 256  # the last cell lies so near the edge that, turned, it needs more
_FULL_MARKS, _PERCENT, _RANGE = 90, np.float32(100), np.float32(255)


@compiled
def bits_of(coefficients: Floats, octets: Octets) -> None:
    """Fills uint8[32] with the bits of float32[16, 16]: set where above the lower median; bit 255 comes first."""
    values = coefficients.copy().reshape(_BITS)
    median = np.partition(values, _LOWER_MEDIAN)[_LOWER_MEDIAN]
    octets[:] = 0
    for place in range(_BITS):
        if values[place] > median:
            octets[31 - place // 8] |= np.uint8(1 << (place % 8))


@compiled
def quality_of(small: Floats) -> int:
    """Of float32[64, 64]: the steps between neighbours in percent of the range, each cut to a whole number, summed;
    9,000 is full marks.
    """
    steps = 0
    for row in range(_SIDE):
        for column in range(_SIDE):
            if row + 1 < _SIDE:
                steps += abs(int((small[row, column] - small[row + 1, column]) * _PERCENT / _RANGE))
            if column + 1 < _SIDE:
                steps += abs(int((small[row, column] - small[row, column + 1]) * _PERCENT / _RANGE))
    return min(100, steps // _FULL_MARKS)


@compiled
def shrunk(luma: Floats) -> Floats:
    """float32[h, w] to its 64 x 64 cells; a picture of that size is taken as it is."""
    height, width = luma.shape
    if height == _SIDE and width == _SIDE:
        return luma
    return cells(luma, centres(height, False), centres(width, False))


@compiled
def _is_shared(length: int) -> bool:
    """Whether the cells of a side, seen from either end, come of one filter."""
    return not _TWO_FILTERS_FROM <= length <= _TWO_FILTERS_TO


@compiled
def _both_ends(length: int) -> Places:
    """Where the cells of a side are, ascending, seen from either end; from one end where they share no filter."""
    if not _is_shared(length):
        return centres(length, False)
    return np.sort(np.concatenate((centres(length, False), centres(length, True))))


@compiled
def _from_end(luma: Floats, upside_down: bool, mirrored: bool) -> Floats:
    height, width = luma.shape
    turned = np.empty((height, width), np.float32)
    for row in range(height):
        line = luma[height - 1 - row if upside_down else row]
        for column in range(width):
            turned[row, column] = line[width - 1 - column if mirrored else column]
    return turned


@compiled
def _describe(small: Floats, cosines: Floats, octets: Octets) -> int:
    """The quality of 64 x 64 cells; fills uint8[2, 32] with their bits, as they are and with rows for columns."""
    coefficients = transform(small, cosines)
    bits_of(coefficients, octets[0])
    bits_of(np.ascontiguousarray(coefficients.T), octets[1])
    return quality_of(small)


@compiled
def plain_form(luma: Floats, cosines: Floats, octets: Octets) -> int:
    """The quality of float32[h, w]; fills uint8[32] with its bits."""
    small = shrunk(luma)
    bits_of(transform(small, cosines), octets)
    return quality_of(small)


@compiled
def turned_forms(luma: Floats, cosines: Floats, octets: Octets, qualities: Counts) -> None:
    """Fills uint8[4, 2, 32] and int64[4] from float32[h, w]: as it is, mirrored, upside down, both; of each its bits,
    those with rows for columns, and its quality.
    """
    height, width = luma.shape
    is_cells, small = height == _SIDE and width == _SIDE, np.empty((_SIDE, _SIDE), np.float32)
    rows_shared, columns_shared = is_cells or _is_shared(height), is_cells or _is_shared(width)
    all_rows, all_columns = _both_ends(height), _both_ends(width)
    for ends in range(4):
        from_foot, from_right = ends >= 2, ends % 2 == 1
        if (from_foot and rows_shared) or (from_right and columns_shared):
            continue
        source = _from_end(luma, from_foot, from_right) if ends else luma
        found = source if is_cells else cells(source, all_rows, all_columns)
        for turn in range(4):
            upside_down, mirrored = turn >= 2, turn % 2 == 1
            if (not rows_shared and upside_down != from_foot) or (not columns_shared and mirrored != from_right):
                continue
            rows, columns = centres(height, upside_down and rows_shared), centres(width, mirrored and columns_shared)
            if not is_cells:
                rows, columns = np.searchsorted(all_rows, rows), np.searchsorted(all_columns, columns)
            for row in range(_SIDE):
                for column in range(_SIDE):
                    small[row, column] = found[rows[row], columns[column]]
            qualities[turn] = _describe(small, cosines, octets[turn])
