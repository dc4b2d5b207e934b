"""Colours by their profile: sampled pixels of an ICC-tagged or LAB picture as sRGB.

Rules:
- only the samples that are hashed are converted, never the whole picture
- a profile that says sRGB, is too large, or is broken changes nothing: the samples are taken as they are

Source: ICC.1:2022; the transforms are Little CMS's.
"""

from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

LARGEST_PROFILE = 4 * 1024 * 1024
_SAID_SRGB = (b"sRGB", b"s\0R\0G\0B", b"\0s\0R\0G\0B")
_LOOKED_AT = 4096
_MODES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}


def profile_of(picture: Image.Image) -> bytes:
    """The profile when it matters for the picture's mode, else nothing."""
    profile = picture.info.get("icc_profile")
    if not isinstance(profile, bytes) or not 128 < len(profile) <= LARGEST_PROFILE:
        return b""
    if _MODES.get(profile[16:20]) != picture.mode or any(said in profile[:_LOOKED_AT] for said in _SAID_SRGB):
        return b""
    return profile


def as_srgb(pixels: npt.NDArray[np.uint8], mode: str, profile: bytes) -> npt.NDArray[np.uint8] | None:
    """uint8[h, w, 3] of samples in `mode`; None where the profile cannot be used."""
    source = ImageCms.createProfile("LAB") if mode == "LAB" else None
    try:
        known: Any = source or ImageCms.ImageCmsProfile(BytesIO(profile))
        picture = Image.frombytes(mode, pixels.shape[1::-1], np.ascontiguousarray(pixels).tobytes())
        changed = ImageCms.profileToProfile(picture, known, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return None if changed is None else np.asarray(changed)
