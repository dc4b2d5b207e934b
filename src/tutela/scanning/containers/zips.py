"""Zip archives, and what is one: OOXML, ODF, EPUB, CBZ, JAR. Source: PKWARE APPNOTE.TXT 6.3.

Rules:
- the central directory says what there is; an archive whose directory is lost or damaged is read from its local headers
- a member whose octets reach into the next one is refused: overlapping members are how small files claim to be huge
- a member that does not have its checksum is still given, with a problem
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import SEEK_END
from typing import BinaryIO

from tutela.scanning.containers.bounds import (
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
from tutela.scanning.containers.decoders import STORED, Decoded, pieces
from tutela.scanning.parts import Part

OVERLAP = "it overlaps the next member; it was not read"
NO_DIRECTORY = "the directory of the archive is lost; members were read from their own headers"
BAD_CHECKSUM = "the member does not have the checksum that the archive says"
END, END_WITHIN = b"PK\5\6", 65_535 + 22  # of the directory, and how far before the end of the file it may begin
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_SIGNATURE, _DESCRIPTOR, _CENTRAL = b"PK\3\4", b"PK\7\x08", b"PK\1\2"
_ENCRYPTED, _LATER, _UTF8 = 0x1, 0x8, 0x800
_MOST_DIRECTORY = 64 << 20
_ZIP64 = 0xFFFFFFFF
_NEAR = 4096  # octets in which the next header mostly is


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A member as a header says. `size` and `packed` are None when the header leaves them to a descriptor."""

    name: str
    offset: int
    flags: int
    method: int
    packed: int | None
    size: int | None
    checksum: int | None


class _Window:
    """The stream as `zipfile` may read it: no read is larger than a directory may be."""

    def __init__(self, stream: BinaryIO) -> None:
        self.seek, self.tell, self._stream = stream.seek, stream.tell, stream

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size > _MOST_DIRECTORY:
            raise ValueError("a directory larger than is taken")
        return self._stream.read(size)


