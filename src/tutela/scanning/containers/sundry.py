"""Cabinets (CAB), LHA, XAR, ar, cpio and ISO 9660, as libarchive reads them.

Rules:
- a file is one of these by its signature, which is looked for here: libarchive's own ways to tell are too free
- without the library, or with one that lacks the format, the archive is told and not looked into
"""

from collections.abc import Iterator
from typing import BinaryIO

from tutela.scanning.containers.bounds import REST, VOLUMES, Bounds
from tutela.scanning.containers.libarchives import Archive, Fault, Whole, library, member, unread
from tutela.scanning.parts import Part

CAB, XAR = b"MSCF\0\0\0\0", b"xar!\0\x1c"
AR = b"!<arch>\n"
ISO, ISO_AT = b"CD001", 0x8001
_SPANS, _SPANS_AT = 0x3, 30  # flags of a cabinet: there is one before it, one behind it
_MOST_BROKEN = 1000  # headers that cannot be used, one after the other


def cabinet(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """CAB; the files in one of several that belong together."""
    spans = stream.read(_SPANS_AT + 1)[_SPANS_AT:]
    yield from _members("cab", stream, bounds, is_joined=True)
    if spans and spans[0] & _SPANS:
        yield Part(name=REST, data=None, problem=VOLUMES)


def lha(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """LHA (LZH)."""
    yield from _members("lha", stream, bounds)


def xar(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """XAR, in which macOS has packages."""
    yield from _members("xar", stream, bounds)


def ar(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """Archives of `ar`: Debian's packages."""
    yield from _members("ar", stream, bounds)


def cpio(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """With headers in text: the old portable and the new forms."""
    yield from _members("cpio", stream, bounds)


def iso(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """Images of CDs and DVDs (ISO 9660, Joliet, Rock Ridge)."""
    yield from _members("iso9660", stream, bounds)


def is_lha(head: bytes) -> bool:
    """Whether a file that begins like this has a header of one of the known sorts."""
    return head[2:5] in (b"-lh", b"-lz") and head[6:7] == b"-" and head[20:21] in (b"\0", b"\1", b"\2", b"\3")


def is_cpio(head: bytes) -> bool:
    """Whether it has a header of numbers in text, octal or hexadecimal."""
    if head.startswith(b"070707"):
        return len(head) >= 76 and not head[:76].strip(b"01234567")
    is_new = len(head) >= 110 and head[:6] in (b"070701", b"070702")
    return is_new and not head[:110].strip(b"0123456789abcdefABCDEF")


def _members(form: str, stream: BinaryIO, bounds: Bounds, *, is_joined: bool = False) -> Iterator[Part]:
    """`is_joined`: several members are compressed together."""
    if library() is None:
        yield Part(name=REST, data=None, problem=unread(form))
        return
    try:
        with Archive(form, Whole(stream), bounds) as archive:
            yield from _entries(archive, bounds, is_joined=is_joined)
    except Fault as fault:
        yield Part(name=REST, data=None, problem=fault.problem)


def _entries(archive: Archive, bounds: Bounds, *, is_joined: bool) -> Iterator[Part]:
    broken = 0
    while True:
        bounds.count()
        try:
            entry = archive.next()
        except Fault as fault:
            broken += 1
            if fault.is_last or broken > _MOST_BROKEN:
                raise
            continue
        if entry is None:
            return
        if entry.is_file:
            yield member(archive, entry, bounds)
            if is_joined:
                archive.pass_by()
