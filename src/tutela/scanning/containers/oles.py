"""Compound files: Word, Excel and PowerPoint before 2007, Outlook messages.

Sources: MS-CFB, MS-OXMSG, MS-ODRAW, MS-XLS.

Rules:
- an Outlook message gives its attachments, also those of messages inside it
- any other compound file gives the JPEG and PNG pictures that lie in its streams, wherever, and packaged files
- in workbooks pictures are cut into records: these are joined before anything is looked for
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from tutela.scanning.carving import carve_anywhere
from tutela.scanning.containers.bounds import DAMAGED, DAMAGED_MEMBER, FAULTS, REST, Bounds, named
from tutela.scanning.parts import Part

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MESSAGE, _ATTACHED, _DATA = "__properties_version1.0", "__attach_version1.0_", "__substg1.0_37010102"
_NAMES = (("3707001F", "utf-16-le"), ("3707001E", "cp1252"), ("3704001F", "utf-16-le"), ("3704001E", "cp1252"))
_WORKBOOKS, _DRAWINGS, _CONTINUED = ("Workbook", "Book"), 0x00EB, 0x003C
_PACKAGE = "\x01Ole10Native"
_MOST_STREAMS = 100_000
_LONGEST_TEXT = 4096

Way = list[str]  # the storages down to a stream, and its name


def members(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """In the order of the directory."""
    import olefile

    try:
        file = olefile.OleFileIO(stream)
        ways = file.listdir()[:_MOST_STREAMS]
    except FAULTS:
        yield Part(name=REST, data=None, problem=DAMAGED)
        return
    reading = _Streams(file, bounds)
    if [_MESSAGE] in ways:
        for number, way in enumerate((way for way in ways if way[-1] == _DATA), 1):
            bounds.count()
            yield reading.whole(way, reading.attachment(way, number))
        ways = [way for way in ways if not way[-1].startswith("__")]  # of what an attachment embeds
    for way in ways:
        bounds.pulse()
        yield from _inside(reading.whole(way, named("/".join(way).replace("\x01", ""))), way[-1], bounds)


class _Streams:
    def __init__(self, file: Any, bounds: Bounds) -> None:
        self._file, self._bounds = file, bounds

    def whole(self, way: Way, name: str) -> Part:
        """A stream as a member."""
        try:
            size = int(self._file.get_size(way))
            if size > self._bounds.most:
                return Part(name=name, data=None, size=size, problem=self._bounds.too_large)
            self._bounds.spend(size)
            return Part(name=name, data=bytes(self._file.openstream(way).read()))
        except FAULTS:
            return Part(name=name, data=None, problem=DAMAGED_MEMBER)

    def attachment(self, way: Way, number: int) -> str:
        """What the message calls it, with those that it lies in."""
        places = [at for at, each in enumerate(way) if each.startswith(_ATTACHED)]
        *outer, own = [self._called(way[: at + 1]) for at in places] or [""]
        return named("/".join([*(each or "$message" for each in outer), own or f"$part/{number}"]))

    def _called(self, storage: Way) -> str:
        for tag, coding in _NAMES:
            way = [*storage, f"__substg1.0_{tag}"]
            try:
                if self._file.exists(way) and self._file.get_size(way) <= _LONGEST_TEXT:
                    return bytes(self._file.openstream(way).read()).decode(coding, "replace").rstrip("\0")
            except FAULTS:
                continue
        return ""


def _inside(stream: Part, called: str, bounds: Bounds) -> Iterator[Part]:
    """What a stream holds; the stream itself is no member."""
    if stream.data is None:
        yield stream
        return
    if called == _PACKAGE:
        bounds.count()
        yield _packaged(stream.name, stream.data)
        return
    data = _joined(stream.data) if called in _WORKBOOKS else stream.data
    for at, picture in carve_anywhere(data):
        bounds.count()
        bounds.spend(len(picture))
        yield Part(name=f"{stream.name}/$carved/{at}", data=picture)


def _packaged(name: str, data: bytes) -> Part:
    """The file in a package: two names, a path, the octets (MS-OLEDS 2.3.6 and what Windows writes there)."""
    label, _, rest = data[6:].partition(b"\0")
    _, _, rest = rest.partition(b"\0")
    skipped = 8 + int.from_bytes(rest[4:8], "little")
    size = int.from_bytes(rest[skipped : skipped + 4], "little")
    found = rest[skipped + 4 : skipped + 4 + size]
    way = named(f"{name}/{label[:_LONGEST_TEXT].decode('cp1252', 'replace')}")
    if not found and size:
        return Part(name=way, data=data, problem=DAMAGED_MEMBER)
    return Part(name=way, data=found, problem="" if len(found) == size else DAMAGED_MEMBER)


def _joined(workbook: bytes) -> bytes:
    """The drawings of a workbook without the heads of the records that they are cut into."""
    kept, at, drawing = list[bytes](), 0, False
    while at + 4 <= len(workbook):
        sort = int.from_bytes(workbook[at : at + 2], "little")
        size = int.from_bytes(workbook[at + 2 : at + 4], "little")
        drawing = sort == _DRAWINGS or (drawing and sort == _CONTINUED)
        if drawing:
            kept.append(workbook[at + 4 : at + 4 + size])
        at += 4 + size
    return b"".join(kept)
