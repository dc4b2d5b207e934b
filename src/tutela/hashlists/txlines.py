"""Lines of signals, as ThreatExchange's command line keeps and exports them: a type, white space or a comma, a value.

Rules:
- `vpdq` holds the frames of one video; each frame of good quality becomes an entry of its own, under the line's number
- a pickle is refused: reading one runs what is in it
- what is no hash (addresses, words) is a problem that says so
- a bad line is a problem with its number and stops nothing

Source: the public documentation of python-threatexchange (BSD), read for facts.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tutela.errors import Invalid
from tutela.hashlists.csvlines import decoded
from tutela.hashlists.entry import HEX_DIGITS, ListEntry, MediaKind, Problem, Read, checked_hash
from tutela.hashlists.signals import split_signal

LONGEST_LINE = 4 * 1024 * 1024
MOST_FRAMES = 100_000
LEAST_QUALITY = 50
WORDS = frozenset({"url", "url_md5", "raw_text", "trend_query", "text_tlsh", "domain", "keyword"})
NO_PICKLE = "a pickle is never read, since reading one runs it: export the list as text"
_HEADERS = frozenset({"signal_type", "type"})


def read(stream: BinaryIO) -> Read:
    """Entries and problems; lines are counted from 1. Raises Invalid for a pickle."""
    text, _ = decoded(stream, "utf-8")
    try:
        number = 0
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            if number == 1 and line.startswith(("\ufffd", "\x80")):
                raise Invalid(NO_PICKLE, place="line 1")
            if len(line) > LONGEST_LINE:
                yield Problem(place=f"line {number}", message=f"longer than {LONGEST_LINE} characters")
                while line and not line.endswith("\n"):
                    line = text.readline(LONGEST_LINE)
            elif line.strip() and not line.startswith("#"):
                yield from _of_line(line.strip(), number)
    finally:
        text.detach()


def is_one(line: str) -> bool:
    """Whether a first line reads like one of these."""
    name, value = _split(line)
    try:
        algorithm, _ = split_signal(name)
    except Invalid:
        return False
    return algorithm == "vpdq" or name.lower() in WORDS or HEX_DIGITS.get(algorithm) == len(value)


def _of_line(line: str, number: int) -> Iterator[ListEntry | Problem]:
    place = f"line {number}"
    name, value = _split(line)
    if number == 1 and name.lower() in _HEADERS:
        return
    try:
        if name.lower() in WORDS:
            raise Invalid("a signal that is no fingerprint of a file; it is left out", place="type")
        algorithm, kind = split_signal(name)
        if algorithm == "vpdq":
            yield from _frames(value, number)
            return
        hashes = ((algorithm, checked_hash(algorithm, value)),)
    except Invalid as error:
        yield Problem(place=f"{place}, {error.place}", message=error.message)
    else:
        yield ListEntry(id=str(number), hashes=hashes, kind=kind, place=place)


def _split(line: str) -> tuple[str, str]:
    """The type and what follows it: after a comma (a quoted value is taken out of its quotes) or white space."""
    head, comma, rest = line.partition(",")
    if comma and not any(sign.isspace() for sign in head.strip()):
        value = rest.strip()
        if value.startswith('"'):
            value = value[1:].replace('""', "\0").partition('"')[0].replace("\0", '"')
        elif "," in value and not value.startswith("["):
            value = value.partition(",")[0]
        return head.strip(), value.strip()
    words = line.split(None, 1)
    return (words[0], words[1].strip()) if len(words) == 2 else (words[0] if words else "", "")


def _frames(value: str, number: int) -> Iterator[ListEntry | Problem]:
    try:
        given = json.loads(value)
    except (ValueError, RecursionError):
        raise Invalid("expected a JSON array of frames", place="vpdq") from None
    if not isinstance(given, list) or len(given) > MOST_FRAMES:
        raise Invalid(f"expected a JSON array of at most {MOST_FRAMES} frames", place="vpdq")
    seen: set[str] = set()
    for at, frame in enumerate(given):
        place = f"line {number}, frame {at}"
        try:
            digits, quality = _frame(frame)
        except Invalid as error:
            yield Problem(place=place, message=error.message)
            continue
        if quality >= LEAST_QUALITY and digits not in seen:
            seen.add(digits)
            yield ListEntry(id=f"{number}/{at}", hashes=(("pdq", digits),), kind=MediaKind.VIDEO, place=place)


def _frame(frame: object) -> tuple[str, int]:
    """`hash,quality,seconds`. Raises Invalid."""
    parts = frame.split(",") if isinstance(frame, str) else []
    if len(parts) != 3 or not parts[1].strip().isdecimal():
        raise Invalid("expected a hash, a quality and a time, with commas", place="vpdq")
    return checked_hash("pdq", parts[0]), int(parts[1])


def write(entries: Iterable[ListEntry], out: BinaryIO) -> Counter[str]:
    """Write a line for each value that the other side can compare; returns what was left out, counted."""
    left_out: Counter[str] = Counter()
    for entry in entries:
        if entry.deleted:
            left_out["deleted entries"] += 1
            continue
        for algorithm, value in entry.hashes:
            name = _written(algorithm, entry.kind)
            if name:
                out.write(f"{name} {value}\n".encode())
            else:
                left_out[f"{algorithm} values"] += 1
    return left_out


def _written(algorithm: str, kind: MediaKind | None) -> str:
    if algorithm == "pdq":
        return "pdq"
    return f"video_{algorithm}" if algorithm in ("md5", "sha256") and kind is not MediaKind.IMAGE else ""
