"""When a verdict is reached, on what grounds, and what it costs to look.

Rules (design, section 4, decision 10):
- a verdict needs as many people as the profile says, each deciding for themselves; one person counts once
- an exact match or a close near match on a trusted list may be taken over without looking; the code stays the same
- what somebody sent of their own picture carries nothing: nobody has looked, so it is never taken over
- a sound that is known carries nothing: the same sound lies under other pictures, so it is a hint to whoever looks
- a near match beyond the reuse distance decides only when one of those who agree has looked
- without anything known, everybody who decides has looked; “cannot be assessed” never needs a look
- a code that the scheme does not call final (“in doubt”) asks for one more person; it is no vote for anything
- an assessment counts from the moment it takes effect, and never once it was withdrawn
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from tutela_node.review.errors import CodeKept, GroundRefused

SOON = timedelta(hours=4)
PLAIN = "plain"
SOUND = "chromaprint"


class Bucket(StrEnum):
    """What an entry costs the person who takes it."""

    DUE = "due"
    FACTS = "facts"
    LOOK = "look"
    TEXT = "text"


class Reason(StrEnum):
    """Why an entry is in its bucket."""

    EXACT_MATCH = "exact_match"
    NEAR_MATCH = "near_match"
    SOUND_MATCH = "sound_match"
    PEER_VERDICT = "peer_verdict"
    NO_MATCH = "no_match"
    DISAGREEMENT = "disagreement"
    DOUBT = "doubt"
    WORDS_ONLY = "words_only"
    UNCAPTURED = "uncaptured"


class Ground(StrEnum):
    """What an assessment rests on."""

    OWN_VIEW = "own_view"
    FACTS = "facts"
    NEAR_MATCH = "near_match"
    PEER = "peer"


class EntryState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    CLOSED = "closed"


class Sum(StrEnum):
    """What the assessments add up to."""

    NONE_YET = "none_yet"
    VERDICT = "verdict"
    DISAGREEMENT = "disagreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The profile's numbers. Distances in bits of 256, quality 0 to 100."""

    assessors: int
    withdraw_seconds: int
    daily_views: int
    claim_minutes: int
    reuse_distance: int
    reuse_quality: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The best match, as a summary without any hash. `code` is in the national scheme, "" when it cannot be mapped."""

    closeness: str  # exact or near
    entry: str  # what the list calls it
    list_name: str
    algorithm: str = ""
    distance: int = 0  # bits of 256; of a sound, percent of those that were compared
    quality: int = 100
    trusted: bool = False
    unverified: bool = False  # somebody sent it of their own picture, and nobody has looked
    scheme: str = ""
    code: str = ""
    people: int = 0  # how many decided that entry, 0 when the list does not say
    decided_on: str = ""  # ISO date, "" when the list does not say
    peer: str = ""  # the node or hotline whose verdict it is
    via: str = PLAIN  # by which form of the picture it came about

    @property
    def is_sound(self) -> bool:
        return self.algorithm == SOUND

    @property
    def percent(self) -> int:
        """Of a sound: how many percent of the bits are equal."""
        return 100 - self.distance

    @property
    def decided_day(self) -> date | None:
        return date.fromisoformat(self.decided_on) if self.decided_on else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One assessment. Codes that call nothing illegal or legal do not `decide`; those that ask on are not `final`."""

    person: UUID
    code: str
    viewed: bool
    effective_at: datetime
    withdrawn: bool = False
    decides: bool = True
    final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody is about to record."""

    code: str
    ground: Ground
    viewed: bool
    decides: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    sum: Sum
    code: str = ""
    needs_view: bool = False  # people agree, but nobody has looked where one must


def known_from(match: Mapping[str, Any]) -> Known | None:
    """The summary as it is stored with the entry; unknown keys are left aside, an empty one is nothing known."""
    if not match:
        return None
    return Known(**{name: match[name] for name in Known.__dataclass_fields__ if name in match})


def reuse_ground(known: Known | None, terms: Terms) -> Ground | None:
    """The ground on which a verdict may be taken over without looking, if there is one."""
    return _reuse(known, terms.reuse_distance, terms.reuse_quality)


def bucket_of(*, match: Mapping[str, Any] | None, reuse_distance: int, reuse_quality: int) -> tuple[Bucket, Reason]:
    """What deciding an item will cost, and why; time is looked at when the queue is read (`group_of`)."""
    known = known_from(match or {})
    reuse = _reuse(known, reuse_distance, reuse_quality)
    return Bucket.FACTS if reuse else Bucket.LOOK, _reason_of(known)


def group_of(bucket: Bucket, *, due_at: datetime | None, now: datetime) -> Bucket:
    """An entry that is due soon stands first, whatever it costs."""
    is_soon = due_at is not None and due_at - now <= SOON
    return Bucket.DUE if is_soon else bucket


def check_ground(proposal: Proposal, *, known: Known | None, bucket: Bucket, terms: Terms) -> None:
    """Raises GroundRefused when what is known does not carry the ground."""
    if proposal.ground is Ground.OWN_VIEW:
        if not proposal.viewed and bucket is not Bucket.TEXT and proposal.decides:
            raise GroundRefused(
                "you have not opened this picture: open one view, or choose another ground", place="ground"
            )
        return
    if not proposal.decides:
        return
    if known is None or not _carries(proposal.ground, known, terms):
        raise GroundRefused("nothing known about this item carries that ground", place="ground")
    if known.code and proposal.code != known.code:
        raise CodeKept("a verdict that is taken over keeps its code; for another code look yourself", place="code")


def check_looked(proposal: Proposal, given: Iterable[Given], *, needs_view: bool, terms: Terms) -> None:
    """Raises GroundRefused when this would be the last assessment needed and nobody has looked where one must."""
    if not needs_view or proposal.viewed or not proposal.decides:
        return
    others = [each for each in given if not each.withdrawn and each.final]
    if len({each.person for each in others}) + 1 >= terms.assessors and not any(each.viewed for each in others):
        raise GroundRefused("nobody has looked yet, and here one of you must: open one view", place="ground")


def grounds_for(known: Known | None, *, bucket: Bucket, viewed: bool, terms: Terms) -> tuple[Ground, ...]:
    """The grounds that are open to somebody now, the one that costs least first."""
    taken = [
        g for g in (Ground.FACTS, Ground.PEER, Ground.NEAR_MATCH) if known is not None and _carries(g, known, terms)
    ]
    own = [Ground.OWN_VIEW] if viewed or bucket is Bucket.TEXT else []
    return (*taken, *own)


def add_up(given: Iterable[Given], *, now: datetime, needs_view: bool, terms: Terms) -> Outcome:
    """A code wins when enough people gave it and they are more than half of those who gave a final code."""
    votes = [each for each in _effective(given, now) if each.final]
    if len(votes) < terms.assessors:
        return Outcome(sum=Sum.NONE_YET)
    code, count = Counter(each.code for each in votes).most_common(1)[0]
    if count < terms.assessors or count * 2 <= len(votes):
        return Outcome(sum=Sum.DISAGREEMENT)
    agreed = [each for each in votes if each.code == code]
    if needs_view and agreed[0].decides and not any(each.viewed for each in agreed):
        return Outcome(sum=Sum.NONE_YET, needs_view=True)
    return Outcome(sum=Sum.VERDICT, code=code)


def needs_view(known: Known | None, *, bucket: Bucket, terms: Terms) -> bool:
    """Whether somebody must have looked before a verdict stands."""
    return bucket is not Bucket.TEXT and reuse_ground(known, terms) is None


def budget_left(views_today: int, daily_views: int) -> int:
    """Views that may still be opened today, never below zero."""
    return max(0, daily_views - views_today)


def _reuse(known: Known | None, reuse_distance: int, reuse_quality: int) -> Ground | None:
    if known is None or not known.trusted or known.unverified or known.is_sound:
        return None
    if known.peer:
        return Ground.PEER
    if known.closeness == "exact":
        return Ground.FACTS
    if known.via != PLAIN:
        return None  # what was cut away, written on it, or shown beside one frame was not part of that verdict
    is_close = known.distance <= reuse_distance and known.quality >= reuse_quality
    return Ground.NEAR_MATCH if is_close else None


def _reason_of(known: Known | None) -> Reason:
    if known is None:
        return Reason.NO_MATCH
    if known.is_sound:
        return Reason.SOUND_MATCH
    if known.peer:
        return Reason.PEER_VERDICT
    return Reason.EXACT_MATCH if known.closeness == "exact" else Reason.NEAR_MATCH


def _carries(ground: Ground, known: Known, terms: Terms) -> bool:
    if ground is Ground.NEAR_MATCH:  # beyond the reuse distance it counts only beside somebody who looked
        is_ours = known.trusted and not known.unverified and not known.peer
        return is_ours and known.closeness == "near" and not known.is_sound
    return reuse_ground(known, terms) is ground


def _effective(given: Iterable[Given], now: datetime) -> list[Given]:
    """The last effective assessment of each person."""
    counts = [each for each in given if not each.withdrawn and each.effective_at <= now]
    return list({each.person: each for each in sorted(counts, key=lambda each: each.effective_at)}.values())
