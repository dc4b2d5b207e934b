"""How urgent a report is, how complete, and why: plain values in and out.

Rules:
- every point has a reason that a person can read; the points themselves are the profile's, under its version
- what a sender did not say counts as no; nothing is guessed from words
- urgency is 0 to 100, and so is completeness; neither decides anything, both only put reports in order
- a report that people could not be spared is never put last for being incomplete: the two figures are kept apart
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tutela_node.foundation.profile import Triage
from tutela_node.intake.facts import Concern, Facts
from tutela_node.intake.rules import Voice

DAY = timedelta(days=1)
TAKEN = timedelta(hours=12)  # a case that somebody took is free again after this, so that a shift loses none


class Band(StrEnum):
    """In which part of the triage list a report stands."""

    NOW = "now"
    SOON = "soon"
    USUAL = "usual"
    LATER = "later"


class Why(StrEnum):
    """What adds to the urgency or takes from it. The profile's `triage.points` go by these names."""

    RECEIVED = "received"
    AT_RISK = "at_risk"
    ABUSE = "abuse"
    EXTORTION = "extortion"
    TRAFFICKING = "trafficking"
    GROOMING = "grooming"
    THREAT = "threat"
    OWN = "own"
    CHILD = "child"
    RECENT = "recent"
    ESCALATED = "escalated"
    NEW_FILE = "new_file"
    KNOWN_FILE = "known_file"
    NEAR_FILE = "near_file"
    VIEWED = "viewed"
    VICTIM_KNOWN = "victim_known"
    SUSPECT_KNOWN = "suspect_known"
    MANY_SENDERS = "many_senders"
    GENERATED = "generated"
    DUPLICATE = "duplicate"
    VIRAL = "viral"
    INFORMATIONAL = "informational"


class Lack(StrEnum):
    """What a report leaves open; each part that is there adds to its completeness."""

    CONTENT = "content"  # no address and no file
    ACCOUNT = "account"
    TIME = "time"
    NETWORK = "network"  # no IP address
    WORDS = "words"
    VIEW = "view"  # nobody at the sender looked, or nobody says so


PARTS: Mapping[Lack, int] = {
    Lack.CONTENT: 35,
    Lack.ACCOUNT: 20,
    Lack.TIME: 15,
    Lack.NETWORK: 10,
    Lack.WORDS: 10,
    Lack.VIEW: 10,
}
CONCERNS = {
    Concern.ABUSE: Why.ABUSE,
    Concern.EXTORTION: Why.EXTORTION,
    Concern.TRAFFICKING: Why.TRAFFICKING,
    Concern.GROOMING: Why.GROOMING,
    Concern.THREAT: Why.THREAT,
}


class Found(StrEnum):
    """What our lists said of a report's files."""

    UNCHECKED = "unchecked"
    NONE = "none"
    NEAR = "near"
    EXACT = "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known of a report beside what it says itself. `senders` counts organisations that sent its bundle."""

    received_at: datetime
    voice: Voice = Voice.ADULT
    has_words: bool = False
    addresses: int = 0
    found: Found = Found.UNCHECKED
    is_duplicate: bool = False
    senders: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """`reasons` say what each one added, the weightiest first."""

    urgency: int
    band: Band
    completeness: int
    reasons: tuple[tuple[Why, int], ...] = ()
    lacks: tuple[Lack, ...] = field(default_factory=tuple)


def weigh(facts: Facts, around: Around, rule: Triage) -> Sense:
    """What the profile's rule makes of a report."""
    found = [(why, int(getattr(rule.points, why))) for why in _whys(facts, around, rule)]
    urgency = min(100, max(0, sum(points for _, points in found)))
    counted = sorted((each for each in found if each[1]), key=lambda each: (-abs(each[1]), each[0]))
    lacks = _lacks(facts, around)
    return Sense(
        urgency=urgency,
        band=band_of(urgency, rule),
        completeness=sum(PARTS.values()) - sum(PARTS[each] for each in lacks),
        reasons=tuple(counted),
        lacks=lacks,
    )


def band_of(urgency: int, rule: Triage) -> Band:
    if urgency >= rule.now_from:
        return Band.NOW
    if urgency >= rule.soon_from:
        return Band.SOON
    return Band.USUAL if urgency >= rule.usual_from else Band.LATER


def hours_until_look(bands: Iterable[Band], rule: Triage, *, otherwise: int) -> int:
    """Until when somebody first looks at what reports of these bands name."""
    hours = {Band.NOW: rule.now_hours, Band.SOON: rule.soon_hours}
    return min((hours.get(band, otherwise) for band in bands), default=otherwise)


def _whys(facts: Facts, around: Around, rule: Triage) -> list[Why]:
    files = {Found.NONE: Why.NEW_FILE, Found.NEAR: Why.NEAR_FILE, Found.EXACT: Why.KNOWN_FILE}
    asked = {
        Why.RECEIVED: True,
        Why.AT_RISK: facts.at_risk,
        Why.OWN: facts.own,
        Why.CHILD: around.voice is not Voice.ADULT,
        Why.RECENT: _is_recent(facts, around),
        Why.ESCALATED: facts.escalated,
        Why.VIEWED: any(each.viewed for each in facts.files),
        Why.VICTIM_KNOWN: facts.victim_known,
        Why.SUSPECT_KNOWN: facts.suspect_known,
        Why.MANY_SENDERS: around.senders >= rule.many_senders,
        Why.GENERATED: facts.generated,
        Why.DUPLICATE: around.is_duplicate,
        Why.VIRAL: is_viral(facts),
        Why.INFORMATIONAL: facts.informational,
    }
    named = [CONCERNS.get(facts.concern), files.get(around.found)]
    return [why for why, holds in asked.items() if holds] + [why for why in named if why is not None]


def is_viral(facts: Facts) -> bool:
    """Passed on widely: the report says so, or says so of every one of its files."""
    return facts.viral or (bool(facts.files) and all(each.viral for each in facts.files))


def _is_recent(facts: Facts, around: Around) -> bool:
    return facts.happened_at is not None and abs(around.received_at - facts.happened_at) <= DAY


def _lacks(facts: Facts, around: Around) -> tuple[Lack, ...]:
    there = {
        Lack.CONTENT: bool(around.addresses or facts.files or facts.hashes),
        Lack.ACCOUNT: bool(facts.accounts or facts.mails or facts.phones),
        Lack.TIME: facts.happened_at is not None,
        Lack.NETWORK: bool(facts.ips),
        Lack.WORDS: around.has_words,
        Lack.VIEW: any(each.viewed for each in facts.files),
    }
    return tuple(lack for lack, is_there in there.items() if not is_there)
