"""The loops of PNG's row filters that are compiled.

Rules:
- nothing here checks its input but the filter numbers: `png_rows` does; the interpreter's lock is released
- where many rows wait for their own last value (Paeth, average), 16 rows go through at once, each a pixel behind the
  one above it: what a row needs of that is known by then, and one instruction serves all 64 octets
- in a single row the predictor of Paeth runs through three or four channels at once, for the same reason

Source: PNG (W3C, third edition), clause 9.
"""

from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]  # it has no stubs
from numba.extending import intrinsic

from tutela.media.loops import compiled

Octets = npt.NDArray[np.uint8]
_Number = np.int32 | Any  # a sample on its way through the sums
_SUB, _UP, _AVERAGE, _PAETH = 1, 2, 3, 4
_ROWS, _LANE = 16, 4  # of a wave: rows, and octets for a pixel of each
_LANES = _ROWS * _LANE
_LINE = _LANES + _LANE  # what is known at a step: a pixel of the row above the wave, and one of each of its rows
_WIDEST = 65_536  # pixels; a step of a wave takes 132 octets
_HARD = 24  # rows that wait for themselves, times channels, from which on a wave is quicker


@compiled
def unfilter(packed: Octets, rows: int, octets: int, step: int) -> tuple[Octets, bool]:
    """uint8[rows, octets] of rows that each begin with the number of their filter; False for a number that is none.

    `step`: octets of a pixel, 1 to 4; `octets` is a multiple of it.
    """
    shown, nothing = np.empty((rows, octets), np.uint8), np.zeros(octets, np.uint8)
    in_waves = step >= 2 and rows >= _ROWS and octets <= step * _WIDEST
    steps = octets // step + _ROWS - 1 if in_waves else 0
    given, known = np.zeros(steps * _LANES, np.uint8), np.zeros((steps + 2) * _LINE, np.uint8)
    row = 0
    while row < rows:
        above = shown[row - 1] if row else nothing
        if in_waves and row + _ROWS <= rows and _is_hard(packed, row, octets, step):
            _wave(packed, (row, octets, step), above, shown, (given, known))
            row += _ROWS
            continue
        begin = row * (octets + 1)
        if not _unfilter_row(packed[begin], packed[begin + 1 : begin + 1 + octets], above, shown[row], step):
            return shown, False
        row += 1
    return shown, True


@compiled
def _unfilter_row(kind: int, given: Octets, above: Octets, shown: Octets, step: int) -> bool:
    if kind == 0:
        shown[:] = given
    elif kind == _SUB:
        _unsub(given, shown, step)
    elif kind == _UP:
        for place in range(len(given)):
            shown[place] = given[place] + above[place]
    elif kind == _AVERAGE:
        _unaverage(given, above, shown, step)
    elif kind != _PAETH:
        return False
    elif step == 3:
        _unpaeth_three(given, above, shown)
    elif step == 4:
        _unpaeth_four(given, above, shown)
    else:
        _unpaeth(given, above, shown, step)
    return True


@compiled
def _unsub(given: Octets, shown: Octets, step: int) -> None:
    for place in range(step):
        shown[place] = given[place]
    for place in range(step, len(given)):
        shown[place] = given[place] + shown[place - step]


@compiled
def _unaverage(given: Octets, above: Octets, shown: Octets, step: int) -> None:
    for place in range(step):
        shown[place] = given[place] + (above[place] >> 1)
    for place in range(step, len(given)):
        mean = (np.int32(shown[place - step]) + np.int32(above[place])) >> 1
        shown[place] = given[place] + np.uint8(mean)


@compiled
def paeth(left: _Number, over: _Number, corner: _Number) -> _Number:
    """Of left, above and upper left the one nearest to left + above - upper left, of equals the first.

    On the way from the lower to the higher of left and above: where upper left lies up to a third, the higher is
    nearest, from two thirds on the lower, between them upper left. No branch is guessed wrong, and no value waits long
    for its left one, as with the distances of the standard; for all values the outcome is the same.
    """
    low, high = min(left, over), max(left, over)
    turned = 3 * corner - left - over
    inside = low if high <= turned else corner
    return high if turned <= low else inside


