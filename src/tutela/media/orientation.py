"""Which way up a picture is: the turn that its metadata note, and how it is undone.

Rules:
- what cannot be read is no turn: odd metadata never cost a picture its hash
- some decoders turn a picture themselves and take the note away (TIFF, HEIC); then there is nothing to undo

Source: Exif 2.32, tag 274 (Orientation).
"""

import struct
import zlib
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

_Samples = TypeVar("_Samples", bound=np.generic)
UPRIGHT = 1
_UNDONE: dict[int, Callable[[npt.NDArray[np.generic]], npt.NDArray[np.generic]]] = {
    2: lambda rows: rows[:, ::-1],
    3: lambda rows: rows[::-1, ::-1],
    4: lambda rows: rows[::-1],
    5: lambda rows: rows.swapaxes(0, 1),
    6: lambda rows: rows[::-1].swapaxes(0, 1),
    7: lambda rows: rows[::-1, ::-1].swapaxes(0, 1),
    8: lambda rows: rows.swapaxes(0, 1)[::-1],
}
_FROM_FAR_END = {
    2: (False, True),
    3: (True, True),
    4: (True, False),
    6: (True, False),
    7: (True, True),
    8: (False, True),
}
_UNREADABLE = (
    AttributeError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip  # what the readers of metadata have been seen to raise


def orientation_of(picture: Image.Image) -> int:
    """1 to 8; 1, upright, when the picture notes nothing or nothing that can be read."""
    try:
        noted = picture.getexif().get(ExifTags.Base.Orientation, UPRIGHT)
    except _UNREADABLE:
        return UPRIGHT
    return noted if type(noted) is int and noted in _UNDONE else UPRIGHT


def upright(rows: npt.NDArray[_Samples], orientation: int) -> npt.NDArray[_Samples]:
    """The samples [h, w, ...] as they are to be seen; a view."""
    undo = _UNDONE.get(orientation)
    return rows if undo is None else undo(rows)  # type: ignore[return-value]  # views keep the sample type


def from_far_end(orientation: int) -> tuple[bool, bool]:
    """Whether rows, and columns, run from the far end of the stored picture when it is seen upright."""
    return _FROM_FAR_END.get(orientation, (False, False))
