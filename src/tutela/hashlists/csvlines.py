"""Bytes -> numbered rows of cells, whatever the bytes hold.

Rules:
- a line is read up to a bound; what is longer is passed over without being held in memory
- a row that a quote leaves open takes the lines that follow only if they close it; else it alone is a problem
- the csv module's own limits are process-wide, so they are not touched: our bound lies below them
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from tutela.hashlists.entry import Problem

LONGEST_ROW = 65536
MOST_LINES = 16
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}

Row = tuple[int, list[str] | Problem]


def decoded(stream: BinaryIO, encoding: str) -> tuple[io.TextIOWrapper, str]:
    """The stream as text, and the encoding used: that of a byte order mark if there is one. Detach it after use."""
    buffered = io.BufferedReader(_Raw(stream))
    head = buffered.peek(4)[:4]
    used = next((name for mark, name in _MARKS.items() if head.startswith(mark)), encoding)
    return io.TextIOWrapper(buffered, encoding=used, errors="replace", newline=None), used


def rows_of(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    """Rows with the number of their first line, from 1."""
    lines = _Lines(text)
    while (taken := lines.ahead(0)) is not None:
        number, line = taken
        lines.skip(1)
        if line is None:
            yield number, Problem(place=f"line {number}", message=f"the row is longer than {LONGEST_ROW} characters")
        elif "\0" in line:
            yield number, Problem(place=f"line {number}", message="NUL bytes in the row")
        else:
            row = _parsed(line, delimiter) or _continued(line, lines, delimiter)
            yield (
                number,
                row or Problem(place=f"line {number}", message="a quoted field is not closed or not separated"),
            )


class _Raw(io.RawIOBase):
    """Any object with `read` as a raw stream, so that it can be peeked into and stays open afterwards."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io calls it with a memoryview
        part = self._stream.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


class _Lines:
    """Numbered lines that can be looked at before they are taken; the text is None where a line is too long."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._number = 0
        self._ahead: deque[tuple[int, str | None]] = deque()

    def ahead(self, position: int) -> tuple[int, str | None] | None:
        while len(self._ahead) <= position:
            line = self._text.readline(LONGEST_ROW + 1)
            if not line:
                return None
            self._number += 1
            fits = len(line) <= LONGEST_ROW
            self._ahead.append((self._number, line if fits else None))
            if not fits:
                self._pass_over(line)
        return self._ahead[position]

    def skip(self, count: int) -> None:
        for _ in range(count):
            self._ahead.popleft()

    def _pass_over(self, line: str) -> None:
        while line and not line.endswith("\n"):
            line = self._text.readline(LONGEST_ROW)


def _continued(line: str, lines: _Lines, delimiter: str) -> list[str] | None:
    """The row that `line` begins and later lines end; they are used up only when it works out."""
    whole = line
    for position in range(MOST_LINES - 1 if line.count('"') % 2 else 0):
        _, more = lines.ahead(position) or (0, None)
        if more is None or len(whole) + len(more) > LONGEST_ROW:
            return None
        whole += more
        if more.count('"') % 2:
            row = _parsed(whole, delimiter)
            if row is not None:
                lines.skip(position + 1)
            return row
    return None


def _parsed(line: str, delimiter: str) -> list[str] | None:
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if rows and rows[0] else [""]