@compiled
def _unpaeth(given: Octets, above: Octets, shown: Octets, step: int) -> None:
    for channel in range(step):
        left, corner = np.int32(0), np.int32(0)
        for place in range(channel, len(given), step):
            over = np.int32(above[place])
            left = (np.int32(given[place]) + paeth(left, over, corner)) & 255
            shown[place] = left
            corner = over


@compiled
def _unpaeth_three(given: Octets, above: Octets, shown: Octets) -> None:
    left0 = left1 = left2 = np.int32(0)
    corner0 = corner1 = corner2 = np.int32(0)
    for place in range(0, len(given), 3):
        over0, over1, over2 = np.int32(above[place]), np.int32(above[place + 1]), np.int32(above[place + 2])
        left0 = (np.int32(given[place]) + paeth(left0, over0, corner0)) & 255
        left1 = (np.int32(given[place + 1]) + paeth(left1, over1, corner1)) & 255
        left2 = (np.int32(given[place + 2]) + paeth(left2, over2, corner2)) & 255
        shown[place], shown[place + 1], shown[place + 2] = left0, left1, left2
        corner0, corner1, corner2 = over0, over1, over2


@compiled
def _unpaeth_four(given: Octets, above: Octets, shown: Octets) -> None:
    left0 = left1 = left2 = left3 = np.int32(0)
    corner0 = corner1 = corner2 = corner3 = np.int32(0)
    for place in range(0, len(given), 4):
        over0, over1 = np.int32(above[place]), np.int32(above[place + 1])
        over2, over3 = np.int32(above[place + 2]), np.int32(above[place + 3])
        left0 = (np.int32(given[place]) + paeth(left0, over0, corner0)) & 255
        left1 = (np.int32(given[place + 1]) + paeth(left1, over1, corner1)) & 255
        left2 = (np.int32(given[place + 2]) + paeth(left2, over2, corner2)) & 255
        left3 = (np.int32(given[place + 3]) + paeth(left3, over3, corner3)) & 255
        shown[place], shown[place + 1] = left0, left1
        shown[place + 2], shown[place + 3] = left2, left3
        corner0, corner1, corner2, corner3 = over0, over1, over2, over3


def _load_code(_context: Any, _address: Any) -> Any:
    """Four octets at any address."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load(builder.inttoptr(arguments[0], ir.IntType(32).as_pointer()), align=1)

    return numba.uint32(numba.uint64), generate


def _store_code(_context: Any, _address: Any, _value: Any) -> Any:
    """Four octets to any address."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        builder.store(arguments[1], builder.inttoptr(arguments[0], ir.IntType(32).as_pointer()), align=1)
        return context.get_dummy_value()

    return numba.void(numba.uint64, numba.uint32), generate


def _plus_code(_context: Any, _one: Any, _other: Any) -> Any:
    """A sum of 16 bits: numba's own has 64, and a fourth as many go through at once."""
    return numba.int16(numba.int16, numba.int16), lambda _c, builder, _s, given: builder.add(given[0], given[1])


def _minus_code(_context: Any, _one: Any, _other: Any) -> Any:
    return numba.int16(numba.int16, numba.int16), lambda _c, builder, _s, given: builder.sub(given[0], given[1])


_load = cast(Callable[[np.uint64], np.uint32], intrinsic(_load_code))
_store = cast(Callable[[np.uint64, np.uint32], None], intrinsic(_store_code))
_plus = cast(Callable[[np.int16, np.int16], np.int16], intrinsic(_plus_code))
_minus = cast(Callable[[np.int16, np.int16], np.int16], intrinsic(_minus_code))


@compiled
def _is_hard(packed: Octets, row: int, octets: int, step: int) -> bool:
    """Whether enough of the next 16 rows wait for their own last value, and all their filters are some."""
    hard = 0
    for each in range(_ROWS):
        kind = packed[(row + each) * (octets + 1)]
        if kind > _PAETH:
            return False
        hard += kind >= _AVERAGE
    return hard * step >= _HARD


