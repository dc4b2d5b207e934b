"""Compressed files: gzip (RFC 1952), bzip2, xz, Zstandard (RFC 8878); with a tape archive inside or any other file.

Rules:
- several compressed streams one after the other are one file
- what came out before a damaged place counts
"""

import bz2
import gzip
import lzma
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any, BinaryIO

from tutela.scanning.containers import tars, zstandard
from tutela.scanning.containers.bounds import FAULTS, REST, UNKNOWN_CODING, Bounds, Piecewise, named, part_of
from tutela.scanning.parts import Part

GZIP, BZIP2, XZ, ZSTANDARD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", zstandard.MAGIC
CONTENT = "$content"  # the name of what has none
_BLOCK = 512
_LONGEST_NAME = 1024
_NAMED, _EXTRA = 8, 4


def members(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """Those of the archive inside, or one."""
    magic = stream.read(_LONGEST_NAME)
    if magic.startswith(ZSTANDARD) and zstandard.module is None:
        yield Part(name=REST, data=None, problem=UNKNOWN_CODING)
        return
    if tars.is_tar(_head(_plain(stream, magic))):
        yield from tars.streamed(_plain(stream, magic), bounds)
        return
    bounds.count()
    yield part_of(_name(magic), _plain(stream, magic), bounds)


def _plain(stream: BinaryIO, magic: bytes) -> Piecewise:
    stream.seek(0)
    if magic.startswith(GZIP):
        return Piecewise(gzip.GzipFile(fileobj=stream))
    if magic.startswith(BZIP2):
        return Piecewise(bz2.BZ2File(stream))
    if magic.startswith(XZ):
        return Piecewise(lzma.LZMAFile(stream))
    opened: Any = zstandard.module.ZstdFile(stream, options=zstandard.options())
    return Piecewise(opened)


def _head(plain: Piecewise) -> bytes:
    head = b""
    with suppress(*FAULTS):
        for piece in iter(partial(plain.read, _BLOCK), b""):
            head += piece
            if len(head) >= _BLOCK:
                break
    return head


def _name(head: bytes) -> str:
    """What the header of a gzip file calls it (RFC 1952, 2.3.1)."""
    if not head.startswith(GZIP) or len(head) < 12 or not head[3] & _NAMED:
        return CONTENT
    at = 12 + int.from_bytes(head[10:12], "little") if head[3] & _EXTRA else 10
    octets, end, _ = head[at:].partition(b"\0")
    return named(octets.decode("utf-8", "surrogateescape"), CONTENT) if end else CONTENT
