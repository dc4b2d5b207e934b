"""One file out of a form (multipart/form-data, RFC 7578), bounded in size and in the number of its parts.

Rules:
- the whole body is held in memory, up to the bound of its route, and is never written to a file
- the sender's file names are not read: they are the sender's words, and name people
"""

import re
from dataclasses import dataclass

from tutela_node.foundation.errors import Invalid, Limited

MOST_PARTS = 20
MOST_HEAD = 8 * 1024
BOUNDARY = re.compile(r'boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
NAME = re.compile(rb'[;\s]name=(?:"([^"\r\n]{0,100})"|([^\s;"]{1,100}))', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: the name of its field, its content type in lower case, whether it is a file, its octets."""

    name: str
    content_type: str
    is_file: bool
    content: bytes


def is_form(content_type: str) -> bool:
    return content_type.lower().startswith("multipart/form-data")


def read_form(content_type: str, body: bytes) -> tuple[Part, ...]:
    """The parts of a form, in their order. Raises Invalid or Limited."""
    named = BOUNDARY.search(content_type)
    if named is None:
        raise Invalid("names no boundary", place="Content-Type")
    line = b"--" + (named[1] or named[2]).encode("latin-1", "replace")
    at = 0 if body.startswith(line) else body.find(b"\r\n" + line) + 2
    if not body.startswith(line, at):
        raise Invalid("holds no part", place="form")
    found: list[Part] = []
    at += len(line)
    while not body.startswith(b"--", at):
        if len(found) >= MOST_PARTS:
            raise Limited(f"at most {MOST_PARTS} parts", place="form")
        end = body.find(b"\r\n" + line, at)
        if end < 0:
            raise Invalid("a part has no end", place=f"part {len(found) + 1}")
        found.append(_part(body, at, end, f"part {len(found) + 1}"))
        at = end + 2 + len(line)
    return tuple(found)


def only_file(parts: tuple[Part, ...]) -> Part:
    """Raises Invalid unless exactly one part is a file."""
    files = [each for each in parts if each.is_file]
    if len(files) != 1:
        raise Invalid(f"must hold exactly one file, not {len(files)}", place="form")
    return files[0]


def _part(body: bytes, start: int, end: int, place: str) -> Part:
    close = body.find(b"\r\n\r\n", start, min(end + 4, start + MOST_HEAD))
    if close < 0:
        raise Invalid("has no heading, or one that is too long", place=place)
    disposition = kind = b""
    for line in body[start:close].split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-disposition":
            disposition = b" " + value
        elif name.strip().lower() == b"content-type":
            kind = value.strip().lower()
    found = NAME.search(disposition)
    return Part(
        name=(found[1] or found[2] or b"").decode("utf-8", "replace") if found else "",
        content_type=kind.decode("latin-1"),
        is_file=b"filename" in disposition.lower() or bool(kind),
        content=body[close + 4 : end],
    )
