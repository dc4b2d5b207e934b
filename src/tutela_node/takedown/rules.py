"""Where something is hosted, whether a notice may go, and what an answer must hold.

Rules:
- the operator is whoever the address registry names for most of the addresses; other sources agree or do not, and how
  many agree is kept. Whether a content network stands in front cannot be told from outside: unknown, never “no”
- a hidden service cannot be traced, and that is an outcome, not an error
- a notice goes only to an approved contact, never while a hold stands, and not to the old host of what has moved
- a host is told of a hold only when the requesting officer chose so
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tutela.errors import Invalid, TutelaError
from tutela.urls import canonicalise
from tutela_node.takedown.errors import BadAnswer, BadContact, Wrong

EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?P<domain>(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63})", re.ASCII
)
COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
LONGEST_HOLD = timedelta(days=90)
TEXT = 300


class SourceKind(StrEnum):
    DNS = "dns"
    NETWORK = "network"
    REVERSE = "reverse"
    REGISTRATION = "registration"


class Outcome(StrEnum):
    """What a trace came to."""

    TRACED = "traced"
    UNKNOWN_OPERATOR = "unknown_operator"
    NAME_GONE = "name_gone"
    HIDDEN_SERVICE = "hidden_service"


class NoticeState(StrEnum):
    WAITING_CONTACT = "waiting_contact"
    HELD = "held"
    QUEUED = "queued"
    SENT = "sent"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


UNSENT = frozenset({NoticeState.WAITING_CONTACT, NoticeState.HELD, NoticeState.QUEUED})


class Answer(StrEnum):
    """What a host answers. REMOVED and ALREADY_GONE say that it is not there any more."""

    REMOVED = "removed"
    ALREADY_GONE = "already_gone"
    MOVED = "moved"
    NOT_OURS = "not_ours"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFact:
    """What one source said. `domains` are registrable domains that it points to; `problem` is why it said nothing."""

    kind: SourceKind
    answered: bool
    organisation: str = ""
    country: str = ""
    contact: str = ""
    domains: tuple[str, ...] = ()
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "answered": self.answered,
            "organisation": self.organisation,
            "country": self.country,
            "domains": list(self.domains),
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceFacts:
    """Where a host is, at a moment. `agree` counts the sources that point to `organisation`, of those that answered."""

    host: str
    at: datetime
    outcome: Outcome
    addresses: tuple[str, ...] = ()
    organisation: str = ""
    country: str = ""
    contact: str = ""
    agree: int = 0
    sources: tuple[SourceFact, ...] = ()
    is_content_network: bool | None = None


def add_up(*, host: str, at: datetime, addresses: tuple[str, ...], sources: tuple[SourceFact, ...]) -> TraceFacts:
    """One answer from several sources."""
    networks = [each for each in sources if each.kind is SourceKind.NETWORK and each.answered]
    if not networks:
        return TraceFacts(host=host, at=at, outcome=Outcome.UNKNOWN_OPERATOR, addresses=addresses, sources=sources)
    votes = Counter((each.organisation, each.country) for each in networks)
    organisation, country = votes.most_common(1)[0][0]
    contact = next((each.contact for each in networks if each.organisation == organisation and each.contact), "")
    home = domain_of(contact)
    return TraceFacts(
        host=host,
        at=at,
        outcome=Outcome.TRACED if organisation or contact else Outcome.UNKNOWN_OPERATOR,
        addresses=addresses,
        organisation=organisation,
        country=country,
        contact=contact,
        agree=sum(_agrees(each, organisation, home) for each in sources),
        sources=sources,
    )


def _agrees(source: SourceFact, organisation: str, home: str) -> bool:
    if source.kind is SourceKind.NETWORK:
        return source.answered and source.organisation == organisation
    return bool(home) and home in source.domains


def domain_of(contact: str) -> str:
    """The registrable domain of a mail address, or nothing."""
    return registrable(contact.rpartition("@")[2]) if "@" in contact else ""


def registrable(host: str) -> str:
    try:
        return canonicalise(f"http://{host}/").registrable_domain or ""
    except TutelaError:
        return ""


def clean_contact(text: str) -> str:
    """A mail address in ASCII, its domain in lower case. Raises BadContact."""
    found = EMAIL.fullmatch(text.strip())
    if found is None or len(text) > 254 or ".." in text:
        raise BadContact("must be one mail address such as abuse@host.example", place="contact")
    return f"{text.strip().rpartition('@')[0]}@{found['domain'].lower()}"


def clean_country(text: str) -> str:
    """Two capital letters, or nothing when the source gave something else."""
    found = text.strip().upper()
    return found if COUNTRY.fullmatch(found) else ""


def clean_text(text: str, limit: int = TEXT) -> str:
    """One line, without control and direction characters, at most `limit` characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:limit]


def has_moved(before: TraceFacts, after: TraceFacts, *, overridden: bool) -> bool:
    """Whether a notice for `before` would reach somebody who no longer hosts this.

    After a person's correction the registry's word is not compared with the person's: then other addresses mean moved.
    """
    if overridden:
        return bool(before.addresses) and not set(before.addresses) & set(after.addresses)
    return (before.organisation, before.contact.lower()) != (after.organisation, after.contact.lower())


def check_hold(*, starts: datetime, ends: datetime, reason: str) -> None:
    """Raises Invalid: a hold has a reason and ends by itself, within 90 days."""
    if not reason.strip() or len(reason) > 1000:
        raise Invalid("a hold needs its reason, in 1 to 1000 characters", place="reason")
    if not starts < ends <= starts + LONGEST_HOLD:
        raise Invalid("a hold ends after it starts, within 90 days; it can be placed again", place="ends")


def next_state(*, is_held: bool, is_approved: bool) -> NoticeState:
    if is_held:
        return NoticeState.HELD
    return NoticeState.QUEUED if is_approved else NoticeState.WAITING_CONTACT


def check_answer(outcome: str, details: Mapping[str, str]) -> dict[str, str]:
    """The answer as it is kept. Raises BadAnswer with everything that is wrong with it.

    `removed_at` is ISO 8601 in UTC, `copies` a whole number, `moved_to` a host or an address, `reason` words;
    `records_kept` is “yes” or nothing.
    """
    if outcome not in list(Answer):
        raise BadAnswer((Wrong.OUTCOME,))
    kept = {name: clean_text(details.get(name, ""), 1000) for name in (*Wrong, "records_kept")} | {"outcome": outcome}
    wrong = []
    if outcome == Answer.REMOVED and not _is_moment(kept["removed_at"]):
        wrong.append(Wrong.REMOVED_AT)
    if outcome == Answer.REMOVED and kept["copies"] and not re.fullmatch(r"[0-9]{1,7}", kept["copies"], re.ASCII):
        wrong.append(Wrong.COPIES)
    if outcome == Answer.MOVED and not _names_host(kept["moved_to"]):
        wrong.append(Wrong.MOVED_TO)
    if outcome == Answer.DIFFERENT and not kept["reason"]:
        wrong.append(Wrong.REASON)
    if wrong:
        raise BadAnswer(tuple(wrong))
    return {name: value for name, value in kept.items() if value}


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _names_host(text: str) -> bool:
    try:
        found = canonicalise(text if "://" in text else f"http://{f'[{text}]' if text.count(':') > 1 else text}/")
    except TutelaError:
        return False
    return found.is_ip or found.registrable_domain is not None
