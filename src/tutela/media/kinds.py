"""What sort of thing some bytes are, by their first bytes alone.

Rules:
- the content decides, never a file name
- no parsing: a fixed table of signatures, so the answer costs nothing and cannot fail
- a kind is a claim of the header; whether a picture decodes is for `pictures`
"""

from enum import StrEnum


class Kind(StrEnum):
    """What the first bytes claim to be."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    EMPTY = "empty"
    OTHER = "other"


SIGNATURE_BYTES = 32

_AT_START: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"\x89PNG\r\n\x1a\n", Kind.IMAGE),
    (b"GIF87a", Kind.IMAGE),
    (b"GIF89a", Kind.IMAGE),
    (b"BM", Kind.IMAGE),
    (b"II*\0", Kind.IMAGE),
    (b"MM\0*", Kind.IMAGE),
    (b"II+\0", Kind.IMAGE),
    (b"MM\0+", Kind.IMAGE),
    (b"8BPS", Kind.IMAGE),
    (b"\0\0\1\0", Kind.IMAGE),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Kind.IMAGE),
    (b"\xff\x4f\xff\x51", Kind.IMAGE),
    *((b"P%d" % digit + blank, Kind.IMAGE) for digit in range(1, 7) for blank in (b"\n", b" ", b"\r", b"\t")),
    (b"\x1aE\xdf\xa3", Kind.VIDEO),
    (b"FLV\x01", Kind.VIDEO),
    (b"\0\0\1\xba", Kind.VIDEO),
    (b"\0\0\1\xb3", Kind.VIDEO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind.VIDEO),
    (b"ID3", Kind.AUDIO),
    (b"fLaC", Kind.AUDIO),
    (b"OggS", Kind.AUDIO),
    (b"PK\3\4", Kind.ARCHIVE),
    (b"PK\5\6", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"Rar!\x1a\x07", Kind.ARCHIVE),
    (b"MSCF\0\0\0\0", Kind.ARCHIVE),
    (b"xar!\0\x1c", Kind.ARCHIVE),
    (b"BZh", Kind.ARCHIVE),
    (b"\xfd7zXZ\0", Kind.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Kind.ARCHIVE),
    (b"%PDF-", Kind.DOCUMENT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.DOCUMENT),
    (b"{\\rtf", Kind.DOCUMENT),
)
_RIFF_FORMS = {b"WEBP": Kind.IMAGE, b"AVI ": Kind.VIDEO, b"WAVE": Kind.AUDIO}
_PICTURE_BRANDS = {b"avif", b"avis", b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
_AUDIO_BRANDS = {b"M4A ", b"M4B "}


def kind_of(start: bytes) -> Kind:
    """The kind that the first `SIGNATURE_BYTES` octets claim; `OTHER` when none is known."""
    if not start:
        return Kind.EMPTY
    if start[:4] == b"RIFF":
        return _RIFF_FORMS.get(start[8:12], Kind.OTHER)
    if start[4:8] == b"ftyp":
        return _kind_of_brand(start[8:12])
    return next((kind for signature, kind in _AT_START if start.startswith(signature)), Kind.OTHER)


def _kind_of_brand(brand: bytes) -> Kind:
    """ISO base media files (ISO/IEC 14496-12) name themselves by a brand after `ftyp`."""
    if brand in _PICTURE_BRANDS:
        return Kind.IMAGE
    return Kind.AUDIO if brand in _AUDIO_BRANDS else Kind.VIDEO
