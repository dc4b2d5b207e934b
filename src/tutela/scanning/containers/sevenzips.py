"""7z archives, decompressed member by member in one pass. Source: 7zFormat.txt of the LZMA SDK, as py7zr reads it.

Rules:
- nothing is extracted to a disk: the decoders of the library are read from, and its way of writing files is not used
- a block of several members that is damaged costs these, and no other block
- what is decoded: copies, LZMA, LZMA2, bzip2, deflate, Zstandard, and filters of programs before these; not PPMd, whose
  decoder writes where it must not when the bytes are damaged
- links are members like files: what they hold is where they point to
"""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from tutela.scanning.containers.bounds import (
    DAMAGED,
    DAMAGED_MEMBER,
    ENCRYPTED,
    FAULTS,
    PIECE,
    REST,
    UNKNOWN_CODING,
    Bounds,
    named,
    part_of,
)
from tutela.scanning.parts import Part

MAGIC = b"7z\xbc\xaf\x27\x1c"
_FILTERS = (b"\3\3\1\3", b"\3\3\2\5", b"\3\3\4\1", b"\3\3\5\1", b"\3\3\7\1", b"\3\3\x08\5")  # of programs
_ENCRYPTED = b"\6\xf1\7\1"
_DECODED = frozenset((
    b"\0", b"\x21", b"\3\1\1", b"\3", *_FILTERS, b"\4\2\2", b"\4\1\x08", b"\4\xf7\x11\1", _ENCRYPTED,
))  # fmt: skip
BAD_CHECKSUM = "the member does not have the checksum that the archive says"


def members(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """In the order of the archive."""
    import py7zr  # takes a while to load
    from py7zr.exceptions import PasswordRequired

    faults = (*FAULTS, py7zr.exceptions.ArchiveError, PasswordRequired)
    try:
        archive = py7zr.SevenZipFile(stream)
    except faults as error:
        problem = ENCRYPTED if isinstance(error, PasswordRequired) else DAMAGED
        yield Part(name=REST, data=None, problem=problem)
        return
    blocks = _Blocks(archive, stream, bounds, faults)
    for file in archive.files:
        if not file.is_directory:
            bounds.count()
            yield blocks.member(file)


class _Blocks:
    """The compressed blocks, called folders, of one archive; each is read once, forwards."""

    def __init__(self, archive: Any, stream: BinaryIO, bounds: Bounds, faults: tuple[type[BaseException], ...]) -> None:
        self._stream, self._bounds, self._faults = stream, bounds, faults
        streams = getattr(archive.header, "main_streams", None)
        positions = streams.packinfo.packpositions if streams is not None else []
        blocks = streams.unpackinfo.folders if streams is not None else []
        begin = archive.afterheader
        self._begins = {id(each): begin + at for each, at in zip(blocks, positions, strict=False)}
        self._current: Any = None
        self._lost = ""

    def member(self, file: Any) -> Part:
        name = named(str(file.filename))
        if file.emptystream:
            return Part(name=name, data=b"", size=0)
        if file.folder is not self._current:
            self._enter(file)
        source = _Source(self._current, self._stream, int(file.uncompressed), self._faults)
        if self._lost:
            return Part(name=name, data=None, size=source.left, problem=self._lost)
        part = part_of(name, source, self._bounds, size=source.left)
        self._pass_by(source)
        if part.problem == DAMAGED_MEMBER:
            self._lost = DAMAGED_MEMBER
        if part.data is not None and not part.problem and file.crc32 not in (None, zlib.crc32(part.data)):
            return replace(part, problem=BAD_CHECKSUM)
        return part

    def _enter(self, file: Any) -> None:
        self._current, self._lost = file.folder, ""
        try:
            if any(coder["method"] not in _DECODED for coder in file.folder.coders):
                self._lost = UNKNOWN_CODING
                return
            self._stream.seek(self._begins[id(file.folder)])
            file.folder.get_decompressor(file.compressed)
        except self._faults as error:
            names = {"PasswordRequired": ENCRYPTED, "UnsupportedCompressionMethodError": UNKNOWN_CODING}
            self._lost = names.get(type(error).__name__, DAMAGED_MEMBER)

    def _pass_by(self, source: "_Source") -> None:
        """What is left of a member that was too large."""
        try:
            while piece := source.read(PIECE):
                self._bounds.spend(len(piece))
        except FAULTS:
            self._lost = DAMAGED_MEMBER


class _Source:
    """The octets of one member."""

    def __init__(self, block: Any, stream: BinaryIO, size: int, faults: tuple[type[BaseException], ...]) -> None:
        self._block, self._stream, self._faults = block, stream, faults
        self.left = size

    def read(self, size: int, /) -> bytes:
        """Raises EOFError when the block gives no more, and ValueError when it is damaged."""
        if self.left <= 0:
            return b""
        decoder = self._block.get_decompressor(None)
        try:
            while True:
                before = self._stream.tell()
                if found := bytes(decoder.decompress(self._stream, min(size, self.left))):
                    self.left -= len(found)
                    return found
                if self._stream.tell() == before:
                    raise EOFError("the block is cut short")
        except self._faults as error:
            raise ValueError("the block is damaged") from error
