"""The loops of PNG's row filters that are compiled.

Rules:
- nothing here checks its input but the filter numbers: `png_rows` does; the interpreter's lock is released
- the predictor of Paeth runs through three or four channels at once, so that none waits for its own last value

Source: PNG (W3C, third edition), clause 9.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from tutela.media.pdq_kernels import compiled

Octets = npt.NDArray[np.uint8]
_Number = np.int32 | Any  # a sample on its way through the sums
_SUB, _UP, _AVERAGE, _PAETH = 1, 2, 3, 4


@compiled
def unfilter(packed: Octets, rows: int, octets: int, step: int) -> tuple[Octets, bool]:
    """uint8[rows, octets] of rows that each begin with the number of their filter; False for a number that is none.

    `step`: octets of a pixel, 1 to 4.
    """
    shown = np.empty((rows, octets), np.uint8)
    nothing = np.zeros(octets, np.uint8)
    for row in range(rows):
        begin = row * (octets + 1)
        given = packed[begin + 1 : begin + 1 + octets]
        above = shown[row - 1] if row else nothing
        kind = packed[begin]
        if kind == 0:
            shown[row] = given
        elif kind == _SUB:
            _unsub(given, shown[row], step)
        elif kind == _UP:
            for place in range(octets):
                shown[row, place] = given[place] + above[place]
        elif kind == _AVERAGE:
            _unaverage(given, above, shown[row], step)
        elif kind != _PAETH:
            return shown, False
        elif step == 3:
            _unpaeth_three(given, above, shown[row])
        elif step == 4:
            _unpaeth_four(given, above, shown[row])
        else:
            _unpaeth(given, above, shown[row], step)
    return shown, True


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
