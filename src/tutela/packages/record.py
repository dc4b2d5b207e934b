"""The record of a package, `package.json`: canonical JSON from which every other tag file follows.

Rules:
- exactly the fields below; unknown, missing or mistyped ones are refused with their place
- payload paths follow from the number of exhibits and events, so a record cannot name any other file
- at most 10,000 exhibits and 5,000 events
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeVar, get_type_hints

from tutela.custody.leaf import HASH, ID
from tutela.errors import Invalid, Limited
from tutela.packages.words import check_text
from tutela.sealing import canonical, parse_canonical

FORMAT = "tutela-package-v1"
MAX_EXHIBITS, MAX_EVENTS = 10_000, 5_000
MAX_RECORD = 16 * 1024 * 1024
MAX_MEMBER = 8**11 - 1
CASE, CHECKPOINT = "data/case.jsonld", "data/log/checkpoint"
DIGESTS = {"sha256": HASH, "sha1": re.compile(r"[0-9a-f]{40}"), "md5": re.compile(r"[0-9a-f]{32}")}
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitRecord:
    """An exhibit without its bytes; `acquired_at` is RFC 3339 in UTC with milliseconds."""

    number: str
    item: str
    size: int
    sha256: str
    sha1: str
    md5: str
    media_type: str
    acquired_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """A disclosed event: its id and its place in the log."""

    event: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsRecord:
    """The case facts, flat."""

    reference: str
    organisation: str
    legal_basis: str
    released_by_first: str
    released_by_second: str
    recipient: str
    verdict_scheme: str
    verdict_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A payload file of the bag."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRecord:
    """What `package.json` says; `created_at` is RFC 3339 in UTC with milliseconds, members are in archive order."""

    id: str
    created_at: str
    origin: str
    facts: FactsRecord
    exhibits: tuple[ExhibitRecord, ...]
    events: tuple[EventRecord, ...]
    members: tuple[Member, ...]

    def to_bytes(self) -> bytes:
        """The canonical bytes; raises Invalid or Limited naming what a record cannot say."""
        check_record(self)
        return canonical({"format": FORMAT, **asdict(self)})

    @property
    def folder(self) -> str:
        """The one folder of the archive, ended by a slash."""
        return f"tutela-{self.id}/"


def exhibit_path(number: int) -> str:
    """The path of the exhibit at a position from 1; the neutral ending keeps viewers from opening it unasked."""
    return f"data/exhibits/{number:06d}.bin"


def event_paths(number: int) -> tuple[str, str, str]:
    """The paths of the details, the leaf and the proof of the event at a position from 1."""
    return f"data/events/{number:06d}.json", f"data/log/{number:06d}.leaf", f"data/log/{number:06d}.tlog-proof"


def payload_paths(exhibits: int, events: int) -> list[str]:
    """All payload paths of a package in archive order."""
    paths = [CASE, CHECKPOINT, *(exhibit_path(number) for number in range(1, exhibits + 1))]
    for number in range(1, events + 1):
        paths += event_paths(number)
    return sorted(paths)


def parse_record(data: bytes) -> PackageRecord:
    """Raises Invalid or Limited with the byte or field when the bytes are not a record."""
    value = parse_canonical(data, max_bytes=MAX_RECORD)
    if not isinstance(value, dict) or value.pop("format", None) != FORMAT:
        raise Invalid(f"the format must be “{FORMAT}”", place="format")
    parts: dict[str, Callable[[Any, str], object]] = {
        "facts": lambda part, place: _build(FactsRecord, part, place, {}),
        "exhibits": lambda part, place: _each(ExhibitRecord, part, place),
        "events": lambda part, place: _each(EventRecord, part, place),
        "members": lambda part, place: _each(Member, part, place),
    }
    record = _build(PackageRecord, value, "$", parts)
    check_record(record)
    return record


def check_record(record: PackageRecord) -> None:
    """Raises Invalid or Limited with the field when the record breaks a rule of the format."""
    if len(record.exhibits) > MAX_EXHIBITS or len(record.events) > MAX_EVENTS:
        raise Limited(f"a package has at most {MAX_EXHIBITS} exhibits and {MAX_EVENTS} events")
    check_description(record.id, record.facts, record.exhibits)
    parse_time(record.created_at, "created_at")
    check_text(record.origin, "origin")
    _check_members(record)


def check_description(package_id: str, facts: FactsRecord, exhibits: Sequence[ExhibitRecord]) -> None:
    """The part of `check_record` that can be checked before anything is made; raises Invalid with the field."""
    if not exhibits or not ID.fullmatch(package_id):
        raise Invalid("a package has an id of 32 hex characters and at least one exhibit", place="id")
    for name, text in asdict(facts).items():
        check_text(text, f"facts.{name}")
    if facts.released_by_first == facts.released_by_second:
        raise Invalid("two different people release a package", place="facts.released_by_second")
    for position, exhibit in enumerate(exhibits):
        _check_exhibit(exhibit, f"exhibits[{position}]")


def time_text(at: datetime, place: str) -> str:
    """RFC 3339 in UTC, cut to milliseconds; raises Invalid for a time without zone."""
    if at.utcoffset() is None:
        raise Invalid("a time needs its time zone", place=place)
    moment = at.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def parse_time(text: str, place: str) -> datetime:
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        at = None
    if at is None or time_text(at, place) != text:
        raise Invalid("a time is written like 2026-01-31T09:05:00.000Z", place=place)
    return at


def _check_exhibit(exhibit: ExhibitRecord, place: str) -> None:
    for name in ("number", "item", "media_type"):
        check_text(getattr(exhibit, name), f"{place}.{name}")
    for name, pattern in DIGESTS.items():
        if not pattern.fullmatch(getattr(exhibit, name)):
            raise Invalid("a digest is lower-case hex of its full length", place=f"{place}.{name}")
    parse_time(exhibit.acquired_at, f"{place}.acquired_at")


def _check_members(record: PackageRecord) -> None:
    if [member.path for member in record.members] != payload_paths(len(record.exhibits), len(record.events)):
        raise Invalid("the members are not those of these exhibits and events, in order", place="members")
    by_path = {member.path: member for member in record.members}
    for position, member in enumerate(record.members):
        if not HASH.fullmatch(member.sha256) or not 0 <= member.size <= MAX_MEMBER:
            raise Invalid("a member has a SHA-256 and fewer than 8 GiB", place=f"members[{position}]")
    for number, exhibit in enumerate(record.exhibits, 1):
        member = by_path[exhibit_path(number)]
        if (member.size, member.sha256) != (exhibit.size, exhibit.sha256):
            raise Invalid("the exhibit and its member differ", place=f"exhibits[{number - 1}]")


def _each(kind: type[Made], value: object, place: str) -> tuple[Made, ...]:
    if not isinstance(value, list):
        raise Invalid("a list was expected", place=place)
    return tuple(_build(kind, item, f"{place}[{number}]", {}) for number, item in enumerate(value))


def _build(kind: type[Made], value: object, place: str, parts: Mapping[str, Callable[[Any, str], object]]) -> Made:
    hints = get_type_hints(kind)
    names = {item.name for item in fields(kind)}  # type: ignore[arg-type]  # every kind here is a dataclass
    if not isinstance(value, dict) or value.keys() != names:
        raise Invalid(f"exactly these fields were expected: {', '.join(sorted(names))}", place=place)
    made = {}
    for name, item in value.items():
        if name in parts:
            made[name] = parts[name](item, name)
        elif type(item) is not hints[name]:
            raise Invalid("the field has the wrong type", place=f"{place}.{name}")
        else:
            made[name] = item
    return kind(**made)
