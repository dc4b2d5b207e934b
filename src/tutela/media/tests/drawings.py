"""Generated pictures for the tests of this room: patterns of noise and steps, and files that lie about themselves."""

import struct
import zlib
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from tutela.media import pdq


def pattern(width: int = 800, height: int = 600, *, seed: int = 1) -> Image.Image:
    """Smooth coloured blotches with enough detail for full quality."""
    blotches = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    return Image.fromarray(blotches).resize((width, height), Image.Resampling.BICUBIC)


def noise(seed: int, height: int = 64, width: int = 64) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.float32)


def encoded(picture: Image.Image, name: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, name, **options)
    return out.getvalue()


def png(width: int, height: int, samples: bytes, *, colour: int = 0) -> bytes:
    """A PNG (grey unless said) whose header declares `width` x `height` whatever `samples` hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(samples)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    name, content = part
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def apart(one: str | None, other: str | None) -> int:
    assert one is not None
    assert other is not None
    return pdq.apart(one, other)
