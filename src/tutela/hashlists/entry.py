"""One entry of a hash list, whatever format it came in, and what is said about a row that is no entry.

Rules:
- a reader yields entries and problems in the order of the file; a bad row is a problem and never stops the rest
- a problem says where and what would be right, never the value
- digests are lower-case hexadecimal; other algorithms are opaque text, kept as they came
- `place` says where an entry was read and is no part of what it is: two entries differing only there are equal
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from tutela.errors import Invalid

HEX_DIGITS: Mapping[str, int] = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "pdq": 64}
LONGEST_VALUE = 16_384  # two minutes of sound in the text of Chromaprint have up to 5,000 characters
LONGEST_ID = 512
LONGEST_TAG = 128
MOST_TAGS = 64
_HEX = re.compile(r"[0-9a-fA-F]+", re.ASCII)
_OPAQUE = re.compile(r"[\x21-\x7e]+")
_ALGORITHM = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


class Purpose(StrEnum):
    """What a list is for. Known-good fingerprints say that a file needs no look; they are never mixed with others."""

    KNOWN = "known"
    KNOWN_GOOD = "known_good"


class MediaKind(StrEnum):
    """What the fingerprints were made from."""

    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """A code in a classification scheme, such as scheme "ncmec-industry", code "A1"."""

    scheme: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The member who contributed the entry, by its id in the list and its name."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The decision that put the entry on the list: its name in the publisher's own records, opaque, and when."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """How many members confirmed (affirmative) or disputed (negative) one algorithm's value."""

    algorithm: str
    affirmative: int = 0
    negative: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """One entry. `id` is the list's own; `hashes` are (algorithm, value) pairs; `timestamp` is in UTC.

    `expires` is the first day on which it no longer counts; `tags` are words of the list's own; `admitted` is the
    decision that put it there. A deleted entry withdraws the one of the same `key`, and may hold no hashes.
    """

    id: str
    hashes: tuple[tuple[str, str], ...] = ()
    kind: MediaKind | None = None
    classification: Classification | None = None
    source: Source | None = None
    timestamp: datetime | None = None
    deleted: bool = False
    feedback: tuple[Feedback, ...] = ()
    expires: date | None = None
    tags: tuple[str, ...] = ()
    admitted: Admission | None = None
    place: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells entries of one list apart: ids are unique per source and kind."""
        return (self.source.id if self.source else "", self.kind or "", self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A row, element or value that could not be read: where, and what would be right."""

    place: str
    message: str


Read = Iterator[ListEntry | Problem]


def checked_id(value: str) -> str:
    """`value` without outer white space, if it can be an id. Raises Invalid."""
    kept = value.strip()
    if not kept or len(kept) > LONGEST_ID or not kept.isprintable():
        raise Invalid(f"an id has 1 to {LONGEST_ID} printable characters", place="id")
    return kept


def checked_algorithm(value: str) -> str:
    """An algorithm's name in lower case. Raises Invalid unless it is a letter and then letters, digits, `_.-`."""
    name = value.strip().lower()
    if not _ALGORITHM.fullmatch(name):
        raise Invalid("an algorithm's name has 1 to 64 letters, digits, dots, dashes", place="algorithm")
    return name


def checked_hash(algorithm: str, value: str) -> str:
    """The value in its kept form: lower-case digits for known digests, else the text itself. Raises Invalid."""
    kept, digits = value.strip(), HEX_DIGITS.get(algorithm)
    if kept.endswith(("...", "\u2026")):
        raise Invalid("the value was cut short (it ends in an ellipsis); the whole value is needed", place=algorithm)
    if digits is not None:
        if len(kept) != digits or not _HEX.fullmatch(kept):
            raise Invalid(f"expected {digits} hexadecimal digits, found {len(kept)} characters", place=algorithm)
        return kept.lower()
    if len(kept) > LONGEST_VALUE or not _OPAQUE.fullmatch(kept):
        raise Invalid(f"expected 1 to {LONGEST_VALUE} visible ASCII characters without spaces", place=algorithm)
    return kept


def checked_time(value: str) -> datetime:
    """An ISO 8601 time with a zone (such as 2017-10-24T15:00:00Z) in UTC. Raises Invalid, also without a zone."""
    try:
        read = datetime.fromisoformat(value.strip())
        if read.tzinfo is not None:
            return read.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid("expected a time with its zone, such as 2017-10-24T15:00:00Z", place="timestamp")


def checked_day(value: str) -> date:
    """An ISO 8601 day such as 2027-01-31. Raises Invalid."""
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise Invalid("expected a day, such as 2027-01-31", place="expires") from None


def checked_tag(value: str) -> str:
    """A tag without outer white space. Raises Invalid."""
    kept = value.strip()
    if not kept or len(kept) > LONGEST_TAG or not kept.isprintable():
        raise Invalid(f"a tag has 1 to {LONGEST_TAG} printable characters", place="tags")
    return kept


def epoch_time(seconds: float) -> datetime:
    """Seconds since 1970 in UTC, whole or with a fraction. Raises Invalid."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise Invalid("expected seconds since 1970", place="timestamp") from None


def checked_kind(value: str) -> MediaKind:
    """`image` or `video` in either case. Raises Invalid."""
    try:
        return MediaKind(value.strip().lower())
    except ValueError:
        raise Invalid("expected image or video", place="kind") from None


def time_text(moment: datetime) -> str:
    """`moment` as ISO 8601 in UTC with a Z, the inverse of `checked_time`. Raises Invalid without a zone."""
    if moment.tzinfo is None:
        raise Invalid("the time has no zone; give it one", place="timestamp")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
