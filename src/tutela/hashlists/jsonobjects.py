"""The objects in an array of a large JSON document, one at a time.

Rules:
- memory is bounded by one object: its values, its depth, and the bytes since the one before
- what stands before a break in the document is kept; the break is a problem that ends the reading
- an object that is too large is a problem with its place and stops nothing
- a byte order mark is honoured: UTF-8, UTF-16
- numbers are read as those of the machine (`use_float`): else ijson's C code fails in ways that cannot be caught on an
  integer of more than 4300 digits, up to a crash of the process
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import ijson
from ijson.common import ObjectBuilder

from tutela.errors import Invalid, Limited
from tutela.hashlists.csvlines import decoded
from tutela.hashlists.entry import Problem

MOST_VALUES = 20_000
MOST_DEPTH = 24
MOST_OCTETS = 32 * 1024 * 1024  # between two values that end: the longest text
LONGEST_OUTER = 4096
_PIECE = 4096  # read at once: ijson writes the whole path of each value in it before we can see how deep it is


@dataclass(slots=True)
class Outer:
    """Short values beside the array, by their path, as far as they were read."""

    values: dict[str, Any] = field(default_factory=dict)

    def keep(self, path: str, value: Any) -> None:
        if len(str(value)) <= LONGEST_OUTER and len(self.values) < MOST_VALUES:
            self.values[path] = value

    def text(self, path: str) -> str:
        value = self.values.get(path)
        return value if isinstance(value, str) else ""


Placed = tuple[str, Mapping[str, Any] | Problem]


def objects(stream: BinaryIO, paths: frozenset[str], outer: Outer) -> Iterator[Placed]:
    """(place, object) for each object at one of `paths` (such as `value.item`), or (place, problem).

    An array at a longer path of `paths` inside an object is read by itself, and is no part of the object around it.
    Raises Invalid when none of the arrays is there, Limited where the document as a whole is too deep.
    """
    reading = _Reading(paths, outer)
    source = _Bounded(stream)
    try:
        for prefix, event, value in ijson.parse(source, buf_size=_PIECE, use_float=True):
            source.mark()
            found = reading.take(prefix, event, value)
            if found is not None:
                yield found
    except (ijson.JSONError, UnicodeDecodeError, ArithmeticError, ValueError):
        if not reading.seen:
            raise Invalid("not the JSON of this format", place=f"before byte {source.count}") from None
        message = "the document is cut or not JSON from here on; entries may be missing"
        yield "document", Problem(place=f"before byte {source.count}", message=message)
        return
    if not reading.seen:
        raise Invalid(f"expected an array at {' or '.join(sorted(paths))}", place="document")


class _Reading:
    """Builds objects from events."""

    def __init__(self, paths: frozenset[str], outer: Outer) -> None:
        self._paths, self._outer = paths, outer
        self._arrays = frozenset(path.removesuffix(".item").removesuffix("item") for path in paths)
        self._building: list[_Building] = []
        self._counts: dict[str, int] = {}
        self._depth = 0
        self.seen = False

    def take(self, prefix: str, event: str, value: Any) -> Placed | None:
        self._measure(event)
        if prefix in self._arrays and event in ("start_array", "end_array"):
            self.seen = True
        elif prefix in self._paths and event != "map_key":
            return self._at_item(prefix, event)
        elif self._building:
            if event != "map_key" or f"{prefix}.{value}" not in self._arrays:
                self._building[-1].add(event, value)
        elif event in ("string", "number", "boolean"):
            self._outer.keep(prefix, value)
        return None

    def _at_item(self, prefix: str, event: str) -> Placed | None:
        """The beginning or the end of an object, or something in its place that is none."""
        if event == "end_map":
            done = self._building.pop()
            return done.place, done.built()
        if event == "end_array":
            return None
        self._counts[prefix] = self._counts.get(prefix, 0) + 1
        place = f"{prefix.removesuffix('item').strip('.') or 'item'} {self._counts[prefix]}"
        if event == "start_map":
            self._building.append(_Building(place))
            return None
        return place, Problem(place=place, message="expected an object; it is left out")

    def _measure(self, event: str) -> None:
        if event in ("start_map", "start_array"):
            self._depth += 1
            if self._depth > MOST_DEPTH:
                raise Limited(f"the document nests deeper than {MOST_DEPTH} levels", place="document")
        elif event in ("end_map", "end_array"):
            self._depth -= 1


class _Building:
    """One object while it is being read."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._builder = ObjectBuilder()
        self._builder.event("start_map", None)
        self._values = 0

    def add(self, event: str, value: Any) -> None:
        self._values += 1
        if self._values <= MOST_VALUES:
            self._builder.event(event, value)

    def built(self) -> Mapping[str, Any] | Problem:
        if self._values > MOST_VALUES:
            return Problem(place=self.place, message=f"more than {MOST_VALUES} values in one object; it is left out")
        value: Mapping[str, Any] = self._builder.value
        return value


class _Bounded:
    """The stream as UTF-8 without a mark; too much without an end of a value is refused."""

    def __init__(self, stream: BinaryIO) -> None:
        text, encoding = decoded(stream, "utf-8")
        self._raw: io.BufferedReader | None = None
        self._text = text
        if encoding == "utf-8":
            self._raw = text.detach()  # type: ignore[assignment]  # `decoded` wraps a buffered reader
        self.count = 0
        self._since = 0

    def read(self, size: int) -> bytes:
        part = self._raw.read(size) if self._raw is not None else self._text.read(size).encode("utf-8", "replace")
        self.count += len(part)
        self._since += len(part)
        if self._since > MOST_OCTETS:
            raise Limited(f"a text of more than {MOST_OCTETS >> 20} MiB", place=f"before byte {self.count}")
        return part

    def mark(self) -> None:
        """A value ended."""
        self._since = 0
