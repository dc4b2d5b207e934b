"""Tape archives: ustar, GNU, pax, as they are or decompressed on the way. Source: POSIX.1 pax, GNU tar.

Rules:
- read forwards only, so that a compressed archive is decompressed once
- links and devices are no members; what a sparse file leaves out is zeros
- behind damage, and behind the end mark, it is searched on for further headers
"""

import tarfile
from collections.abc import Generator, Iterator
from contextlib import suppress
from io import SEEK_END
from typing import Any, BinaryIO

from tutela.scanning.containers.bounds import FAULTS, PIECE, REST, SEARCHED, Bounds, Readable, named, part_of
from tutela.scanning.parts import Part

_BLOCK = 512
_MAGIC, _MAGIC_AT = b"ustar", 257
_MOST_READ = 8 << 20  # one header with all its names


def is_tar(head: bytes) -> bool:
    """Whether a file that begins like this has a header with its checksum."""
    try:
        return bool(tarfile.TarInfo.frombuf(head[:_BLOCK], "utf-8", "surrogateescape").name)
    except FAULTS:
        return False


class _Forward:
    """A stream as `tarfile` may read it: not back, and not much at once."""

    def __init__(self, stream: Readable, bounds: Bounds) -> None:
        self._stream, self._bounds = stream, bounds
        self._at, self._back = 0, b""
        self.last = b""  # what was read last

    def tell(self) -> int:
        return self._at

    def seek(self, place: int, whence: int = 0) -> int:
        if whence or place < self._at:
            raise OSError("not backwards")
        while self._at < place and self.read(min(PIECE, place - self._at)):
            pass
        return self._at

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _MOST_READ:
            raise ValueError("a header larger than is taken")
        kept = bytearray(self._back[:size])
        self._back = self._back[size:]
        try:
            while len(kept) < size and (piece := self._stream.read(size - len(kept))):
                kept += piece
        except FAULTS:
            if not kept:
                raise  # else the next read does
        self._bounds.spend(len(kept))
        self._at += len(kept)
        self.last = bytes(kept)
        return self.last

    def find(self) -> bool:
        """Go on to the next header that says that it is one; whether there is any."""
        with suppress(*FAULTS):
            self.read(-self._at % _BLOCK)
            while piece := self.read(PIECE):
                found = -1
                while (found := piece.find(_MAGIC, found + 1)) >= 0:
                    if found % _BLOCK == _MAGIC_AT:
                        self._return(piece[found - _MAGIC_AT :])
                        return True
        return False

    def _return(self, octets: bytes) -> None:
        self._back = octets + self._back
        self._at -= len(octets)


class _Seekable(_Forward):
    """The same, where going forwards costs nothing."""

    def __init__(self, stream: BinaryIO, bounds: Bounds) -> None:
        super().__init__(stream, bounds)
        self._file, self._end = stream, stream.seek(0, SEEK_END)
        stream.seek(0)

    def seek(self, place: int, whence: int = 0) -> int:
        if whence or place < self._at:
            raise OSError("not backwards")
        self._at, self._back = self._file.seek(min(place, self._end)), b""
        return self._at


def members(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """Of an archive as it is."""
    yield from _members(_Seekable(stream, bounds), bounds)


def streamed(stream: Readable, bounds: Bounds) -> Iterator[Part]:
    """Of an archive that is decompressed while it is read."""
    yield from _members(_Forward(stream, bounds), bounds)


def _members(source: _Forward, bounds: Bounds) -> Iterator[Part]:
    damaged = yield from _run(source, bounds)
    if damaged or source.last.strip(b"\0"):
        yield Part(name=REST, data=None, problem=SEARCHED)
    while source.find():
        yield from _run(source, bounds)


def _run(source: _Forward, bounds: Bounds) -> Generator[Part, None, bool]:
    """Members up to the end mark, or to what is no header. Returns whether it ended with a fault."""
    stream: Any = source  # it has all that reading needs
    archive: Any
    try:
        with tarfile.TarFile(fileobj=stream, encoding="utf-8", errors="surrogateescape") as archive:
            while (info := archive.next()) is not None:
                archive.members = []  # it would keep them all
                bounds.count()
                if info.isreg():
                    yield _member(archive, info, source, bounds)
    except FAULTS:
        return True
    return False


def _member(archive: tarfile.TarFile, info: tarfile.TarInfo, source: _Forward, bounds: Bounds) -> Part:
    name = named(info.name)
    if info.size > bounds.most:
        return Part(name=name, data=None, size=info.size, problem=bounds.too_large)
    if info.issparse() and (spread := archive.extractfile(info)) is not None:
        return part_of(name, spread, bounds, size=info.size)
    source.seek(info.offset_data)
    return part_of(name, _Rest(source, info.size), bounds, size=info.size)


class _Rest:
    """The next octets of a stream, up to so many."""

    def __init__(self, source: _Forward, left: int) -> None:
        self._source, self._left = source, left

    def read(self, size: int, /) -> bytes:
        piece = self._source.read(min(size, self._left))
        self._left -= len(piece)
        return piece
