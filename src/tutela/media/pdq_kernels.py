"""The loops of PDQ that are compiled: the two-pass box filter, the cosine transform, bits and quality, turned forms.

Rules:
- every sum is taken in 32-bit floats in the order of the reference program, so that hashes agree bit for bit; no
  fast-math, no fused operations, no reordering
- rows are filtered as columns of the transposed picture, a whole row of running sums at a time: the same sums, without
  waiting for each other
- a picture is filtered once for all its forms where a turned one has the same cells, else once from each end; all
  forms come of one call, for going in and out of compiled code took as long as the work
- nothing here checks its input: `pdq` does; the interpreter's lock is released

Source: the published description and C++ reference of PDQ (ThreatExchange, BSD), read for facts.
"""

import numpy as np
import numpy.typing as npt

from tutela.media.loops import Floats, Places, compiled

Octets = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int64]

_SIDE, _BITS, _LOWER_MEDIAN = 64, 256, 127
_WINDOWS = 128
_LANES = 16
_MOST_ADDED = 4
_NOTHING, _WHITE = np.float32(0), np.float32(255)
_TWO_FILTERS_FROM, _TWO_FILTERS_TO = 129, 256  # the last cell lies so near the edge that, turned, it needs more
_FULL_MARKS, _PERCENT = 90, np.float32(100)


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
    return _times(_times(cosines, small), np.ascontiguousarray(cosines.T))


@compiled
def _times(left: Floats, right: Floats) -> Floats:
    """The product of float32[16, 64] and float32[64, n]: each sum in the order of its terms, four of them at a time."""
    product, columns = np.zeros((16, right.shape[1]), np.float32), right.shape[1]
    for row in range(16):
        sums = product[row]
        for inner in range(0, _SIDE, 4):
            first, second, third, fourth = right[inner], right[inner + 1], right[inner + 2], right[inner + 3]
            one, two, three, four = left[row, inner], left[row, inner + 1], left[row, inner + 2], left[row, inner + 3]
            for column in range(columns):
                total = sums[column] + one * first[column]
                total = (total + two * second[column]) + three * third[column]
                sums[column] = total + four * fourth[column]
    return product


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
                steps += abs(int((small[row, column] - small[row + 1, column]) * _PERCENT / _WHITE))
            if column + 1 < _SIDE:
                steps += abs(int((small[row, column] - small[row, column + 1]) * _PERCENT / _WHITE))
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
