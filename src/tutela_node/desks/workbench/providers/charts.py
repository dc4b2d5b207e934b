"""Reports a month as bars: zero is the base, time runs from left to right in every language (look.md, e)."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, BASE, TOP = 190, 160, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`value` stands above it where `is_told`; a narrow drawing tells every second one. Places are SVG numbers."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    value: int
    is_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    width: int
    height: int
    base: int
    foot: int  # where the months stand
    bars: tuple[Bar, ...]


def bars(values: Sequence[int], *, width: int) -> Bars:
    most, step = max([*values, 1]), width / max(1, len(values))
    every = 2 if step < 40 else 1
    made = []
    for place, value in enumerate(values):
        height = (BASE - TOP) * value / most
        made.append(
            Bar(
                x=f"{place * step + step * 0.15:.1f}",
                y=f"{BASE - height:.1f}",
                width=f"{step * 0.7:.1f}",
                height=f"{height:.1f}",
                middle=f"{place * step + step / 2:.1f}",
                value=value,
                is_told=(len(values) - 1 - place) % every == 0,
            )
        )
    return Bars(width=width, height=HEIGHT, base=BASE, foot=BASE + 20, bars=tuple(made))
