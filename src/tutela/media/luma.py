"""A decoded picture of any mode to the luma that PDQ looks at, the way up in which it is to be seen.

Rules:
- a picture with a side above 512 is first brought to exactly 512 x 512 by taking every so many-th pixel, as the C++
  photo hasher does; its hashes are the ones in circulation
- a picture of few colours (1-bit, a palette) is averaged instead: every so many-th dot of a raster is noise
- what is transparent is shown on white
- 16-bit and floating samples keep their range; LAB and pictures with a colour profile are shown as sRGB
- the same picture in another mode stays within 10 bits
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from tutela.media.colours import as_srgb, profile_of
from tutela.media.orientation import orientation_of, upright
from tutela.media.pdq import Floats, luma_of

_SIDE = 512
_WIDE = ("I", "F")
_SCALED = ("L", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "LA", "La", "RGBa", "RGBX")


def luma_of_picture(picture: Image.Image, *, as_stored: bool = False) -> Floats:
    """float32[h, w], values 0 to 255, at most 512 x 512; turned upright unless `as_stored`.

    Raises what Pillow raises for a mode it cannot convert.
    """
    luma = _luma(picture)
    return luma if as_stored else upright(luma, orientation_of(picture))


def luma_of_samples(pixels: npt.NDArray[np.uint8]) -> Floats:
    """The same of uint8[h, w, c]: grey, grey and alpha, colours, colours and alpha."""
    small = _sampled(pixels)
    channels = small.shape[2]
    if channels == 1:
        return small[:, :, 0].astype(np.float32)
    if channels == 2:
        small = small[:, :, [0, 0, 0, 1]]
    return luma_of(_on_white(small) if channels in (2, 4) else small)


def _luma(picture: Image.Image) -> Floats:
    if picture.mode == "1":
        return _averaged(picture.convert("L")).astype(np.float32)
    if picture.mode in _WIDE or picture.mode.startswith("I;16"):
        return _of_wide_samples(_sampled(np.asarray(picture)))
    if picture.mode in ("P", "PA"):
        return _of_palette(picture)
    if picture.has_transparency_data:
        return luma_of(_on_white(np.asarray(_small(picture.convert("RGBA")))))
    return _of_colours(picture)


def _of_colours(picture: Image.Image) -> Floats:
    profile = profile_of(picture)
    small = _small(picture)
    if picture.mode == "LAB" or profile:
        shown = as_srgb(np.asarray(small), picture.mode, profile)
        if shown is not None:
            return luma_of(shown)
    if picture.mode == "LAB":
        small = small.getchannel("L")
    if small.mode == "L":
        return np.asarray(small).astype(np.float32)
    return luma_of(np.asarray(small if small.mode == "RGB" else small.convert("RGB")))


def _of_palette(picture: Image.Image) -> Floats:
    if picture.has_transparency_data:
        shown = picture.convert("RGBA")
        white = Image.new("RGBA", shown.size, "white")
        shown = Image.alpha_composite(white, shown)
    else:
        shown = picture
    return luma_of(_averaged(shown.convert("RGB")))


def _averaged(picture: Image.Image) -> npt.NDArray[np.uint8]:
    small = picture.resize((_SIDE, _SIDE), Image.Resampling.BOX) if max(picture.size) > _SIDE else picture
    return np.asarray(small)


def _small(picture: Image.Image) -> Image.Image:
    """Every so many-th pixel, 512 x 512 of them, as `_sampled` takes them, without a copy of the whole."""
    width, height = picture.size
    if max(width, height) <= _SIDE:
        return picture
    if picture.mode not in _SCALED:
        return Image.fromarray(_sampled(np.asarray(picture)), picture.mode)
    across, down = width / _SIDE, height / _SIDE
    bit = 1 / 4096  # the decoder adds half a step and rounds down: a little keeps whole numbers whole
    steps = (across, 0, bit - across / 2, 0, down, bit - down / 2)
    return picture.transform((_SIDE, _SIDE), Image.Transform.AFFINE, steps, Image.Resampling.NEAREST)


def _sampled(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    height, width = pixels.shape[:2]
    if max(height, width) <= _SIDE:
        return pixels
    steps = np.arange(_SIDE)
    sampled: npt.NDArray[Any] = pixels[steps * height // _SIDE][:, steps * width // _SIDE]
    return sampled


def _on_white(rgba: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    samples = rgba.astype(np.uint32)
    colour, alpha = samples[..., :3], samples[..., 3:]
    return ((colour * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


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
