"""Compressed files: gzip (RFC 1952), bzip2, xz, Zstandard (RFC 8878), and by libarchive compress (.Z), lzip and LZ4;
with a tape archive inside or any other file.

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
from tutela.scanning.containers.bounds import FAULTS, PIECE, REST, UNKNOWN_CODING, Bounds, Piecewise, named, part_of
from tutela.scanning.containers.libarchives import Archive, Fault, Whole, library, unread
from tutela.scanning.parts import Part

GZIP, BZIP2, XZ, ZSTANDARD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", zstandard.MAGIC
CONTENT = "$content"  # the name of what has none
_COMPRESS, _FILTERS = b"\x1f\x9d", {b"LZIP\1": "lzip", b"\x04\x22\x4d\x18": "lz4"}
_LONGEST_MAGIC = 8
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


def is_borrowed(head: bytes) -> bool:
    """Whether a file that begins like this is one that libarchive decompresses."""
    return _filter(head) is not None


def borrowed(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """The same as `members` of such a file."""
    through = _filter(stream.read(_LONGEST_MAGIC)) or ""
    if library() is None:
        yield Part(name=REST, data=None, problem=unread(through))
        return
    try:
        with Archive("raw", Whole(stream), bounds, through=through) as archive:
            plain = _Plain(archive) if archive.next() is not None else None
            if plain is not None and tars.is_tar(plain.head):
                yield from tars.streamed(plain, bounds)
            elif plain is not None:
                bounds.count()
                yield part_of(CONTENT, plain, bounds)
    except Fault as fault:
        yield Part(name=REST, data=None, problem=fault.problem)


def _filter(head: bytes) -> str | None:
    if head.startswith(_COMPRESS):
        return "compress" if b"\x89" <= head[2:3] <= b"\x90" else None  # the most bits of a code
    return next((name for magic, name in _FILTERS.items() if head.startswith(magic)), None)


class _Plain:
    """What comes out, in pieces of the size that is asked for. `head`: its first octets."""

    def __init__(self, archive: Archive) -> None:
        self._archive, self._left = archive, b""
        with suppress(*FAULTS):
            while len(self._left) < _BLOCK and (piece := archive.read(PIECE)):
                self._left += piece
        self.head = self._left[:_BLOCK]

    def read(self, size: int, /) -> bytes:
        """Raises ValueError where it is damaged."""
        piece = self._left or self._archive.read(PIECE)
        self._left = piece[size:]
        return piece[:size]


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
