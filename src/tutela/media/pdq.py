"""PDQ: 256 bits that stay nearly the same when a picture is scaled, recompressed or lightly edited.

Rules:
- the same pixels give the same bits as the C++ reference, and the same quality
- a bit is set when its coefficient is above the lower median of the 256; the first hexadecimal digit holds bits 255
  to 252
- the eight turned and mirrored forms come from one transform by changing signs and swapping rows with columns; each is
  near the hash of the really turned picture (up to 8 bits measured), not always equal
- a hash of quality 49 or less comes from a picture too plain to compare; 31 bits or less is a match

Source: Meta, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (2019), and its C++ reference.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tutela.errors import Invalid
from tutela.media.algorithms import Algorithm
from tutela.media.kinds import Kind

Floats = npt.NDArray[np.float32]
Octets = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

MIN_SIDE = 5
DISCARDED = 49  # quality up to which a hash is not compared
_SIDE, _OCTETS = 64, 32
_TURNS = (("original", "flipplus1"), ("flipy", "rotate90"), ("flipx", "rotate270"), ("rotate180", "flipminus1"))
# a picture as it is, mirrored, upside down and both; and each of these with rows and columns swapped
# one layout, so that each kernel is compiled once: a read-only array is another type to the compiler
_FOR_KERNELS: tuple[Literal["C", "W"], ...] = ("C", "W")

ALGORITHM = Algorithm(name="pdq", bits=256, applies_to=frozenset({Kind.IMAGE}), threshold=31, discard_quality=DISCARDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdq:
    """`hex`: 64 lower-case digits. `quality`: 0 (no detail) to 100."""

    hex: str
    quality: int


def hash_rgb(rgb: npt.NDArray[np.uint8]) -> Pdq:
    """The hash of uint8[h, w, 3] at its full size. Raises Invalid below 5 x 5 or for another shape or type."""
    return hash_luma(luma_of(rgb))


def hash_luma(luma: Floats) -> Pdq:
    """The hash of float32[h, w], values 0 to 255, at its full size. Raises Invalid below 5 x 5 or for another shape."""
    from tutela.media import pdq_kernels  # loading the compiler takes half a second, and most users never hash

    octets = np.empty(_OCTETS, np.uint8)
    quality = pdq_kernels.plain_form(_for_kernels(luma), _COSINES, octets)
    return Pdq(hex=octets.tobytes().hex(), quality=quality)


def hash_turned(luma: Floats) -> dict[str, Pdq]:
    """The hashes of float32[h, w] and of the seven pictures that come of turning and mirroring its samples.

    Names as in `dihedral`. Each is what `hash_luma` gives for the turned array, but for rounding; the
    change of signs in `dihedral` is farther off where a picture has fine texture. Raises Invalid as `hash_luma` does.
    """
    from tutela.media import pdq_kernels  # as above

    octets, qualities = np.empty((len(_TURNS), 2, _OCTETS), np.uint8), np.empty(len(_TURNS), np.int64)
    pdq_kernels.turned_forms(_for_kernels(luma), _COSINES, octets, qualities)
    return {
        name: Pdq(hex=bits.tobytes().hex(), quality=int(quality))
        for names, forms, quality in zip(_TURNS, octets, qualities, strict=True)
        for name, bits in zip(names, forms, strict=True)
    }


def dihedral(luma: Floats) -> dict[str, str]:
    """The hashes of float32[h, w] and of its seven turned and mirrored forms, by the reference's names.

    `rotate…` turn counter-clockwise; `flipx` swaps top and bottom, `flipy` left and right; `flipplus1` mirrors
    at the main diagonal, `flipminus1` at the other. Raises Invalid as `hash_luma` does.
    """
    from tutela.media import pdq_kernels  # as above

    upright = pdq_kernels.transform(pdq_kernels.shrunk(_for_kernels(luma)), _COSINES)
    odd = np.where(np.arange(16) % 2 == 0, np.float32(-1), np.float32(1))
    by_row, by_column = odd[:, np.newaxis], odd[np.newaxis, :]
    forms = {
        "original": upright,
        "rotate90": (upright * by_column).T,
        "rotate180": upright * by_row * by_column,
        "rotate270": (upright * by_row).T,
        "flipx": upright * by_row,
        "flipy": upright * by_column,
        "flipplus1": upright.T,
        "flipminus1": (upright * by_row * by_column).T,
    }
    return {name: _hex(form) for name, form in forms.items()}


def is_comparable(quality: int) -> bool:
    """Whether a picture of this quality has enough detail for its hash to be compared."""
    return quality > DISCARDED


def apart(one: str, other: str) -> int:
    """In how many of 256 bits two hashes (hexadecimal) differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def luma_of(rgb: npt.NDArray[np.uint8]) -> Floats:
    """float32[h, w] of uint8[h, w, 3] by ITU-R BT.601. Raises Invalid for another shape or type."""
    from tutela.media import loops  # as above

    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise Invalid(f"an array {rgb.dtype}{list(rgb.shape)}, expected uint8[height, width, 3]")
    return loops.luma_of_rgb(np.require(rgb, requirements=_FOR_KERNELS))


def luma_of_places(pixels: npt.NDArray[np.uint8], rows: Places, columns: Places) -> Floats:
    """float32[len(rows), len(columns)] of uint8[h, w, c] by ITU-R BT.601: 1 grey, 2 grey and alpha, 3 or 4 colours.

    Grey is taken as it is, and what is transparent before white.
    """
    from tutela.media import loops  # as above

    kept = np.ascontiguousarray(pixels).view()
    kept.flags.writeable = False  # as what comes from a decoder often is: one type to the compiler
    return loops.luma_at(kept, rows, columns)


def luma_of_numbers(numbers: Octets, colours: Octets, at: tuple[Places, Places]) -> Floats:
    """The same at rows and columns of uint8[h, w]: the numbers of colours, uint8[256, 3]."""
    from tutela.media import loops  # as above

    kept = np.ascontiguousarray(numbers).view()
    kept.flags.writeable = False  # as above
    return loops.looked_up(kept, luma_of(colours[np.newaxis])[0], *at)


def _for_kernels(luma: Floats) -> Floats:
    if luma.ndim != 2 or luma.dtype != np.float32:
        raise Invalid(f"an array {luma.dtype}{list(luma.shape)}, expected float32[height, width]")
    if min(luma.shape) < MIN_SIDE:
        raise Invalid(f"{luma.shape[1]} x {luma.shape[0]} pixels, PDQ needs at least {MIN_SIDE} x {MIN_SIDE}")
    return np.require(luma, requirements=_FOR_KERNELS)


def _cosines() -> Floats:
    """Rows 1 to 16 of the 64-point cosine transform (type II)."""
    frequency, position = np.arange(1, 17)[:, np.newaxis], np.arange(_SIDE)[np.newaxis, :]
    waves = np.cos(np.pi / 2 / _SIDE * frequency * (2 * position + 1))
    return np.asarray(np.float32(np.sqrt(2 / _SIDE)) * waves, np.float32)


_COSINES = _cosines()


def _hex(coefficients: Floats) -> str:
    from tutela.media import pdq_kernels  # as above

    octets = np.empty(_OCTETS, np.uint8)
    pdq_kernels.bits_of(np.ascontiguousarray(coefficients), octets)
    return octets.tobytes().hex()
