"""Tutela's own list: lines of canonical JSON (RFC 8785), the header first, the count last.

    {"created":"2026-11-21T10:00:00Z","format":"tutela-hashlist-1","name":"demo","number":7,"scheme":"ncmec"}
    {"class":["ncmec","A1"],"hashes":[["md5","..."]],"id":"image1","kind":"image"}
    {"entries":1}

Rules:
- one list has one spelling: every line is canonical, so equal lists are equal bytes, and bytes can be signed
- a line that is not canonical is a problem; a missing or wrong count means that the list was cut, and is an error
- `number` grows with every version of a list of one name; nothing is taken from a clock
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

import rfc8785

from tutela.errors import Invalid
from tutela.hashlists.entry import ListEntry, Problem, checked_id, checked_time, time_text
from tutela.hashlists.native_entry import as_json, entry_of

FORMAT = "tutela-hashlist-1"
LONGEST_LINE = 262_144
MOST_NUMBER = 2**53 - 1  # what JSON numbers hold exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Which list this is: `number` is its version, 1 or more; `created` is when it was made, with a zone."""

    name: str
    number: int
    created: datetime
    scheme: str = ""

    def __post_init__(self) -> None:
        if checked_id(self.name) != self.name:
            raise Invalid("a list's name has no white space around it", place="name")
        if not 1 <= self.number <= MOST_NUMBER:
            raise Invalid("a list's number is 1 or more", place="number")
        if self.created.tzinfo is None:
            raise Invalid("the time has no zone; give it one", place="created")


class NativeList:
    """A list being read: `header` at once, then iterate once for entries and problems.

    Raises Invalid for a bad header at once, and for a missing or wrong count at the end of the iteration.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._lines = _lines(stream)
        self.header = _header(next(self._lines, (1, b"")))

    def __iter__(self) -> Iterator[ListEntry | Problem]:
        lines = 0
        for number, line in self._lines:
            place = f"line {number}"
            try:
                given = _canonical(line, place)
                if set(given) == {"entries"}:
                    break
                found: ListEntry | Problem = entry_of(given, place)
            except Invalid as error:
                found = Problem(place=error.place, message=error.message)
            lines += 1
            yield found
        else:
            raise Invalid("the list was cut: its last line with the count is missing", place="end")
        if given["entries"] != lines:
            raise Invalid(f"the list was cut or joined: {lines} lines of entries, another count here", place=place)
        if next(self._lines, None) is not None:
            raise Invalid("something follows the last line, which holds the count", place=place)


def read(stream: BinaryIO) -> Iterator[ListEntry | Problem]:
    """Entries and problems of a list. Raises Invalid as `NativeList`."""
    return iter(NativeList(stream))


def write(entries: Iterable[ListEntry], out: BinaryIO, *, header: Header) -> Counter[str]:
    """Write a list in the order of `entries`; returns what was left out, counted: only what `read` would refuse."""
    first: dict[str, Any] = {
        "format": FORMAT,
        "name": header.name,
        "number": header.number,
        "created": time_text(header.created),
    }
    out.write(rfc8785.dumps(first | ({"scheme": header.scheme} if header.scheme else {})) + b"\n")
    count, left_out = 0, Counter[str]()
    for entry in entries:
        try:
            made = as_json(entry)
            entry_of(made, "")
        except Invalid as error:
            left_out[f"entries with a bad {error.place.removeprefix(', ') or 'value'}"] += 1
            continue
        out.write(rfc8785.dumps(made) + b"\n")
        count += 1
    out.write(rfc8785.dumps({"entries": count}) + b"\n")
    return left_out


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        yield number, line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE + 1)


def _canonical(line: bytes, place: str) -> dict[str, Any]:
    """The object on a line. Raises Invalid unless the line is its canonical form and ends with a line feed."""
    if len(line) > LONGEST_LINE:
        raise Invalid(f"longer than {LONGEST_LINE} bytes", place=place)
    try:
        given = json.loads(line)
        same = isinstance(given, dict) and rfc8785.dumps(given) + b"\n" == line
    except (ValueError, RecursionError):  # rfc8785's own errors are ValueErrors
        raise Invalid("not a JSON object", place=place) from None
    if not same:
        raise Invalid("not an object in canonical JSON (RFC 8785) ended by one line feed", place=place)
    return dict(given)


def _header(first: tuple[int, bytes]) -> Header:
    given: Mapping[str, Any] = _canonical(first[1], "line 1")
    shape = {"format": str, "name": str, "number": int, "created": str, "scheme": str}
    if given.get("format") != FORMAT or not set(given) <= set(shape) or len(set(given) - {"scheme"}) != 4:
        raise Invalid(f"expected a header of format {FORMAT} with name, number and created", place="line 1")
    if not all(type(value) is shape[name] for name, value in given.items()):
        raise Invalid("the header's number is a whole number, the rest is text", place="line 1")
    try:
        return Header(
            name=given["name"],
            number=given["number"],
            created=checked_time(given["created"]),
            scheme=given.get("scheme", ""),
        )
    except Invalid as error:
        raise Invalid(error.message, place=f"line 1, {error.place}") from None
