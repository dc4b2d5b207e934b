"""What Outlook attaches as `winmail.dat` (MS-OXTNEF): a list of attributes, files among them.

Rules:
- a file begins with its own attribute; its name and its octets follow in any order
- an attribute that reaches behind the end is given as far as it goes
"""

from collections.abc import Iterator
from typing import BinaryIO

from tutela.scanning.containers.bounds import DAMAGED_MEMBER, REST, Bounds, named
from tutela.scanning.parts import Part

MAGIC = b"\x78\x9f\x3e\x22"
_HEAD, _ATTRIBUTE, _CHECKSUM = 6, 9, 2
_ATTACHMENT = 2  # the level of what belongs to a file
_BEGIN, _TITLE, _DATA = 0x00069002, 0x00018010, 0x0006800F
_LONGEST_NAME = 1024


def members(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """The attached files, in their order."""
    data = stream.read(bounds.most + 1)
    if len(data) > bounds.most:
        yield Part(name=REST, data=None, problem=bounds.too_large)
        return
    name, held, number = "", None, 0
    for sort, octets, problem in (*_attributes(data), (_BEGIN, b"", "")):
        if sort == _TITLE:
            name = octets[:_LONGEST_NAME].split(b"\0")[0].decode("cp1252", "replace")
        elif sort == _DATA:
            held = (octets, problem)
        elif held is not None:
            number += 1
            bounds.count()
            bounds.spend(len(held[0]))
            yield Part(name=named(name, f"$part/{number}"), data=held[0], problem=held[1])
        if sort == _BEGIN:
            name, held = "", None


def _attributes(data: bytes) -> Iterator[tuple[int, bytes, str]]:
    """Those of files: which, its octets, and what is wrong with them."""
    at = _HEAD
    while at + _ATTRIBUTE <= len(data):
        level, sort = data[at], int.from_bytes(data[at + 1 : at + 5], "little")
        begin, size = at + _ATTRIBUTE, int.from_bytes(data[at + 5 : at + 9], "little")
        if level not in (1, _ATTACHMENT):
            return
        if level == _ATTACHMENT and sort in (_BEGIN, _TITLE, _DATA):
            octets = data[begin : begin + size]
            yield sort, octets, "" if len(octets) == size else DAMAGED_MEMBER
        at = begin + size + _CHECKSUM
