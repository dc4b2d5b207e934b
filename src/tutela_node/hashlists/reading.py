"""Reads the file of an import in pieces, and goes on where it stopped.

Rules:
- a reader yields the same rows from the same file, so the number of rows taken says where to go on
- the file stays open from piece to piece in the process that reads it; another process opens it and passes over what
  was taken already
- one process keeps few files open; the oldest is closed for a new one
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from tutela.errors import Invalid, VerificationFailed
from tutela.hashlists import FORMATS, HEAD, ListEntry, Problem, sniff
from tutela.hashlists.csvmap import DEFAULTS
from tutela.hashlists.csvmap import read as read_table
from tutela_node.hashlists import holding
from tutela_node.hashlists.errors import BadList
from tutela_node.hashlists.importing import PIECE

TABLES = frozenset(DEFAULTS)
KEPT_OPEN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The rows from `position` on; fewer than asked for are the last. `octets`: how far into the file they reach."""

    rows: tuple[ListEntry | Problem, ...]
    position: int
    octets: int
    is_last: bool


@dataclass(slots=True)
class _Reading:
    stream: BinaryIO
    rows: Iterator[ListEntry | Problem]
    position: int = 0

    def close(self) -> None:
        self.stream.close()


_open: dict[UUID, _Reading] = {}
_guard = threading.Lock()


def open_list(stream: BinaryIO, format: str, mapping: Mapping[str, str]) -> tuple[str, Iterator[ListEntry | Problem]]:
    """The format's name and the rows. Raises Invalid for a format or columns that cannot be."""
    head = stream.read(HEAD)
    stream.seek(0)
    if format and format not in FORMATS:
        raise Invalid(f"unknown format; known are {', '.join(FORMATS)}", place="format")
    chosen = FORMATS[format] if format else sniff(head)
    if not mapping:
        return chosen.name, chosen.read(stream)
    if chosen.name not in TABLES:
        raise Invalid("columns are named for a table only; leave them empty for this format", place="mapping")
    return chosen.name, read_table(stream, replace(DEFAULTS[chosen.name], columns=dict(mapping)))


def next_piece(
    id: UUID, *, key_wrapped: bytes, format: str, mapping: Mapping[str, str], position: int, size: int = PIECE
) -> Piece:
    """The next rows of a held file. Raises BadList when the file as a whole cannot be read."""
    with _guard:
        reading = _open.pop(id, None)
    try:
        if reading is None or reading.position != position:
            if reading is not None:
                reading.close()
            stream = holding.open_held(id, key_wrapped)
            reading = _Reading(stream, open_list(stream, format, mapping)[1])
            reading.position = sum(1 for _ in islice(reading.rows, position))
        rows = tuple(islice(reading.rows, size))
        octets = reading.stream.tell()
    except Invalid as error:
        raise BadList(error.message, place=error.place) from None
    except VerificationFailed:
        raise BadList("the sealed file was changed or cut after it came", place="file") from None
    reading.position += len(rows)
    is_last = len(rows) < size
    _keep(id, reading, is_last=is_last)
    return Piece(rows=rows, position=position, octets=octets, is_last=is_last)


def _keep(id: UUID, reading: _Reading, *, is_last: bool) -> None:
    if is_last:
        reading.close()
        return
    with _guard:
        _open[id] = reading
        oldest = _open.pop(next(iter(_open))) if len(_open) > KEPT_OPEN else None
    if oldest is not None:
        oldest.close()


def forget(id: UUID) -> None:
    """Closes the file of an import that is over."""
    with _guard:
        reading = _open.pop(id, None)
    if reading is not None:
        reading.close()
