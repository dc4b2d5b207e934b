"""What a report says about itself, whatever form it came in: what scoring, bundles and the triage list go by.

Rules:
- what a sender did not say is not guessed: “not viewed”, “not at risk”, “not escalated” until somebody says so
- facts name people and places, so they are sealed where they rest; marks of them are keyed hashes (`marks.py`)
- these bytes were written by us; what cannot be read back is refused with its field
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from tutela.errors import Invalid
from tutela.sealing import canonical, parse_canonical

MAX_FACTS = 1024 * 1024
MOST = 1000  # of each list; what a sender says beyond it stays in the original
MAX_TEXT = 2000


class Concern(StrEnum):
    """What the sender says that a report is about."""

    UNSAID = ""
    MATERIAL = "material"  # pictures, videos or texts
    GROOMING = "grooming"  # a child is approached for sexual ends
    EXTORTION = "extortion"  # somebody threatens to spread pictures of a child
    THREAT = "threat"
    ABUSE = "abuse"  # a child is abused, by hands or live before a camera
    TRAFFICKING = "trafficking"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """One file, as its sender describes it. `viewed` is True only where the sender says that a person looked at it.

    `sha256` is empty until we have the bytes; `name` is the sender's file id. `label` is the sender's own class.
    """

    name: str = ""
    sha256: str = ""
    viewed: bool = False
    public: bool = False
    label: str = ""
    viral: bool = False  # passed on widely, as a joke or in outrage
    known: bool = False  # the sender found it on a hash list


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Facts:
    """`accounts` are `service:name`, lower case; `ips`, `hosts`, `mails`, `phones` in canonical text.

    `at_risk`: the sender says that a child is in danger now, or is being abused. `escalated` is the sender's own word
    for “look at this first”, with `escalated_for` as its reason. `prior` are earlier reports, by our number.
    """

    concern: Concern = Concern.UNSAID
    at_risk: bool = False
    escalated: bool = False
    escalated_for: str = ""
    informational: bool = False  # nothing is asked for
    viral: bool = False
    generated: bool = False  # made by a generator, the sender says
    own: bool = False  # the child in the picture, or whom it happens to, reports
    happened_at: datetime | None = None
    victim_known: bool = False  # the sender says who or where the child is
    suspect_known: bool = False  # the sender says who or where the offender is
    accounts: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()  # `algorithm:hex` of files that were not sent along
    files: tuple[FileFacts, ...] = ()
    prior: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what was tolerated in the sender's form, in words

    def __repr__(self) -> str:
        """Facts must not reach logs or tracebacks."""
        return f"Facts(concern={self.concern!s}, ...)"


LISTS = tuple(each.name for each in fields(Facts) if each.type == tuple[str, ...])


def bounded(values: Iterable[str]) -> tuple[str, ...]:
    """Each value once, in order, without the empty and the overlong ones; at most `MOST`."""
    return tuple(dict.fromkeys(each for each in values if 0 < len(each) <= MAX_TEXT))[:MOST]


def facts_values(facts: Facts) -> dict[str, object]:
    """Plain JSON of what is said; what is not said is left out."""
    said: dict[str, object] = {}
    for name, value in asdict(facts).items():
        if isinstance(value, datetime):
            said[name] = value.isoformat()
        elif value:
            said[name] = list(value) if isinstance(value, tuple) else value
    return said


def read_facts(values: object) -> Facts:
    """Facts from their plain JSON. Raises Invalid with the field that breaks the form."""
    if not isinstance(values, Mapping):
        raise Invalid("facts are a JSON object", place="facts")
    known: dict[str, Any] = {}
    for each in fields(Facts):
        if each.name in values:
            known[each.name] = _read(each.name, values[each.name])
    return Facts(**known)


def write_facts(facts: Facts) -> bytes:
    """Canonical JSON, for sealing."""
    return canonical(facts_values(facts))


def parse_facts(plain: bytes) -> Facts:
    """Raises Invalid."""
    return read_facts(parse_canonical(plain, max_bytes=MAX_FACTS) if plain else {})


def _read(name: str, value: object) -> object:
    if name == "files":
        return tuple(_file(each) for each in _list(name, value))
    if name in LISTS:
        return tuple(_text(name, each) for each in _list(name, value))
    if name == "concern":
        return _concern(value)
    if name == "happened_at":
        return _moment(name, value)
    return _text(name, value) if name == "escalated_for" else _flag(name, value)


def _file(value: object) -> FileFacts:
    if not isinstance(value, Mapping):
        raise Invalid("must be an object", place="files")
    said: dict[str, Any] = {each.name: value[each.name] for each in fields(FileFacts) if each.name in value}
    for each in fields(FileFacts):
        read = _text if each.type is str else _flag
        if each.name in said:
            read(f"files.{each.name}", said[each.name])
    return FileFacts(**said)


def _list(name: str, value: object) -> list[Any]:
    if not isinstance(value, list | tuple) or len(value) > MOST:
        raise Invalid(f"must be a list of at most {MOST}", place=name)
    return list(value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise Invalid(f"must be a text of at most {MAX_TEXT} characters", place=name)
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid("must be true or false", place=name)
    return value


def _concern(value: object) -> Concern:
    try:
        return Concern(_text("concern", value))
    except ValueError:
        raise Invalid(f"must be one of {', '.join(each for each in Concern if each)}", place="concern") from None


def _moment(name: str, value: object) -> datetime:
    try:
        found = datetime.fromisoformat(_text(name, value))
    except ValueError:
        raise Invalid("must be an ISO 8601 time", place=name) from None
    if found.tzinfo is None:
        raise Invalid("must name its time zone", place=name)
    return found
