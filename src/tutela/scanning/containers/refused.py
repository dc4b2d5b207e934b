"""Archives that are known and not read here: they are told, so that they do not look like files that hold nothing."""

from collections.abc import Iterator
from typing import BinaryIO

from tutela.scanning.containers.bounds import REST, UNREAD, Bounds
from tutela.scanning.parts import Part

MAGIC = {
    b"**ACE**": "an ACE archive",
    b"!BDN": "an Outlook folder (PST)",
    b"ITSF\3\0": "compiled help (CHM)",
    b"\x04\x22\x4d\x18": "an LZ4 file",
    b"\x1f\x9d": "a file of compress (.Z)",
    b"LZIP\1": "an lzip file",
}


def members(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """One that says that there is more."""
    head = stream.read(16)
    what = next(what for magic, what in MAGIC.items() if head.startswith(magic))
    yield Part(name=REST, data=None, problem=UNREAD.format(what))
