"""The headers of RAR archives, of version 4 (RAR 1.5 to 4) and 5 (RAR 5 to 7): which files there are, and where.

Source: the technical notes that RARLAB publishes for both.

Rules:
- a header that does not have its checksum is not believed, since sizes in it say where the next one is: those behind
  are searched for
- every header is counted, whatever it is of
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tutela.scanning.containers.bounds import DAMAGED, ENCRYPTED, PIECE, SEARCHED, Bounds, named

MAGIC, MAGIC_5 = b"Rar!\x1a\x07\0", b"Rar!\x1a\x07\1\0"
END, END_5 = b"\xc4\x3d\x7b\0\x40\7\0", b"\x1d\x77\x56\x51\3\5\4\0"  # how archives of one volume end
_HEAD = struct.Struct("<HBHH")
_FILE = struct.Struct("<IIBIIBBHI")
_MAIN, _FILE_HEADER, _OWNER, _SERVICE, _END = 0x73, 0x74, 0x77, 0x7A, 0x7B
_MAIN_5, _FILE_5, _LOCK_5, _END_5 = 1, 2, 4, 5
_STORED, _UNIX = 0x30, 3
_MOST_HEADER = 2 << 20  # of version 5; version 4 has 64 KiB at most
_LONGEST_NUMBER = 10
_LONGEST_END = 32
_LIKE = re.compile(rb"(?s)\x74.[\x80-\x9f].[\0-\x0f]"), (2,)  # the kind, flags, the size; how far behind the begin
_LIKE_5 = re.compile(rb"\x02[\x02\x03\x0a\x0b\x12\x13\x1a\x1b]"), (5, 6)
_LONGEST_LIKE = 8
_SHORT = 128  # octets in which the size of a header is


def is_end(tail: bytes) -> bool:
    """Whether a file that ends like this may end with an archive: by an end mark as archives of one volume have it,
    with a signature or the like behind it, or by any end mark at the very end. Before RAR 3 there was none.
    """
    if END in tail or END_5 in tail:
        return True
    last = tail[-_LONGEST_END:]  # it is asked of every picture: what most of them do not have is looked for first
    is_like = _END in last or b"\3\5" in last
    return is_like and any(_ends(last[-size:]) for size in range(_HEAD.size, _LONGEST_END))


def _ends(block: bytes) -> bool:
    if block[4:6] == b"\3\5":
        return zlib.crc32(block[4:]) == int.from_bytes(block[:4], "little")
    checksum, size = int.from_bytes(block[:2], "little"), int.from_bytes(block[5:7], "little")
    return block[2:3] == bytes([_END]) and size == len(block) and zlib.crc32(block[2:]) & 0xFFFF == checksum


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A file in the archive. `head`: its header, without what says that it is split among volumes.

    `is_earlier`, `is_later`: it begins in an earlier volume, goes on in a later one. `follows`: its octets cannot be
    decoded without those of the file before. `version` of the compression: 15, 20, 26, 29 or 50 and more.
    `size` and `checksum` (CRC-32) are None where the header does not say them.
    """

    name: str
    head: bytes
    begin: int
    packed: int
    size: int | None
    checksum: int | None
    version: int
    is_file: bool
    is_stored: bool
    is_encrypted: bool
    is_earlier: bool
    is_later: bool
    follows: bool


