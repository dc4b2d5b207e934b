"""Borders that somebody put around a picture, and bars with words at its top or foot.

Rules:
- a border is of one shade: from the edge inwards, lines nearly all of whose samples are as the outermost line
- a bar with words has that shade along both of its ends and in much of every line, and ends with a plain line
- what is found is a guess: it only says where else to look
- a border ends clearly: where a picture grows out of one shade little by little, there is none
- a cut leaves at least three tenths of each side
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutela.media.pdq import Floats

_PLAIN, _WRITTEN, _ENDS = 0.97, 0.4, 0.9  # shares of samples that have the shade of the border
_BLEND, _CLEAR = 2, 0.9  # lines over which a border may blend; behind them, at most this share has its shade
_TOLERANCES = (16.0, 5.0)  # of 255; the second stops where a picture goes on in nearly the same shade
_MARGIN = 0.02
_LEAST_LEFT = 0.3
_SIDES = ("top", "bottom", "left", "right")


@dataclass(frozen=True, slots=True)
class Box:
    """The part of a picture that is kept: rows `top` to `bottom` and columns `left` to `right`, the ends excluded."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bordered:
    """What a picture is without its borders (`plain`) and without bars that have words (`written`), likeliest first."""

    plain: tuple[Box, ...]
    written: tuple[Box, ...]


def borders_of(luma: Floats) -> Bordered:
    """The guesses for float32[h, w], values 0 to 255; two at most of each kind, none for most pictures."""
    sides = {"top": luma, "bottom": luma[::-1], "left": luma.T, "right": luma[:, ::-1].T}
    candidates = {name: lines for name, lines in sides.items() if _is_of_one_shade(lines[0])}
    plain, written = list[Box](), list[Box]()
    for tolerance in _TOLERANCES if candidates else ():
        cuts = {name: _depth(lines, tolerance) for name, lines in candidates.items()}
        around = _box(luma, {name: depth for name, (depth, _) in cuts.items()})
        without = _box(luma, {name: cuts[name][name in ("top", "bottom")] for name in cuts})
        plain.extend(_new(around, plain))
        if without != around:
            written.extend(_new(without, written))
    return Bordered(plain=tuple(plain), written=tuple(written))


def _new(box: Box | None, known: list[Box]) -> Iterator[Box]:
    if box is not None and box not in known:
        yield box


def _is_of_one_shade(line: Floats) -> bool:
    from tutela.media.loops import share_near_median  # loading the compiler takes half a second

    kept = np.ascontiguousarray(line).view()
    kept.flags.writeable = False  # one type to the compiler
    return bool(share_near_median(kept, _TOLERANCES[0]) >= _PLAIN)


def _depth(lines: Floats, tolerance: float) -> tuple[int, int]:
    """How many lines the plain border has, and how many with words among them."""
    near = np.abs(lines - np.median(lines[0])) <= tolerance
    share, margin = near.mean(axis=1), max(3, int(lines.shape[1] * _MARGIN))
    ends = np.minimum(near[:, :margin].mean(axis=1), near[:, -margin:].mean(axis=1))
    is_plain = share >= _PLAIN
    depth = _run(is_plain)
    if share[min(depth + _BLEND, len(share) - 1)] > _CLEAR:
        depth = 0
    with_words = is_plain[: _run(is_plain | ((share >= _WRITTEN) & (ends >= _ENDS)))]
    return depth, int(np.flatnonzero(with_words)[-1]) + 1 if with_words.any() else 0


def _run(lines: npt.NDArray[np.bool_]) -> int:
    return len(lines) if lines.all() else int(np.argmin(lines))


def _box(luma: Floats, cut: dict[str, int]) -> Box | None:
    """What is left; None when nothing is cut, or too much."""
    height, width = luma.shape
    top, bottom, left, right = (cut.get(side, 0) for side in _SIDES)
    if not top + bottom + left + right:
        return None
    if top + bottom > height * (1 - _LEAST_LEFT) or left + right > width * (1 - _LEAST_LEFT):
        return None
    return Box(top, height - bottom, left, width - right)
