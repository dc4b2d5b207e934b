"""Which reader takes a file, by its content alone.

Rules:
- what is a picture, a video or a sound by its first octets is never a container, whatever hangs on behind
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from tutela.media import Kind, kind_of
from tutela.media.kinds import SIGNATURE_BYTES
from tutela.scanning.containers import mails, oles, pdfs, refused, sevenzips, squeezed, tars, zips
from tutela.scanning.containers.bounds import Bounds
from tutela.scanning.parts import Part

HEAD = 4096  # octets by which a container is told
Reader = Callable[[BinaryIO, Bounds], Iterator[Part]]

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
    (oles.MAGIC, oles.members),
    *((magic, refused.members) for magic in refused.MAGIC),
)


def reader_of(head: bytes) -> Reader | None:
    """Who reads a file that begins like this (`HEAD` octets are enough); None when it is no container."""
    if kind_of(head[:SIGNATURE_BYTES]) in _MEDIA:
        return None
    for signature, reader in _SIGNATURES:
        if head.startswith(signature):
            return reader
    if pdfs.MAGIC in head[: pdfs.WITHIN]:
        return pdfs.members
    told = ((tars.is_tar, tars.members), (mails.is_message, mails.message), (mails.is_mailbox, mails.mailbox))
    return next((reader for tells, reader in told if tells(head[:HEAD])), None)