def members(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """In the order in which they lie in the file."""
    entries = _directory(stream)
    yield from _scraps(stream, bounds) if entries is None else _listed(stream, entries, bounds)


def appended(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """The same of an archive that hangs on behind something else; without a directory it is none."""
    yield from _listed(stream, _directory(stream) or [], bounds)


def _directory(stream: BinaryIO) -> list[_Entry] | None:
    """In the order in which they lie in the file; None when it cannot be read."""
    try:
        with zipfile.ZipFile(_Window(stream)) as archive:
            return sorted(map(_entry, archive.infolist()), key=lambda each: each.offset)
    except FAULTS:
        return None


def _listed(stream: BinaryIO, entries: list[_Entry], bounds: Bounds) -> Iterator[Part]:
    end = stream.seek(0, SEEK_END)
    for number, entry in enumerate(entries):
        bounds.count()
        following = entries[number + 1].offset if number + 1 < len(entries) else end
        if entry.name.endswith("/") and not entry.size:
            continue
        reach = entry.offset + _LOCAL.size + (entry.packed or 0)
        yield _refused(entry, OVERLAP) if reach > following else _read(stream, entry, bounds)


def _entry(info: zipfile.ZipInfo) -> _Entry:
    return _Entry(
        name=_name(info.orig_filename, info.flag_bits),
        offset=info.header_offset,
        flags=info.flag_bits,
        method=info.compress_type,
        packed=info.compress_size,
        size=info.file_size,
        checksum=info.CRC,
    )


def _name(name: str, flags: int) -> str:
    """Names without the flag for UTF-8 are often UTF-8 all the same."""
    if not flags & _UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return named(name)


def _refused(entry: _Entry, problem: str) -> Part:
    return Part(name=entry.name, data=None, size=entry.size, problem=problem)


def _read(stream: BinaryIO, entry: _Entry, bounds: Bounds) -> Part:
    if entry.flags & _ENCRYPTED:
        return _refused(entry, ENCRYPTED)
    if entry.size is not None and entry.size > bounds.most:
        return _refused(entry, bounds.too_large)
    try:
        stream.seek(entry.offset)
        header = _LOCAL.unpack(stream.read(_LOCAL.size))
        if header[0] != _SIGNATURE:
            return _refused(entry, DAMAGED_MEMBER)
        stream.seek(entry.offset + _LOCAL.size + header[9] + header[10])
        decoded = Decoded(entry.method, pieces(stream.read, entry.packed or 0))
    except KeyError:
        return _refused(entry, UNKNOWN_CODING)
    except FAULTS:
        return _refused(entry, DAMAGED_MEMBER)
    return _checked(part_of(entry.name, decoded, bounds, size=entry.size), entry)


def _checked(part: Part, entry: _Entry) -> Part:
    if part.data is None or part.problem or entry.checksum is None or zlib.crc32(part.data) == entry.checksum:
        return part
    return Part(name=part.name, data=part.data, size=part.size, problem=BAD_CHECKSUM)


def _scraps(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """What local headers tell, one after the other, wherever they are."""
    yield Part(name=REST, data=None, problem=NO_DIRECTORY)
    at = 0
    while (at := _next(stream, at, (_SIGNATURE,), bounds)) >= 0:
        entry = _local(stream, at)
        if entry is None:
            at += len(_SIGNATURE)
            continue
        bounds.count()
        part, at = _scrap(stream, entry, bounds)
        if part is not None:
            yield part


def _scrap(stream: BinaryIO, entry: _Entry, bounds: Bounds) -> tuple[Part | None, int]:
    """The member and where to look for the next one. The stream stands where the member's octets begin."""
    begin = stream.tell()
    if entry.name.endswith("/") and not entry.size:
        return None, begin
    if entry.flags & _ENCRYPTED:
        return _refused(entry, ENCRYPTED), begin + (entry.packed or 0)
    packed = entry.packed
    if packed is None and entry.method == STORED:
        packed = max(0, _next(stream, begin, (_DESCRIPTOR, _SIGNATURE, _CENTRAL), bounds) - begin)
        stream.seek(begin)
    try:
        decoded = Decoded(entry.method, pieces(stream.read, (1 << 63) if packed is None else packed))
    except KeyError:
        return _refused(entry, UNKNOWN_CODING), begin + (packed or 0)
    part = part_of(entry.name, decoded, bounds, size=entry.size)
    damaged = part.data is None or bool(part.problem)
    return _checked(part, entry), begin if damaged and packed is None else stream.tell() - decoded.unused


def _local(stream: BinaryIO, at: int) -> _Entry | None:
    """The local header at `at`, if it is one. Leaves the stream behind it."""
    stream.seek(at)
    head = stream.read(_LOCAL.size)
    if len(head) < _LOCAL.size:
        return None
    _, _, flags, method, _, _, checksum, packed, size, name, extra = _LOCAL.unpack(head)
    octets = stream.read(name)
    stream.seek(at + _LOCAL.size + name + extra)
    known = not flags & _LATER and _ZIP64 not in (packed, size)
    return _Entry(
        name=named(octets.decode("utf-8", "surrogateescape")),
        offset=at,
        flags=flags,
        method=method,
        packed=packed if known else None,
        size=size if known else None,
        checksum=checksum if known else None,
    )


def _next(stream: BinaryIO, at: int, signatures: tuple[bytes, ...], bounds: Bounds) -> int:
    """Where one of `signatures` begins next; -1 when there is none."""
    stream.seek(at)
    held, size = b"", _NEAR
    while piece := stream.read(size):
        bounds.spend(len(piece))
        size = PIECE
        held += piece
        found = [place for each in signatures if (place := held.find(each)) >= 0]
        if found:
            return at + min(found)
        at, held = at + max(0, len(held) - 3), held[-3:]
    return -1
