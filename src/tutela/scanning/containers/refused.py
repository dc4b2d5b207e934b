"""Archives that are known and not read here: they are told, so that they do not look like files that hold nothing."""

from collections.abc import Iterator
from typing import BinaryIO

from tutela.scanning.containers.bounds import REST, UNREAD, Bounds
from tutela.scanning.parts import Part

MAGIC = {
    b"!BDN": "an Outlook folder (PST)",
    b"ITSF\3\0": "compiled help (CHM)",
}
_ACE, _ACE_AT = b"**ACE**", 7


def is_ace(head: bytes) -> bool:
    """Whether a file that begins like this is an ACE archive, whose signature has the first header before it."""
    return head.startswith(_ACE, _ACE_AT)


def members(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """One that says that there is more."""
    head = stream.read(16)
    what = next((what for magic, what in MAGIC.items() if head.startswith(magic)), "an ACE archive")
    yield Part(name=REST, data=None, problem=UNREAD.format(what))
