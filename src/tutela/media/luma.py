"""A decoded picture of any mode to the luma that PDQ looks at, the way up in which it is to be seen.

Rules:
- a picture with a side above 512 is first brought to exactly 512 x 512 by taking every so many-th pixel, as the C++
  photo hasher does; its hashes are the ones in circulation
- the dots of a raster are noise where single ones are taken: a 1-bit picture, and one in the fixed palette of 216
  colours, is blurred first, by no more than it takes (measured: less leaves noise, more moves other bits)
- a picture that is to be turned is sampled where it would be, were it turned first
- what is transparent is shown on white
- 16-bit and floating samples keep their range; LAB and pictures with a colour profile are shown as sRGB
- the same picture in another mode stays within 10 bits, as far as the mode can hold the same picture
"""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from tutela.media.colours import as_srgb, profile_of
from tutela.media.orientation import UPRIGHT, from_far_end, orientation_of, upright
from tutela.media.pdq import Floats, Places, luma_of, luma_of_numbers, luma_of_places

_SIDE = 512
_BLUR_OF_BITS, _BLUR_OF_PALETTE = 0.9, 0.6  # radius in pixels of the picture
_FIXED_STEP, _LARGE_SIDE, _COLOURS = 51, 8192, 256
Ends = tuple[bool, bool]  # whether rows, and columns, are counted from the far end
_Samples = TypeVar("_Samples", bound=np.generic)
_WIDE = ("I", "F")
_SCALED = ("L", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "LA", "La", "RGBa", "RGBX", "P")


def luma_of_picture(picture: Image.Image, orientation: int | None = None) -> Floats:
    """float32[h, w], values 0 to 255, at most 512 x 512, turned upright from `orientation` (Exif, 1 to 8).

    None: as the picture notes itself; 1: as it is stored. Equal to that of the picture that was turned first. Raises
    what Pillow raises for a mode it cannot convert.
    """
    if orientation is None:
        orientation = orientation_of(picture)
    return upright(_luma(picture, from_far_end(orientation)), orientation)


def luma_of_samples(pixels: npt.NDArray[np.uint8], orientation: int = UPRIGHT) -> Floats:
    """The same of uint8[h, w, c]: grey, grey and alpha, colours, colours and alpha."""
    places = _places(pixels.shape[:2], from_far_end(orientation))
    return upright(luma_of_places(pixels, *places), orientation)


def luma_of_plane(plane: npt.NDArray[np.uint8], size: tuple[int, int]) -> Floats:
    """The same of uint8[h, w or more] that holds luma alone, of a picture of `size` (width, height)."""
    return luma_of_places(plane[:, :, np.newaxis], *_places(size[::-1], (False, False)))


def _luma(picture: Image.Image, ends: Ends) -> Floats:
    if picture.mode == "1" or _is_in_fixed_palette(picture):
        return np.asarray(_small(_without_dots(picture), ends)).astype(np.float32)
    if picture.mode in _WIDE or picture.mode.startswith("I;16"):
        return _of_wide_samples(_sampled(np.asarray(picture), ends))
    if picture.mode == "P":
        if not picture.has_transparency_data and not profile_of(picture):
            return _of_palette(picture, ends)
        picture = _small(picture, ends)  # an index is taken, and then its colour
    if picture.has_transparency_data:
        small = np.asarray(_small(picture.convert("RGBA"), ends))
        return luma_of_places(small, *_places(small.shape[:2], (False, False)))
    if picture.mode in ("P", "PA"):
        picture = picture.convert("RGB")
    return _of_colours(picture, ends)


def _without_dots(picture: Image.Image) -> Image.Image:
    """The greys of a dithered picture; of a very large one dots are averaged first, so that it takes no longer."""
    radius = _BLUR_OF_BITS if picture.mode == "1" else _BLUR_OF_PALETTE
    grey = picture.convert("L").reduce(1 + max(picture.size) // _LARGE_SIDE)
    return grey.filter(ImageFilter.GaussianBlur(radius))


def _is_in_fixed_palette(picture: Image.Image) -> bool:
    """Whether every colour is one of 6 x 6 x 6 in equal steps: such pictures are made by dithering."""
    if picture.mode != "P" or picture.has_transparency_data:
        return False
    palette = np.array(picture.getpalette() or [1])
    return not (palette % _FIXED_STEP).any()


def _of_palette(picture: Image.Image, ends: Ends) -> Floats:
    given = np.frombuffer(picture.im.getpalette("RGB", "RGB"), np.uint8).reshape(-1, 3)
    colours, numbers = np.zeros((_COLOURS, 3), np.uint8), np.asarray(picture)
    colours[: len(given)] = given  # a number beyond them is black
    return luma_of_numbers(numbers, colours, _places(numbers.shape, ends))


def _of_colours(picture: Image.Image, ends: Ends) -> Floats:
    profile = profile_of(picture)
    small = _small(picture, ends)
    if picture.mode == "LAB" or profile:
        shown = as_srgb(np.asarray(small), picture.mode, profile)
        if shown is not None:
            return luma_of(shown)
    if picture.mode == "LAB":
        small = small.getchannel("L")
    if small.mode == "L":
        return np.asarray(small).astype(np.float32)
    return luma_of(np.asarray(small if small.mode == "RGB" else small.convert("RGB")))


def _small(picture: Image.Image, ends: Ends) -> Image.Image:
    """Every so many-th pixel, 512 x 512 of them, as `_sampled` takes them, without a copy of the whole."""
    width, height = picture.size
    if max(width, height) <= _SIDE:
        return picture
    if picture.mode not in _SCALED:
        return Image.fromarray(_sampled(np.asarray(picture), ends), picture.mode)
    across, down = width / _SIDE, height / _SIDE
    bit = 1 / 4096  # the decoder adds half a step and rounds down: a little keeps whole numbers whole
    left, top = bit - across / 2, bit - down / 2
    steps = (across, 0, -left if ends[1] else left, 0, down, -top if ends[0] else top)
    return picture.transform((_SIDE, _SIDE), Image.Transform.AFFINE, steps, Image.Resampling.NEAREST)


def _sampled(pixels: npt.NDArray[_Samples], ends: Ends) -> npt.NDArray[_Samples]:
    if max(pixels.shape[:2]) <= _SIDE:
        return pixels
    rows, columns = _places(pixels.shape[:2], ends)
    sampled: npt.NDArray[_Samples] = pixels[rows][:, columns]
    return sampled


def _places(shape: tuple[int, ...], ends: Ends) -> tuple[Places, Places]:
    """The rows and columns that are looked at."""
    height, width = shape
    if max(shape) <= _SIDE:
        return np.arange(height), np.arange(width)
    return _steps(height, from_end=ends[0]), _steps(width, from_end=ends[1])


def _steps(length: int, *, from_end: bool) -> Places:
    """Which of `length` samples are taken, in their order; `from_end`: as they are counted from the far end."""
    steps = np.arange(_SIDE) * length // _SIDE
    return length - 1 - steps[::-1] if from_end else steps


def _of_wide_samples(pixels: npt.NDArray[Any]) -> Floats:
    """16-bit samples are out of 65,535; 32-bit and floating ones say by their largest what they are out of."""
    luma = np.nan_to_num(pixels.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0).clip(min=0)
    top = float(luma.max(initial=0))
    if pixels.dtype.itemsize == 2:
        full = 65535.0
    elif top <= 1 and pixels.dtype.kind == "f":
        full = 1.0
    else:
        full = 255.0 if top <= 255 else max(top, 65535.0)
    return luma * np.float32(255 / full)
