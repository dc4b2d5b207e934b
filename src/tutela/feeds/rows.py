"""Reads a list of domains and addresses that people keep: lines of text, or JSON.

Rules:
- text: one domain or address a line; blank lines and lines that start with # are skipped
- JSON: {"origin": ..., "serial": ..., "entries": [...]}, an entry being a text or {"domain", "include_subdomains"}
- each row keeps its place, so that a bad one can be named later and does not stop the others
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tutela.errors import Invalid, Limited

MAX_BYTES = 64 * 1024 * 1024
MAX_ROW = 8 * 1024
MEMBERS = {"origin", "serial", "entries"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`problem` says why the row cannot be used; `text` is empty then."""

    place: str
    text: str = ""
    include_subdomains: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a file holds; `origin` and `serial` only where the file says them."""

    rows: tuple[Row, ...]
    origin: str | None = None
    serial: int | None = None


def read_rows(raw: bytes) -> Rows:
    """The rows of a file in either form. Raises Limited beyond 64 MiB, Invalid when the whole is no such file."""
    if len(raw) > MAX_BYTES:
        raise Limited(f"the file has {len(raw)} bytes; at most {MAX_BYTES} are read")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("the file must be UTF-8 text", place=f"byte {error.start}") from None
    return _from_json(text) if text.lstrip().startswith("{") else Rows(rows=tuple(_from_lines(text)))


def _from_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield _row(stripped, f"line {number}")


def _row(text: str, place: str, *, include_subdomains: bool = True) -> Row:
    if len(text) > MAX_ROW:
        return Row(place=place, problem=f"the row is longer than {MAX_ROW} characters")
    return Row(place=place, text=text, include_subdomains=include_subdomains)


def _from_json(text: str) -> Rows:
    given = _object(text)
    origin, serial, entries = given.get("origin"), given.get("serial"), given.get("entries")
    if origin is not None and not isinstance(origin, str):
        raise Invalid("the origin is a text", place="origin")
    if serial is not None and (not isinstance(serial, int) or isinstance(serial, bool)):
        raise Invalid("the serial is a whole number", place="serial")
    if not isinstance(entries, list):
        raise Invalid("the entries are a list", place="entries")
    rows = tuple(_entry(entry, f"entries[{index}]") for index, entry in enumerate(entries))
    return Rows(rows=rows, origin=origin, serial=serial)


def _object(text: str) -> dict[str, Any]:
    try:
        given: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError as error:
        raise Invalid(f"this is no JSON: {error.msg}", place=f"line {error.lineno}, column {error.colno}") from None
    except (RecursionError, ValueError):
        raise Invalid("the JSON is nested too deeply, or holds a number too long to read") from None
    unknown = len(given.keys() - MEMBERS)
    if unknown:
        raise Invalid(f"{unknown} members are not known; known are origin, serial and entries")
    return given


def _entry(entry: object, place: str) -> Row:
    if isinstance(entry, str):
        return _row(entry.strip(), place)
    if isinstance(entry, dict) and entry.keys() <= {"domain", "include_subdomains"}:
        domain, below = entry.get("domain"), entry.get("include_subdomains", True)
        if isinstance(domain, str) and isinstance(below, bool):
            return _row(domain.strip(), place, include_subdomains=below)
    return Row(place=place, problem='an entry is a text, or an object with "domain" and "include_subdomains"')
