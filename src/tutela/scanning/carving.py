"""Pictures in octets that no file has: JPEG (ITU T.81) and PNG (ISO 15948) by their signatures.

Rules:
- on a disk a picture begins at a sector, as every file does, inside of a stream anywhere; its end is found by walking
  its segments or chunks
- one whose end is missing is given up to the bound or the end of the run: what decodes of it still counts
"""

import re
from collections.abc import Iterator

SECTOR = 512
MOST = 64 * 1024 * 1024
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_SIGNATURE = re.compile(re.escape(_JPEG) + b"|" + re.escape(_PNG))
_SHORTEST = 64
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_END, _SCAN = 0xD9, 0xDA


def carve(run: bytes, most: int = MOST) -> Iterator[tuple[int, bytes]]:
    """(offset, octets) of each picture in `run`, which begins at a sector. Never raises for any octets."""
    at = 0
    while at < len(run):
        length = _length(run, at)
        if length:
            yield at, run[at : at + min(length, most)]
        at += max(SECTOR, -(-length // SECTOR) * SECTOR)


def carve_anywhere(run: bytes, most: int = MOST) -> Iterator[tuple[int, bytes]]:
    """The same of a run in which a picture may begin at any octet; what is too short for one is left out."""
    at = 0
    while (found := _SIGNATURE.search(run, at)) is not None:
        length = _length(run, found.start())
        if length >= _SHORTEST:
            yield found.start(), run[found.start() : found.start() + min(length, most)]
        at = found.start() + max(1, length)


def starts(sector: bytes) -> bool:
    """Whether a picture begins here."""
    return sector.startswith((_JPEG, _PNG))


def _length(run: bytes, at: int) -> int:
    if run.startswith(_JPEG, at):
        return _end_of_jpeg(run, at) - at
    if run.startswith(_PNG, at):
        return _end_of_png(run, at) - at
    return 0


def _end_of_jpeg(run: bytes, at: int) -> int:
    at += 2
    while at + 4 <= len(run):
        if run[at] != 0xFF:
            return at  # no marker where one must be: it was cut here
        marker = run[at + 1]
        if marker == _END:
            return at + 2
        if marker in _ALONE or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + max(2, int.from_bytes(run[at + 2 : at + 4], "big"))
        if marker == _SCAN:
            at = _end_of_scan(run, at)
    return len(run) if run[at : at + 2] != b"\xff\xd9" else at + 2


def _end_of_scan(run: bytes, at: int) -> int:
    """Where the next marker is that is no restart and no stuffed octet."""
    while (at := run.find(b"\xff", at)) >= 0 and at + 1 < len(run):
        if run[at + 1] and run[at + 1] not in _ALONE and run[at + 1] != 0xFF:
            return at
        at += 1
    return len(run)


def _end_of_png(run: bytes, at: int) -> int:
    at += len(_PNG)
    while at + 12 <= len(run):
        length, kind = int.from_bytes(run[at : at + 4], "big"), run[at + 4 : at + 8]
        if not kind.isalpha():
            return at
        at = min(len(run), at + 12 + length)
        if kind == b"IEND":
            return at
    return min(at, len(run)) if at >= len(run) else len(run)
