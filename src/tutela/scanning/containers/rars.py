"""RAR archives of version 4 and 5, alone or behind something else: a program that unpacks itself, a picture.

Rules:
- headers are read here (`rarheads`), and members that are stored; libarchive decompresses what is compressed, and is
  given those members alone that its answer can be trusted for: it takes encrypted ones for data; what it does not
  decode, or not to its checksum, `rarfallback` is asked for
- a member that cannot be decoded costs those that are compressed together with it, and no other
- of a member that is split among volumes, what lies in this one is given from its begin
- what neither decodes is told
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from io import SEEK_END
from itertools import chain
from typing import BinaryIO

from tutela.scanning.containers import libarchives, rarfallback, rarheads
from tutela.scanning.containers.bounds import (
    DAMAGED,
    DAMAGED_MEMBER,
    ENCRYPTED,
    PIECE,
    REST,
    UNDECODED,
    UNKNOWN_CODING,
    VOLUMES,
    Bounds,
    part_of,
)
from tutela.scanning.containers.decoders import STORED, Decoded, pieces
from tutela.scanning.containers.libarchives import Archive, Fault, library, member, unread
from tutela.scanning.containers.rarfallback import Together
from tutela.scanning.containers.rarheads import Header, Walk
from tutela.scanning.parts import Part

MAGIC = b"Rar!\x1a\x07"
EARLIER = "it begins in another volume; what lies in this one cannot be decoded alone"
LATER = "it goes on in another volume; part of it is missing"
TOGETHER = "it is compressed together with members that could not be decoded"
BAD_CHECKSUM = "the member does not have the checksum that the archive says"
_TRIES = 64  # signatures that are looked at until one is followed by an archive
_LEAST = 29  # the version of compression from which on libarchive decodes
_MAIN = b";\xd0\x73\x08\0\x0d\0\0\0\0\0\0\0"  # a main header of version 4 as `_main_5` is one of 5


def ready() -> None:
    """What a process does before it is confined: the libraries are looked for."""
    libarchives.ready()
    rarfallback.library()


def members(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """In the order of the archive."""
    yield from _members(stream, 0, bounds)


def appended(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """The same of an archive that hangs on behind something else."""
    end, at = stream.seek(0, SEEK_END), -1
    for _ in range(_TRIES):
        if (at := _next(stream, at + 1, end, bounds)) < 0:
            return
        first = next(Walk(stream, at, bounds).headers(), None)
        if isinstance(first, Header) or first == ENCRYPTED:
            yield from _members(stream, at, bounds)
            return
    yield Part(name=REST, data=None, problem=unread("rar"))


def _next(stream: BinaryIO, at: int, end: int, bounds: Bounds) -> int:
    """Where the signature is next; -1 when there is none."""
    while at < end:
        stream.seek(at)
        piece = stream.read(PIECE)
        bounds.spend(len(piece))
        if (found := piece.find(MAGIC)) >= 0:
            return at + found
        at += max(1, len(piece) - len(MAGIC) + 1)
    return -1


def _members(stream: BinaryIO, begin: int, bounds: Bounds) -> Iterator[Part]:
    walk = Walk(stream, begin, bounds)
    reader = _Reader(stream, walk, bounds)
    try:
        for header in walk.headers():
            if isinstance(header, str):
                yield Part(name=REST, data=None, problem=header)
            elif header.is_file:
                yield reader.part(header)
    finally:
        reader.close()
    if walk.is_volume:
        yield Part(name=REST, data=None, problem=VOLUMES)


def _is_fed(header: Header) -> bool:
    return header.is_file and not header.is_stored and bool(header.packed)


class _Reader:
    """Gives the members of one archive, asked for in their order."""

    def __init__(self, stream: BinaryIO, walk: Walk, bounds: Bounds) -> None:
        self._stream, self._walk, self._bounds = stream, walk, bounds
        self._run: Archive | None = None  # of members that are compressed together, up to where it has come
        self._first: Header | None = None  # of those, when none before them is missing
        self._row: Together | None = None  # the same for what libarchive does not decode

    def close(self) -> None:
        self._end_run()
        self._first = self._row = None

    def part(self, header: Header) -> Part:
        """A member; what is wrong with it is its problem."""
        problem = ENCRYPTED if header.is_encrypted else EARLIER if header.is_earlier else ""
        if problem:
            if _is_fed(header):
                self.close()
            return _refused(header, problem)
        found = self._decoded(header) if _is_fed(header) else self._checked(header, self._stored(header))
        if header.is_later and found.problem != self._bounds.too_large:
            return replace(found, data=found.data or None, problem=LATER)
        return found

    def _decoded(self, header: Header) -> Part:
        if not header.follows:
            self.close()
            self._first, self._row = header, None
        found = self._checked(header, self._decompressed(header))
        if not found.problem or found.problem == self._bounds.too_large or header.is_later or self._first is None:
            return found
        if self._row is None:
            row = [self._first, *_after(self._walk, self._first)]
            self._row = Together(row, lambda some: b"".join(_archive(self._stream, self._walk, some)), self._bounds)
        data = self._row.decoded(header)
        return found if data is None else Part(name=header.name, data=data, size=header.size)

    @staticmethod
    def _checked(header: Header, found: Part) -> Part:
        if header.is_later or found.data is None or found.problem or header.checksum in (None, zlib.crc32(found.data)):
            return found
        return replace(found, problem=BAD_CHECKSUM)

    def _stored(self, header: Header) -> Part:
        if (header.size or 0) > self._bounds.most:
            return _refused(header, self._bounds.too_large)
        self._stream.seek(header.begin)
        decoded = Decoded(STORED, pieces(self._stream.read, header.packed))
        part = part_of(header.name, decoded, self._bounds, size=None if header.is_later else header.size)
        return replace(part, size=header.size)

    def _decompressed(self, header: Header) -> Part:
        if library() is None or header.version < _LEAST or (header.follows and not self._walk.is_5):
            return _refused(header, UNKNOWN_CODING)
        try:
            run = self._opened(header)
            entry = run.next() if run is not None else None
        except Fault as fault:
            self._end_run()
            return _refused(header, DAMAGED_MEMBER if fault.problem == DAMAGED else fault.problem)
        if run is None or entry is None:
            self._end_run()
            return _refused(header, TOGETHER)
        told = replace(entry, name=header.name, size=None if header.is_later else header.size)
        part = member(run, told, self._bounds)
        if part.data is None and part.problem in (DAMAGED_MEMBER, UNKNOWN_CODING):
            part = replace(part, problem=UNDECODED)
        return replace(part, size=header.size)

    def _opened(self, header: Header) -> Archive | None:
        """The archive whose next member it is; None when a member before it is lost. Raises Fault."""
        if not header.follows:
            form = "rar5" if self._walk.is_5 else "rar"
            row = chain((header,), _after(self._walk, header))
            run = Archive(form, _Feed(_archive(self._stream, self._walk, row)), self._bounds)
            self._run = run.__enter__()
        elif self._run is not None:
            self._run.pass_by()
        return self._run

    def _end_run(self) -> None:
        """Nothing more is asked of it."""
        run, self._run = self._run, None
        if run is not None:
            run.close()


class _Feed:
    """Pieces as libarchive reads them: as many as it asks for, since version 3.8 stumbles over a header in two of them.

    All of them are needed, but for the end of a member that is too large.
    """

    def __init__(self, given: Iterator[bytes]) -> None:
        self._pieces, self._left = given, b""

    def read(self, size: int, /) -> bytes:
        kept = bytearray(self._left)
        while len(kept) < size and (piece := next(self._pieces, b"")):
            kept += piece
        self._left = bytes(kept[size:])
        return bytes(kept[:size])

    def skip(self, size: int, /) -> int:
        return 0


def _archive(stream: BinaryIO, walk: Walk, headers: Iterable[Header]) -> Iterator[bytes]:
    """An archive of one volume, made of these members."""
    yield (rarheads.MAGIC_5 + _main_5()) if walk.is_5 else (rarheads.MAGIC + _MAIN)
    for header in headers:
        yield header.head
        yield from pieces(partial(_at, stream, [header.begin]), header.packed)
    yield rarheads.END_5 if walk.is_5 else rarheads.END


def _after(walk: Walk, first: Header) -> Iterator[Header]:
    """The members that cannot be decoded without `first` or one behind it."""
    for header in walk.headers(first.begin + first.packed):
        if isinstance(header, str):
            return
        if _is_fed(header):
            if not header.follows or header.is_encrypted or header.is_earlier:
                return
            yield header


def _at(stream: BinaryIO, place: list[int], size: int) -> bytes:
    """The next octets: others move the stream meanwhile."""
    stream.seek(place[0])
    octets = stream.read(size)
    place[0] += len(octets)
    return octets


def _main_5() -> bytes:
    """A main header of version 5 that says that members are compressed together, which those that are say again."""
    octets = b"\3\1\0\4"
    return zlib.crc32(octets).to_bytes(4, "little") + octets


def _refused(header: Header, problem: str) -> Part:
    return Part(name=header.name, data=None, size=header.size, problem=problem)
