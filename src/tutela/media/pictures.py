"""Bytes to a decoded picture, within bounds and without trust in what the header says.

Rules:
- only the formats named here are tried; none of them starts another program
- the declared size is compared with the bound before any pixel is decoded or any picture memory is taken
- a damaged or cut picture gives what can be decoded of it, and says so
- the first frame or page only; the turn noted in EXIF is not applied (the reference programs ignore it too)
- whatever a decoder raises becomes `Invalid` or `Limited` with a plain sentence; its warnings stay inside
- JPEG is decoded at a fraction of its size while both sides stay at 1,024 or more, and without its colours, which PDQ
  does not look at, unless a profile says what they are: it stays within 8 bits, most within 2 (measured)
"""

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    IcoImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    PsdImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from tutela.errors import Invalid, Limited
from tutela.media.kinds import SIGNATURE_BYTES, Kind, kind_of
from tutela.media.png import checked, without_text
from tutela.media.webp import webp_size

with suppress(ImportError):  # HEIC needs a decoder of its own; without it such a picture is a `problem`
    from pillow_heif import register_heif_opener

    register_heif_opener()

_PLUGINS = (
    JpegImagePlugin, PngImagePlugin, GifImagePlugin, WebPImagePlugin, AvifImagePlugin, TiffImagePlugin,
    BmpImagePlugin, Jpeg2KImagePlugin, PpmImagePlugin, IcoImagePlugin, PsdImagePlugin, MpoImagePlugin,
)  # fmt: skip  # importing them registers them; naming them keeps the imports
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP", "JPEG2000", "PPM", "ICO", "PSD", "HEIF")
_FAILURES = (
    ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, LookupError, OSError,
    RuntimeError, SyntaxError, TypeError, ValueError, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip  # what decoders have been seen to raise for hostile bytes
_DRAFT_SIDE = 1024
_END_OF_JPEG = b"\xff\xd9"

NOT_A_PICTURE = "not a picture, so it has no PDQ hash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`max_bytes`: longest file that is decoded. `max_pixels`: largest declared width x height; 4 octets each."""

    max_bytes: int = 256 * 1024 * 1024
    max_pixels: int = 100_000_000


def open_picture(data: bytes, limits: Limits) -> ImageFile.ImageFile:
    """The picture with its header read and nothing decoded. Raises Invalid or Limited."""
    if kind_of(data[:SIGNATURE_BYTES]) is not Kind.IMAGE:
        raise Invalid(NOT_A_PICTURE)
    if len(data) > limits.max_bytes:
        raise Limited(f"the file has more than the {limits.max_bytes:,} bytes that are decoded")
    if declared := webp_size(data):  # this decoder takes its memory while it opens
        check_size(declared, limits)
    for name in _FORMATS:
        opener, accepts = Image.OPEN.get(name, (None, None))
        if opener is None or (accepts is not None and accepts(data[:SIGNATURE_BYTES]) is not True):
            continue
        with decoder_failures("the header of the picture is damaged or of an unknown variant"):
            return opener(BytesIO(without_text(data)), "")
    raise Invalid("the file begins like a picture, in a format that is not decoded here")


def check_size(size: tuple[int, int], limits: Limits) -> None:
    """Raises Limited when `size` (width, height) declares more pixels than the bound."""
    width, height = size
    if width * height > limits.max_pixels:
        raise Limited(f"the header declares {width:,} x {height:,} pixels, more than the {limits.max_pixels:,} allowed")


def decode(
    data: bytes, limits: Limits, *, side: int = _DRAFT_SIDE, opened: ImageFile.ImageFile | None = None
) -> tuple[Image.Image, bool]:
    """The first frame, and whether part of it is missing. JPEG may come smaller, both sides at least `side`.

    `opened`: the same, opened a moment ago. Raises Invalid when nothing can be decoded, Limited when it is too large.
    """
    picture = opened or open_picture(data, limits)
    check_size(picture.size, limits)
    with decoder_failures("the picture is damaged"):
        data, given = checked(data), data
    picture = _drafted(picture if data is given else open_picture(data, limits), side)
    try:
        with decoder_failures("the picture is damaged"):
            picture.load()
            return picture, False
    except Invalid:
        return _salvaged(picture, data, limits, side), True


def _drafted(picture: ImageFile.ImageFile, side: int) -> ImageFile.ImageFile:
    with decoder_failures("the header of the picture is damaged"):
        colours = picture.mode != "RGB" or "icc_profile" in picture.info
        picture.draft(None if colours else "L", (side, side))
    return picture


def _salvaged(picture: ImageFile.ImageFile, data: bytes, limits: Limits, side: int) -> Image.Image:
    """What decodes of a damaged picture. A cut JPEG is ended here, and its decoder fills what is missing with grey."""
    if picture.format == "JPEG":
        picture = _drafted(open_picture(data + _END_OF_JPEG, limits), side)
    else:
        picture.tile = []  # nothing left to decode: what is there is the picture
    with decoder_failures("the picture is damaged and nothing of it could be decoded"):
        picture.load()
    return picture


@contextmanager
def decoder_failures(sentence: str) -> Iterator[None]:
    """Turns what a decoder raises into Invalid with `sentence` (its own words may quote the file), or Limited."""
    try:
        with _QUIET:
            yield
    except MemoryError as failure:
        raise Limited("the picture needs more memory than is allowed") from failure
    except _FAILURES as failure:
        raise Invalid(sentence) from failure


class _Quiet:
    """Warnings are off while any thread is inside; the first one in saves the filters, the last one out restores."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._saved = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._saved = warnings.catch_warnings()
                self._saved.__enter__()
                warnings.simplefilter("ignore")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._saved.__exit__(None, None, None)


_QUIET = _Quiet()