class Walk:
    """The headers of the archive that begins at `begin`. `is_volume` is known once the first file is."""

    def __init__(self, stream: BinaryIO, begin: int, bounds: Bounds) -> None:
        self._stream, self._bounds = stream, bounds
        stream.seek(begin)
        self.is_5 = stream.read(len(MAGIC_5)) == MAGIC_5
        self._first = begin + len(MAGIC_5 if self.is_5 else MAGIC)
        self.is_volume = False

    def headers(self, at: int | None = None) -> Iterator[Header | str]:
        """From the octet `at` on, or all. A text says, once, that there is damage, and that others behind were searched
        for; or that they are encrypted. The stream may be moved meanwhile.
        """
        at, is_said = self._first if at is None else at, False
        while True:
            self._bounds.count()
            found = self._block_5(at) if self.is_5 else self._block(at)
            if found is None:
                return
            block, behind = found
            if block == DAMAGED:
                if not is_said:
                    yield SEARCHED
                is_said, behind = True, self._search(at + 1)
            elif block is not None:
                yield block
            if block == ENCRYPTED or behind < 0:
                return
            at = behind

    def _search(self, first: int) -> int:
        """Where the next header of a file may be; -1 when there is none."""
        (like, before), at = _LIKE_5 if self.is_5 else _LIKE, first
        while piece := self._read(at, PIECE):
            for place in (at + found.start() - back for found in like.finditer(piece) for back in before):
                block = (self._block_5(place) if self.is_5 else self._block(place)) if place >= first else None
                if block is not None and isinstance(block[0], Header):
                    return place
            at += max(1, len(piece) - _LONGEST_LIKE)
        return -1

    def _read(self, at: int, size: int) -> bytes:
        self._stream.seek(at)
        octets = self._stream.read(size)
        self._bounds.spend(len(octets))
        return octets

    def _block(self, at: int) -> tuple[Header | str | None, int] | None:
        """What the block at `at` says, and where the next one is; None at the end."""
        start = self._read(at, _HEAD.size)
        if not start:
            return None  # archives before RAR 3 have no end mark
        if len(start) < _HEAD.size:
            return DAMAGED, at
        checksum, kind, flags, size = _HEAD.unpack(start)
        head = start + self._read(at + len(start), max(0, size - len(start)))
        behind = at + size
        whole = head if kind != _OWNER else head + self._read(behind, int.from_bytes(head[7:9], "little"))
        if size < _HEAD.size or len(head) < size or not _is_whole(whole, checksum, kind, flags):
            return DAMAGED, at
        if kind == _END:
            return None
        if kind in (_FILE_HEADER, _SERVICE):
            header = _file(head, behind) if size >= _HEAD.size + _FILE.size else None
            return (header if kind == _FILE_HEADER else None, header.begin + header.packed) if header else (DAMAGED, at)
        if kind == _MAIN:
            self.is_volume = bool(flags & 0x1)
            if flags & 0x80:
                return ENCRYPTED, at
        if flags & 0x8000:
            behind += int.from_bytes(head[7:11], "little")
        return None, behind

    def _block_5(self, at: int) -> tuple[Header | str | None, int] | None:
        start = self._read(at, _SHORT)
        numbers = _Numbers(start, 4)
        size = numbers.next()
        total = numbers.at + size
        if not 2 <= size <= _MOST_HEADER:
            return DAMAGED, at
        head = start[:total] if total <= len(start) else start + self._read(at + len(start), total - len(start))
        if len(head) < total or zlib.crc32(head[4:]) != int.from_bytes(head[:4], "little"):
            return DAMAGED, at
        numbers = _Numbers(head, numbers.at)
        kind, place, flags = numbers.next(), numbers.at, numbers.next()
        extra = numbers.next() if flags & 0x1 else 0
        packed = numbers.next() if flags & 0x2 else 0
        if kind == _END_5:
            return None
        if kind == _LOCK_5:
            return ENCRYPTED, at
        if kind == _MAIN_5:
            self.is_volume = bool(numbers.next() & 0x1)
        if kind == _FILE_5:
            block = _Block5(head=_joined_5(head, place), flags=flags, begin=at + total, packed=packed)
            return _file_5(block, numbers, head[max(0, total - extra) :] if extra else b""), at + total + packed
        return None, at + total + packed


def _is_whole(head: bytes, checksum: int, kind: int, flags: int) -> bool:
    """Whether it has its checksum; comments inside of old headers are not part of it, and what follows one that names
    the owner of a file is.
    """
    end = len(head)
    if kind == _MAIN and flags & 0x2:
        end = min(end, 13)
    if kind == _FILE_HEADER and flags & 0x8 and end >= 32:
        end = min(end, 32 + int.from_bytes(head[26:28], "little"))
    return checksum in (zlib.crc32(head[2:]) & 0xFFFF, zlib.crc32(head[2:end]) & 0xFFFF)


def _file(head: bytes, behind: int) -> Header:
    flags = int.from_bytes(head[3:5], "little")
    packed, size, system, checksum, _, version, method, length, attributes = _FILE.unpack_from(head, _HEAD.size)
    at = _HEAD.size + _FILE.size
    if flags & 0x100:
        packed |= int.from_bytes(head[at : at + 4], "little") << 32
        size |= int.from_bytes(head[at + 4 : at + 8], "little") << 32
        at += 8
    is_link = system == _UNIX and attributes & 0o170000 == 0o120000
    is_folder = flags & 0xE0 == 0xE0 or (version < 20 and bool(attributes & 0x10) and system != _UNIX)
    return Header(
        name=named(_name(head[at : at + length], bool(flags & 0x200))),
        head=_joined(head, flags),
        begin=behind,
        packed=packed,
        size=size if size not in (0xFFFFFFFF, (1 << 64) - 1) else None,
        checksum=checksum if not flags & 0x2 else None,  # of a split file it is that of the part
        version=version,
        is_file=not is_link and not is_folder,
        is_stored=method == _STORED,
        is_encrypted=bool(flags & 0x4),
        is_earlier=bool(flags & 0x1),
        is_later=bool(flags & 0x2),
        follows=bool(flags & 0x10),
    )


