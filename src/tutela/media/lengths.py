"""Picture files that say how long they are, and were cut before that: filled up, so that what is there can be decoded.

Rules:
- only formats whose decoders refuse a file that ends early: WebP (RFC 9649), and AVIF and HEIC (ISO/IEC 14496-12)
- the filling is zeros and bounded by the length of what there is; a decoder makes grey or plain areas of it
"""

from collections.abc import Iterator

_MOST_TIMES = 8
_MOST_BOXES = 1_000
_RIFF_HEADER = 8


def completed(data: bytes, *, most: int) -> tuple[bytes, bool]:
    """`data` with what is missing at its end as zeros, and whether something was. At most `most` octets."""
    declared = _declared(data)
    if declared - len(data) <= 1 or declared > min(most, _MOST_TIMES * len(data)):  # one: padding that was left out
        return data, False
    return data + bytes(declared - len(data)), True


def _declared(data: bytes) -> int:
    """The length that the file says it has; 0 when it says nothing."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _RIFF_HEADER + int.from_bytes(data[4:8], "little")
    if data[4:8] == b"ftyp":
        return max(_ends_of_boxes(data), default=0)
    return 0


def _ends_of_boxes(data: bytes) -> Iterator[int]:
    at = 0
    for _ in range(_MOST_BOXES):
        header = data[at : at + 16]
        if len(header) < 8:
            return
        size = int.from_bytes(header[:4], "big")
        if size == 1 and len(header) == 16:
            size = int.from_bytes(header[8:], "big")
        if size < 8:  # 0: to the end of the file
            return
        at += size
        yield at
