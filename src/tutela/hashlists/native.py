"""Tutela's own list, format 1: lines of canonical JSON (RFC 8785), the header first, the count last.

    {"created":"2026-11-21T10:00:00Z","format":"tutela-hashlist-1","name":"demo","number":7,"scheme":"ncmec"}
    {"class":["ncmec","A1"],"hashes":[["md5","..."]],"id":"image1","kind":"image"}
    {"entries":1}

Rules:
- one list has one spelling: every line is canonical, so equal lists are equal bytes, and bytes can be signed
- a line that is not canonical is a problem; a missing or wrong count means that the list was cut, and is an error
- `number` grows with every version of a list of one name; nothing is taken from a clock
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from tutela.errors import Invalid
from tutela.hashlists import signed_header
from tutela.hashlists.canonlines import LONGEST_LINE, canonical, dumped, numbered
from tutela.hashlists.entry import ListEntry, Problem, checked_id, checked_time, time_text
from tutela.hashlists.native_entry import as_json, entry_of
from tutela.hashlists.signed import SignedList

FORMAT = "tutela-hashlist-1"
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

    def __init__(self, stream: BinaryIO, first: bytes = b"") -> None:
        self._lines = numbered(stream, first)
        self.header = _header(next(self._lines, (1, b"")))

    def __iter__(self) -> Iterator[ListEntry | Problem]:
        lines = 0
        for number, line in self._lines:
            place = f"line {number}"
            try:
                given = canonical(line, place)
                if set(given) == {"entries"}:
                    break
                found: ListEntry | Problem = entry_of(given, place)
            except Invalid as error:
                found = Problem(place=error.place, message=error.message)
            lines += 1
            yield found
        else:
            raise Invalid("the list was cut: its last line with the count is missing", place="end")
        if type(given["entries"]) is not int or given["entries"] != lines:
            raise Invalid(f"the list was cut or joined: {lines} lines of entries, another count here", place=place)
        if next(self._lines, None) is not None:
            raise Invalid("something follows the last line, which holds the count", place=place)


def read(stream: BinaryIO) -> Iterator[ListEntry | Problem]:
    """Entries and problems of a list of format 1, or of format 2 without looking at its signature.

    The day on which a list of format 2 must not be used any more holds for each of its entries here.
    Raises Invalid as `NativeList` and `SignedList`.
    """
    first = stream.readline(LONGEST_LINE + 1)
    if f'"format":"{signed_header.FORMAT}"'.encode() not in first:
        return iter(NativeList(stream, first))
    return _ending(SignedList(stream, first))


def _ending(listed: SignedList) -> Iterator[ListEntry | Problem]:
    end = listed.header.expires
    for each in listed:
        if end is None or isinstance(each, Problem) or (each.expires is not None and each.expires <= end):
            yield each
        else:
            yield replace(each, expires=end)


def write(entries: Iterable[ListEntry], out: BinaryIO, *, header: Header) -> Counter[str]:
    """Write a list in the order of `entries`, in format 1.

    Returns what was left out, counted: entries that `read` would refuse, and what only format 2 has a place for.
    """
    first: dict[str, Any] = {
        "format": FORMAT,
        "name": header.name,
        "number": header.number,
        "created": time_text(header.created),
    }
    out.write(dumped(first | ({"scheme": header.scheme} if header.scheme else {})))
    count, left_out = 0, Counter[str]()
    for entry in entries:
        try:
            made = as_json(entry)
            entry_of(made, "")
            line = dumped(made)
        except Invalid as error:
            left_out[f"entries with a bad {error.place.removeprefix(', ') or 'value'}"] += 1
            continue
        out.write(line)
        count += 1
        left_out.update(name for name, value in _losses(entry) if value)
    out.write(dumped({"entries": count}))
    return left_out


def _losses(entry: ListEntry) -> tuple[tuple[str, object], ...]:
    return (("days of expiry", entry.expires), ("tags", entry.tags), ("admissions", entry.admitted))


def _header(first: tuple[int, bytes]) -> Header:
    given: Mapping[str, Any] = canonical(first[1], "line 1")
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
