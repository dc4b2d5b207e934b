"""Files that are broken on purpose. All are patterns and headers; nothing here shows anybody or anything."""

import struct
import zlib

from tutela_node.desks.cli.exampleland.web_host import picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CUT = 0.6  # how much of the picture is left


def cut_jpeg(seed: int) -> bytes:
    """A JPEG whose end never came."""
    whole = picture(seed)
    return whole[: int(len(whole) * CUT)]


def huge_png() -> bytes:
    """A true PNG of 30,000 x 30,000 pixels, one bit each: 112 MB of rows in about 110 kB."""
    return png(30_000, 30_000, bytes(30_000 // 8 + 1) * 30_000)


def lying_png() -> bytes:
    """A header that says 64 x 64 over the rows of a picture of 4,000 x 4,000."""
    return png(64, 64, bytes(4_000 // 8 + 1) * 4_000)


def boasting_png() -> bytes:
    """A header that says 60,000 x 60,000 over a single row."""
    return png(60_000, 60_000, bytes(60_000 // 8 + 1))


def broken_png() -> bytes:
    """A header whose own check sum does not fit what it says."""
    whole = png(64, 64, bytes(64 // 8 + 1) * 64)
    return whole[:18] + b"\xff" + whole[19:]


def gif_of_no_size() -> bytes:
    screen, frame = struct.pack("<HHBBB", 0, 0, 0, 0, 0), struct.pack("<HHHHB", 0, 0, 0, 0, 0)
    return b"GIF89a" + screen + b"\x2c" + frame + b"\x02\x00;"


def png(width: int, height: int, rows: bytes) -> bytes:
    """A PNG of one bit a pixel whose header and rows need not agree."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
