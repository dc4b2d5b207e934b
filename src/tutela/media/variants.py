"""Other forms of a still picture, to be looked up beside it: what it was before somebody turned, framed or wrote on it.

Rules:
- a form is a guess of the asker; the lists hold plain hashes, and a match says by which form it came about (`via`)
- a form that there is no reason to look for (no border, no turn noted in the file) is not made
- what each form finds, and how often it is wrong, is measured and published; `DEFAULT` follows from that
- a form that is nearly the plain picture is left out: it would find the same again
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

import numpy as np

from tutela.errors import Invalid
from tutela.media import pdq
from tutela.media.borders import Box, borders_of
from tutela.media.pdq import Floats, Pdq
from tutela.media.perceived import Variant


class Form(StrEnum):
    """Kinds of forms that are asked for together."""

    TURNED = "turned"
    INVERTED = "inverted"
    STORED = "stored"
    UNBORDERED = "unbordered"
    UNCOVERED = "uncovered"
    UNCROPPED = "uncropped"


WHAT: Mapping[Form, str] = {
    Form.TURNED: "mirrored, turned by quarters, and both",
    Form.INVERTED: "the negative",
    Form.STORED: "as it lies in the file, where the file notes a turn",
    Form.UNBORDERED: "without a border around it, or a bar with words above or below it",
    Form.UNCOVERED: "with a bar that lies over its top or foot painted over",
    Form.UNCROPPED: "with a margin of 2 or 5 % added on every side",
}
DEFAULT = frozenset(Form) - {Form.UNCROPPED}

_WORDS = frozenset(map(str, Form))
_NAMES = {
    "flipy": "mirror", "flipx": "flip", "rotate90": "rotate90", "rotate180": "rotate180", "rotate270": "rotate270",
    "flipplus1": "transpose", "flipminus1": "transverse",
}  # fmt: skip
_MARGINS = (0.02, 0.05)
_FADING = 1.5
_EDGE = 6


def forms_of(names: str) -> frozenset[Form]:
    """The forms of a text such as `turned,inverted`; `all`, `default` and `none` stand for what they say.

    Raises Invalid for another word.
    """
    found = set[Form]()
    for name in (each.strip() for each in names.split(",")):
        if name in _WORDS:
            found.add(Form(name))
        elif name in ("all", "default"):
            found |= set(Form) if name == "all" else DEFAULT
        elif name != "none":
            raise Invalid(f"use {', '.join(Form)}, all, default or none", place="variants")
    return frozenset(found)


def hash_forms(luma: Floats, forms: frozenset[str], *, stored: Floats | None = None) -> tuple[Pdq, tuple[Variant, ...]]:
    """The plain hash and the forms of float32[h, w], values 0 to 255, as it is to be seen.

    `stored`: the same as it lies in the file, where that is another way up. Raises Invalid as `hash_luma` does.
    """
    turned = pdq.hash_turned(luma) if Form.TURNED in forms else {}
    plain = turned.get("original") or pdq.hash_luma(luma)
    found = [(via, turned[name]) for name, via in _NAMES.items() if turned]
    found.extend(_others(luma, forms, plain, stored))
    return plain, tuple(Variant(via=via, pdq=each.hex, quality=each.quality) for via, each in found)


def _others(luma: Floats, forms: frozenset[str], plain: Pdq, stored: Floats | None) -> Iterator[tuple[str, Pdq]]:
    if Form.INVERTED in forms:
        yield "invert", _negative(plain)
    if Form.STORED in forms and stored is not None:
        yield "stored", pdq.hash_luma(stored)
    if Form.UNBORDERED in forms or Form.UNCOVERED in forms:
        yield from _unbordered(luma, forms)
    if Form.UNCROPPED in forms:
        for margin in _MARGINS:
            yield f"uncrop {margin:.0%}", pdq.hash_luma(_padded(luma, margin))


def _negative(plain: Pdq) -> Pdq:
    """Every coefficient changes its sign, so every bit changes, but for coefficients that equal the median."""
    return Pdq(hex=f"{int(plain.hex, 16) ^ (1 << 256) - 1:064x}", quality=plain.quality)


def _unbordered(luma: Floats, forms: frozenset[str]) -> Iterator[tuple[str, Pdq]]:
    found = borders_of(luma)
    if Form.UNBORDERED in forms:
        for via, boxes in (("unletterbox", found.plain), ("uncaption", found.written)):
            for number, box in enumerate(boxes):
                if min(box.bottom - box.top, box.right - box.left) >= pdq.MIN_SIDE:
                    cut = luma[box.top : box.bottom, box.left : box.right]
                    yield via + " tighter" * number, pdq.hash_luma(cut)
    if Form.UNCOVERED in forms:
        for box in (found.written or found.plain)[:1]:
            yield "uncover", pdq.hash_luma(_painted(luma, box))


def _painted(luma: Floats, box: Box) -> Floats:
    """The rows outside the box as its nearest rows, fading to its mean: what lies under a bar is unknown."""
    painted, kept = luma.copy(), luma[box.top : box.bottom]
    mean = kept.mean()
    painted[box.bottom :] = _fading(kept[-_EDGE:], mean, len(luma) - box.bottom)
    painted[: box.top] = _fading(kept[:_EDGE], mean, box.top)[::-1]
    return painted


def _fading(edge: Floats, mean: np.float32, count: int) -> Floats:
    share = np.exp(-_FADING * np.arange(count, dtype=np.float32) / max(1, count))[:, np.newaxis]
    faded: Floats = share * edge.mean(axis=0) + (1 - share) * mean
    return faded


def _padded(luma: Floats, margin: float) -> Floats:
    share = margin / (1 - 2 * margin)
    padded: Floats = np.pad(luma, [(round(side * share),) * 2 for side in luma.shape], mode="edge")
    return padded
