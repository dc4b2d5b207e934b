"""One line of the output: what is known of a file, or of a member inside one.

Rules:
- a line that crossed a process border is read as strictly as any outside input: its writer may have been taken over by
  what it decoded
- the path of a file is said by who walked, never by who decoded; a decoder names only members inside the file
- names are octets: `path` is text for people, and `path_hex` gives the octets whenever the text cannot give them back
"""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from tutela.errors import Invalid

LONGEST_LINE = 8 * 1024 * 1024
_NUMBER, _TEXT = (int,), (str,)
_MAYBE_TEXT, _MAYBE_NUMBER = (str, type(None)), (int, type(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An entry of a list that a file matches.

    `category` is scheme and code as the list says, or empty. `distance` is in bits; `match_class` is exact or near;
    `via` the form of the picture that matched. `percent`: how much of a video's frames the entry has, or how many bits
    of a sound are equal (and `distance` is then what is left of 100); else None.
    """

    list: str
    entry: str
    category: str
    algorithm: str
    distance: int
    match_class: str
    via: str
    percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a file or a member, without where the file is.

    `member` is the way inside the file, empty for the file itself. Digests are lower-case hexadecimal, None when the
    bytes could not be read. `seconds`: how long it plays; `frames`: how many of its frames were compared.
    `known_good`: the lists of known-good files that have it. `problem`: what could not be done, as a sentence.
    """

    member: str = ""
    kind: str = "other"
    size: int | None = None
    sha256: str | None = None
    sha1: str | None = None
    md5: str | None = None
    pdq: str | None = None
    pdq_quality: int | None = None
    width: int | None = None
    height: int | None = None
    truncated: bool = False
    seconds: float | None = None
    frames: int | None = None
    known_good: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    problem: str = ""


_SEEN_TYPES: Mapping[str, tuple[type, ...]] = {
    "member": _TEXT, "kind": _TEXT, "size": _MAYBE_NUMBER, "sha256": _MAYBE_TEXT, "sha1": _MAYBE_TEXT,
    "md5": _MAYBE_TEXT, "pdq": _MAYBE_TEXT, "pdq_quality": _MAYBE_NUMBER, "width": _MAYBE_NUMBER,
    "height": _MAYBE_NUMBER, "truncated": (bool,), "seconds": (float, int, type(None)), "frames": _MAYBE_NUMBER,
    "known_good": (list,), "matches": (list,), "problem": _TEXT,
}  # fmt: skip
_MATCH_TYPES: Mapping[str, tuple[type, ...]] = {
    "list": _TEXT, "entry": _TEXT, "category": _TEXT, "algorithm": _TEXT, "distance": _NUMBER,
    "match_class": _TEXT, "via": _TEXT, "percent": (float, int, type(None)),
}  # fmt: skip
NAMES = ("path", *(each.name for each in fields(Seen)))


def to_wire(seen: Seen) -> bytes:
    """The frame that `from_wire` reads."""
    return json.dumps(_values(seen)).encode()


def _values(seen: Seen) -> dict[str, Any]:
    """Field by field: the general way of dataclasses copies every value, twice for each file of a scan."""
    values = {name: getattr(seen, name) for name in _SEEN_TYPES}
    values["matches"] = [{name: getattr(each, name) for name in _MATCH_TYPES} for each in seen.matches]
    return values


def from_wire(frame: bytes) -> Seen:
    """Raises Invalid unless `frame` is what `to_wire` writes."""
    try:
        given = json.loads(frame)
    except (ValueError, RecursionError):
        given = None
    values = _checked(given, _SEEN_TYPES)
    matches = tuple(Match(**_checked(each, _MATCH_TYPES)) for each in values["matches"])
    if not all(type(name) is str for name in values["known_good"]):
        raise Invalid("not a line of a scanning process")
    if not all(math.isfinite(each or 0) for each in (values["seconds"], *(match.percent for match in matches))):
        raise Invalid("a line of a scanning process with a number that is none")
    try:
        os.fsencode(values["member"])
    except UnicodeEncodeError as error:
        raise Invalid("a line of a scanning process with a name that is none") from error
    return Seen(**{**values, "matches": matches, "known_good": tuple(values["known_good"])})


def _checked(given: Any, types: Mapping[str, tuple[type, ...]]) -> dict[str, Any]:
    if type(given) is not dict or given.keys() != types.keys():
        raise Invalid("not a line of a scanning process")
    if any(type(value) not in types[name] for name, value in given.items()):
        raise Invalid("a line of a scanning process with fields of the wrong type")
    return given


def shown(name: bytes) -> str:
    """`name` as text; octets that are no UTF-8 become U+FFFD."""
    return name.decode("utf-8", errors="replace")


def line_of(path: bytes, seen: Seen) -> dict[str, Any]:
    """The line as an object, in the order in which it is written. Members stand behind a slash in `path`."""
    whole = path + b"/" + os.fsencode(seen.member) if seen.member else path
    values = _values(seen)
    values["known_good"] = list(seen.known_good)
    values["matches"] = [_match_object(each) for each in values["matches"]]
    line = {"path": shown(whole), **values, "member": shown(os.fsencode(seen.member))}
    if shown(whole).encode() != whole:
        line["path_hex"] = whole.hex()
    return line


def to_json(path: bytes, seen: Seen) -> bytes:
    """One line of JSON in ASCII, with its end."""
    return json.dumps(line_of(path, seen), allow_nan=False).encode() + b"\n"


def _match_object(match: dict[str, Any]) -> dict[str, Any]:
    """The keys of `tutela match`: `class` is no name that Python allows."""
    names = {"match_class": "class"}
    return {names.get(name, name): value for name, value in match.items() if name != "percent" or value is not None}