def _joined(head: bytes, flags: int) -> bytes:
    """The same header of a file that is not split."""
    if not flags & 0x3:
        return head
    joined = head[2:3] + struct.pack("<H", flags & ~0x3) + head[5:]
    return struct.pack("<H", zlib.crc32(joined) & 0xFFFF) + joined


def _name(octets: bytes, is_coded: bool) -> str:
    """With folders behind slashes. Coded: the name in an old code page, then how it differs in UTF-16."""
    plain, nul, coded = octets.partition(b"\0") if is_coded else (octets, b"", b"")
    name = _decoded(plain, coded) if nul and coded else plain.decode("utf-8", "surrogateescape")
    return name.replace("\\", "/")


def _decoded(plain: bytes, coded: bytes) -> str:
    """Four two-bit orders to an octet: a character of the first 256, of the page named first, any one, or several of
    the plain name."""
    high, at, found = coded[0], 1, bytearray()
    orders = 0
    left = 0
    while at < len(coded):
        if not left:
            orders, left, at = coded[at], 8, at + 1
        left -= 2
        order, given = orders >> left & 3, coded[at : at + 2]
        if order < 3:
            found += (given[:1] + (b"\0", bytes([high]))[order]) if order < 2 else given
            at += 1 if order < 2 else 2
            continue
        count, add = (given[0] & 0x7F) + 2 if given else 0, given[1] if given and given[0] & 0x80 and given[1:] else 0
        page = high if given and given[0] & 0x80 else 0
        begin = len(found) // 2
        for octet in plain[begin : begin + count]:
            found += bytes([(octet + add) & 0xFF, page])
        at += 2 if given and given[0] & 0x80 else 1
    return bytes(found[: len(found) & ~1]).decode("utf-16-le", "surrogatepass")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block5:
    head: bytes
    flags: int
    begin: int
    packed: int


class _Numbers:
    """Numbers of seven bits to an octet, the lowest first. What is not there is 0."""

    def __init__(self, octets: bytes, at: int) -> None:
        self._octets, self.at = octets, at

    def next(self) -> int:
        number = 0
        for place, octet in enumerate(self._octets[self.at : self.at + _LONGEST_NUMBER]):
            self.at += 1
            number |= (octet & 0x7F) << 7 * place
            if not octet & 0x80:
                break
        return number & ((1 << 64) - 1)

    def octets(self, size: int) -> bytes:
        self.at += size
        return self._octets[self.at - size : self.at]


def _file_5(block: _Block5, numbers: _Numbers, extra: bytes) -> Header:
    told, size, _ = numbers.next(), numbers.next(), numbers.next()
    if told & 0x2:
        numbers.octets(4)
    checksum = int.from_bytes(numbers.octets(4), "little") if told & 0x4 else None
    how, _, length = numbers.next(), numbers.next(), numbers.next()
    name = numbers.octets(min(length, _MOST_HEADER))
    records = _records(extra)
    return Header(
        name=named(name.decode("utf-8", "surrogateescape")),
        head=block.head,
        begin=block.begin,
        packed=block.packed,
        size=size if not told & 0x8 else None,
        checksum=checksum if not block.flags & 0x10 else None,
        version=50 + (how & 0x3F),
        is_file=not told & 0x1 and 5 not in records,  # links have a record of that number
        is_stored=not how & 0x380,
        is_encrypted=1 in records,
        is_earlier=bool(block.flags & 0x8),
        is_later=bool(block.flags & 0x10),
        follows=bool(how & 0x40),
    )


def _records(extra: bytes) -> set[int]:
    """The kinds of the records that a header ends with."""
    kinds, numbers = set(), _Numbers(extra, 0)
    while numbers.at < len(extra):
        size = numbers.next()
        end = numbers.at + size
        kinds.add(numbers.next())
        if size < 1 or end <= 0:
            break
        numbers.at = end
    return kinds


def _joined_5(head: bytes, place: int) -> bytes:
    """The same header of a file that is not split. `place`: where its flags are."""
    if head[place] & 0x80 or not head[place] & 0x18:
        return head
    joined = head[4:place] + bytes([head[place] & ~0x18]) + head[place + 1 :]
    return struct.pack("<I", zlib.crc32(joined)) + joined
