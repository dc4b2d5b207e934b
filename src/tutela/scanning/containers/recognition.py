"""Which reader takes a file, by its content alone.

Rules:
- what is a picture, a video or a sound by its first octets stays one; a zip or RAR archive that hangs on behind is
  looked into all the same, and so is the one in a program that unpacks itself
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from tutela.media import Kind, kind_of
from tutela.media.kinds import SIGNATURE_BYTES
from tutela.scanning.containers import (
    mails,
    oles,
    pdfs,
    rarheads,
    rars,
    refused,
    sevenzips,
    squeezed,
    sundry,
    tars,
    tnefs,
    written,
    zips,
)
from tutela.scanning.containers.bounds import Bounds
from tutela.scanning.parts import Part

HEAD = 36 * 1024  # octets by which a container is told
_LAST = 4096  # the last octets, in which RAR ends that hangs on behind media; behind a program is its signature too
_TEXT = 4096  # those of them by which a text is
TAIL = zips.END_WITHIN  # and by which an archive is told that hangs on behind something
Reader = Callable[[BinaryIO, Bounds], Iterator[Part]]

_PROGRAM = b"MZ"
_MEDIA = (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO)
_SIGNATURES: tuple[tuple[bytes, Reader], ...] = (
    (b"PK\3\4", zips.members),
    (b"PK\5\6", zips.members),
    (b"PK00PK\3\4", zips.members),
    (b"PK\7\x08PK\3\4", zips.members),
    (squeezed.GZIP, squeezed.members),
    (squeezed.BZIP2, squeezed.members),
    (squeezed.XZ, squeezed.members),
    (squeezed.ZSTANDARD, squeezed.members),
    (sevenzips.MAGIC, sevenzips.members),
    (rars.MAGIC, rars.members),
    (sundry.CAB, sundry.cabinet),
    (sundry.XAR, sundry.xar),
    (sundry.AR, sundry.ar),
    (oles.MAGIC, oles.members),
    (tnefs.MAGIC, tnefs.members),
    (written.RTF, written.rtf),
    *((begin, written.coded) for begin in written.CODED),
    *((magic, refused.members) for magic in refused.MAGIC),
)
_TOLD: tuple[tuple[Callable[[bytes], bool], Reader], ...] = (
    (tars.is_tar, tars.members),
    (squeezed.is_borrowed, squeezed.borrowed),
    (refused.is_ace, refused.members),
    (sundry.is_lha, sundry.lha),
    (sundry.is_cpio, sundry.cpio),
    (mails.is_message, mails.message),
    (mails.is_mailbox, mails.mailbox),
    (written.is_markup, written.markup),
)

_ARCHIVES = (
    zips.members, squeezed.members, squeezed.borrowed, sevenzips.members, tars.members, rars.members, sundry.cabinet,
    sundry.lha, sundry.xar, sundry.ar, sundry.cpio, sundry.iso,
)  # fmt: skip


def reader_of(head: bytes, tail: bytes) -> Reader | None:
    """Who reads a file that begins and ends like this; None when it is no container.

    `HEAD` and `TAIL` octets are enough.
    """
    if head.startswith(_PROGRAM):
        return _appended(tail[-TAIL:], tail[-TAIL:])
    if kind_of(head[:SIGNATURE_BYTES]) in _MEDIA:
        return _appended(tail[-TAIL:], tail[-_LAST:])
    for signature, reader in _SIGNATURES:
        if head.startswith(signature):
            return reader
    if pdfs.MAGIC in head[: pdfs.WITHIN]:
        return pdfs.members
    found = next((reader for tells, reader in _TOLD if tells(head[:_TEXT])), None)
    return found or (sundry.iso if head.startswith(sundry.ISO, sundry.ISO_AT) else None)


def _appended(tail: bytes, last: bytes) -> Reader | None:
    """Who reads the archive that a file ends with: zip within `tail`, RAR within `last`."""
    found = [zips.appended] if zips.END in tail else []
    found += [rars.appended] if rarheads.is_end(last) else []
    return _both if len(found) > 1 else next(iter(found), None)


def _both(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """One of the two marks may be there to hide the other archive."""
    yield from zips.appended(stream, bounds)
    yield from rars.appended(stream, bounds)


def is_archive(head: bytes, tail: bytes) -> bool:
    """Whether it is files put together and nothing else: no document that is read, no page that shows what lies
    elsewhere, nothing that is a picture itself. Office files and EPUB are zip archives by their form alone.
    """
    if reader_of(head, tail) not in _ARCHIVES:
        return False
    return not head.startswith(b"PK") or (b"[Content_Types].xml" not in head[:_TEXT] and head[30:38] != b"mimetype")


def reader_of_octets(data: bytes) -> Reader | None:
    """The same of a whole file."""
    return reader_of(data[:HEAD], data[-TAIL:])
