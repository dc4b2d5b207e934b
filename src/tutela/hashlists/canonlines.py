"""Lines of canonical JSON (RFC 8785): one object a line, one spelling an object.

Rules:
- a line ends with one line feed and has at most 262,144 bytes; what is longer is passed over, never held
- field names are ASCII and numbers are whole, so that the standard encoder gives the canonical form
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from tutela.errors import Invalid

LONGEST_LINE = 262_144
Numbered = Iterator[tuple[int, bytes]]
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def numbered(stream: BinaryIO, first: bytes = b"") -> Numbered:
    """Each line with its number from 1; one that is too long is cut, which `loaded` then refuses.

    `first` is the first line, where it was read from the stream already.
    """
    number = 1 if first else 0
    if first:
        yield 1, first
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        yield number, line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE + 1)


def dumped(value: Mapping[str, Any]) -> bytes:
    """The line of an object without floating-point numbers and with ASCII field names. Raises Invalid."""
    try:
        return _encode(value).encode() + b"\n"
    except ValueError:  # a lone surrogate among them
        raise Invalid("a value has no canonical form", place="value") from None


def loaded(line: bytes, place: str) -> dict[str, Any]:
    """The object on a line, whatever its spelling: compare with `dumped`. Raises Invalid."""
    if len(line) > LONGEST_LINE:
        raise Invalid(f"longer than {LONGEST_LINE} bytes", place=place)
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        raise Invalid("not a JSON object", place=place) from None
    if not isinstance(given, dict):
        raise Invalid("not a JSON object", place=place)
    return given


def canonical(line: bytes, place: str) -> dict[str, Any]:
    """The object on a line in its canonical form. Raises Invalid."""
    given = loaded(line, place)
    try:
        same = dumped(given) == line
    except (Invalid, RecursionError):
        same = False
    if not same:
        raise Invalid("not an object in canonical JSON (RFC 8785) ended by one line feed", place=place)
    return given
