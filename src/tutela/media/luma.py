"""A decoded picture of any mode to the luma that PDQ looks at.

Rules:
- a picture with a side above 512 is first brought to exactly 512 x 512 by taking every so many-th pixel, as the C++
  photo hasher does; its hashes are the ones in circulation
- a 1-bit picture is averaged instead: every so many-th dot of a raster is noise
- what is transparent is shown on white
- 16-bit and floating samples keep their range; the same picture in another mode stays within 10 bits
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from tutela.media.pdq import Floats, luma_of

_SIDE = 512
_WIDE = ("I", "F")


def luma_of_picture(picture: Image.Image) -> Floats:
    """float32[h, w], values 0 to 255, at most 512 x 512. Raises what Pillow raises for a mode it cannot convert."""
    if picture.mode == "1":
        return _averaged(picture.convert("L"))
    if picture.mode in _WIDE or picture.mode.startswith("I;16"):
        return _of_wide_samples(_sampled(np.asarray(picture)))
    if picture.mode == "LAB":
        picture = picture.getchannel("L")
    if picture.has_transparency_data:
        return luma_of(_on_white(_sampled(np.asarray(picture.convert("RGBA")))))
    if picture.mode == "L":
        return _sampled(np.asarray(picture)).astype(np.float32)
    return luma_of(_sampled(np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))))


def _averaged(grey: Image.Image) -> Floats:
    small = grey.resize((_SIDE, _SIDE), Image.Resampling.BOX) if max(grey.size) > _SIDE else grey
    return np.asarray(small).astype(np.float32)


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