@compiled
def _wave(
    packed: Octets, place: tuple[int, int, int], above: Octets, shown: Octets, lanes: tuple[Octets, Octets]
) -> None:
    """16 rows of 2 to 4 octets a pixel. place: the first row, octets of a row, octets of a pixel.

    lanes: of each step what is given, and what is known; both begin as zeros, which no wave changes where a row has not
    begun. What is past the end of a row is of no use to any other and is left as it comes.
    """
    row, octets, step = place
    given, known = lanes
    width, stride = octets // step, octets + 1
    begin = row * stride + 1
    chosen = np.zeros(4 * _LANES, np.int16)
    for each in range(_ROWS):
        kind = int(packed[begin - 1 + each * stride])
        for lane in range(each * _LANE, (each + 1) * _LANE if kind else 0):
            chosen[(kind - 1) * _LANES + lane] = -1
        last = (width - 1 + each) * _LANES + each * _LANE
        for octet in range(step):  # one by one: four at once would reach beyond the row
            given[last + octet] = packed[begin + each * stride + (width - 1) * step + octet]
    for column in range(width):
        for octet in range(step):
            known[(column + 1) * _LINE + octet] = above[column * step + octet]
    into = np.uint64(given.ctypes.data)
    _slanted(np.uint64(packed.ctypes.data) + np.uint64(begin), stride, (width, step), into, True)
    _predicted(given, known, width + _ROWS - 1, chosen)
    out = np.uint64(known.ctypes.data) + np.uint64(2 * _LINE + _LANE)
    _slanted(np.uint64(shown.ctypes.data) + np.uint64(row * octets), octets, (width, step), out, False)
    for each in range(_ROWS):
        last = (width + 1 + each) * _LINE + _LANE + each * _LANE
        for octet in range(step):
            shown[row + each, (width - 1) * step + octet] = known[last + octet]


@compiled
def _slanted(rows: np.uint64, stride: int, shape: tuple[int, int], lanes: np.uint64, inwards: bool) -> None:
    """Pixels of 16 rows to their lanes, or back: at step t that of row r in column t - r. Not the last of a row.

    Addresses of the first octets; shape: pixels of a row, octets of a pixel (2 at least). Four octets are moved
    for each: in a lane there is room, and in a row the next pixel comes later.
    """
    width, step = shape
    line, four = np.uint64(_LANES if inwards else _LINE), np.uint64(_LANE)
    for now in range(width + _ROWS - 2):
        first, last = max(0, now - width + 2), min(_ROWS - 1, now)
        pixel = rows + np.uint64(step * now + first * (stride - step))
        lane = lanes + np.uint64(now) * line + np.uint64(first * _LANE)
        for _ in range(first, last + 1):
            if inwards:
                _store(lane, _load(pixel))
            else:
                _store(pixel, _load(lane))
            pixel, lane = pixel + np.uint64(stride - step), lane + four


@compiled
def _predicted(given: Octets, known: Octets, steps: int, chosen: npt.NDArray[np.int16]) -> None:
    """Fills `known` from its third line on. chosen: for each filter but the plain one, -1 in the lanes that have it."""
    lanes, line, lane_octets = np.uint64(_LANES), np.uint64(_LINE), np.uint64(_LANE)
    for now in range(np.uint64(steps)):
        at, before = now * lanes, now * line
        last, next_line = before + line, before + line + line + lane_octets
        for lane in range(lanes):
            left, over = np.int16(known[last + lane_octets + lane]), np.int16(known[last + lane])
            corner = np.int16(known[before + lane])
            low, high = min(left, over), max(left, over)
            turned = _plus(_plus(corner, corner), _minus(_minus(corner, left), over))
            inside = low if high <= turned else corner
            nearest = high if turned <= low else inside
            mean = np.int16(_plus(left, over) >> 1)
            simple = (left & chosen[lane]) | (over & chosen[lanes + lane])
            other = (mean & chosen[lanes + lanes + lane]) | (nearest & chosen[lanes + lanes + lanes + lane])
            known[next_line + lane] = np.uint8(_plus(np.int16(given[at + lane]), np.int16(simple | other)))
