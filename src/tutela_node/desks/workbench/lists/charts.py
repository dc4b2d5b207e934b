"""The growth of a list as a small drawing: its size on each of the last days.

Rules:
- zero is the base, time runs from left to right in every language (look.md, e); the figures stand in words beside it
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`line` and `area` are SVG paths in a drawing of `width` by `height`; `last` is where the line ends."""

    width: int
    height: int
    line: str
    area: str
    last: tuple[float, float]


def growth(sizes: Sequence[int], *, width: int, height: int) -> Line | None:
    """None for a list that never had an entry."""
    most = max(sizes, default=0)
    if most == 0 or len(sizes) < 2:
        return None
    points = [
        (round(place * (width - 4) / (len(sizes) - 1) + 2, 1), round(height - 2 - size * (height - 6) / most, 1))
        for place, size in enumerate(sizes)
    ]
    line = "M" + "L".join(f"{x} {y}" for x, y in points)
    base = height - 2
    area = f"{line}L{points[-1][0]} {base}L{points[0][0]} {base}z"
    return Line(width=width, height=height, line=line, area=area, last=points[-1])
