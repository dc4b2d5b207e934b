"""Decisions about lists and matches: what is kept of an entry, which match counts most, what an outsider is told.

Rules:
- an outsider learns exact, near or none: never a distance, an entry or a list
- of several matches the exact one on a trusted list comes first, then nearer before farther
- a fingerprint of poor quality is not admitted to the national list as a near-match hash: it would match too much
- nor is a sound that hardly changes or is short; a match of sounds is a hint, and says less than any other
- an entry may match while it is not withdrawn, not in quarantine and not expired; its list decides whether it is asked
- what a day adds to a list beyond its growth limit waits for people; the first filling of a list is no growth
- two people decide about a flood where the list is trusted or the flood is large
- what people send of their own pictures stays unverified: its list is never trusted, nothing else is put on it, no
  outsider is answered by it, and a copy of it says so with each entry
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tutela.errors import Conflict, Forbidden, Invalid
from tutela.matching import items_of_text, tells_enough

NATIONAL = "National list"
LONGEST_NAME = 120
SHORTEST_REASON, LONGEST_REASON = 10, 500
SOUND = "chromaprint"
VIA_SOUND = "sound"  # how a match came about that is one of sounds
MATCHED = frozenset({"sha256", "sha1", "md5", "pdq"})  # by the mapped index, which outsiders ask too
ADMITTED = ("sha256", "sha1", "md5", "pdq", SOUND)
THRESHOLD = 31
MIN_QUALITY = 50
PROBLEMS_KEPT = 200
UNVERIFIED = "unverified"  # the tag of each entry of such a list, here and in copies
EMPTY_FILE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # its SHA-256
UNEVEN = 32  # bits by which a PDQ hash of a picture with detail may miss the half
ASKED_AT_ONCE = 900  # keys in one question, which every database takes
GROWTH_LEAST, GROWTH_PERCENT = 10_000, 20  # a day may add as many, or as many percent of what was live
LARGE_FLOOD = 10_000
SHORTEST_INTERVAL, LONGEST_INTERVAL = 5, 10_080  # minutes between two fetches of a subscription


class Purpose(StrEnum):
    """What a list is for. Known-good entries are never compared as known, and never mixed with them."""

    KNOWN = "known"
    KNOWN_GOOD = "known_good"


class ListState(StrEnum):
    """A paused list keeps its entries and is not asked."""

    ACTIVE = "active"
    PAUSED = "paused"


class Origin(StrEnum):
    """How an entry was admitted."""

    IMPORT = "import"
    VERDICT = "verdict"
    EXCHANGE = "exchange"
    OWN = "own"  # sent by whom the picture shows, and verified by nobody


class CopyState(StrEnum):
    """How far a copy of a list for a recipient is."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    BUILT = "built"
    REFUSED = "refused"


class Heard(StrEnum):
    """Where a canary was met: what an asker sent, what an item has, what a list brought."""

    LOOK_UP = "look-up"
    ITEM = "item"
    IMPORT = "import"


class EntryState(StrEnum):
    """Where an entry stands. A live one is compared while its list is active."""

    LIVE = "live"
    WAITING = "waiting"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ImportState(StrEnum):
    """`running`: rows are taken, or will be as soon as a worker is free."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Health(StrEnum):
    """How a subscription is: a late one has not been whole for twice its interval."""

    PAUSED = "paused"
    FIRST = "first"
    FRESH = "fresh"
    LATE = "late"
    FAILING = "failing"


class SentState(StrEnum):
    """What became of an opinion: kept by us, on its way to the exchange, taken or refused there."""

    KEPT = "kept"
    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"


class FloodState(StrEnum):
    """`releasing`, `discarding`: decided, and its entries are being moved."""

    WAITING = "waiting"
    PROPOSED = "proposed"
    RELEASING = "releasing"
    DISCARDING = "discarding"
    RELEASED = "released"
    DISCARDED = "discarded"


class Closeness(StrEnum):
    EXACT = "exact"
    NEAR = "near"


class LookUpClass(StrEnum):
    """All that is told outside."""

    EXACT = "exact"
    NEAR = "near"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One match, as far as choosing among several needs it."""

    closeness: Closeness
    distance: int
    trusted: bool
    has_code: bool
    is_sound: bool = False


def check_name(name: str) -> str:
    """The name of an outside list without outer white space. Raises Invalid."""
    kept = name.strip()
    if not 1 <= len(kept) <= LONGEST_NAME or not kept.isprintable():
        raise Invalid(f"give the list a name, at most {LONGEST_NAME} characters", place="name")
    if kept.casefold() == NATIONAL.casefold():
        raise Invalid("the national list holds our own verdicts alone; give this list another name", place="name")
    return kept


def check_reason(reason: str) -> None:
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        wanted = f"{SHORTEST_REASON} to {LONGEST_REASON} characters"
        raise Invalid(f"say why in a sentence, {wanted}: the reason is part of the log", place="reason")


def check_may_leave(*, is_national: bool, is_unverified: bool = False) -> None:
    """Raises Forbidden for a list that others gave us: who gave it decides where it goes."""
    if not is_national and not is_unverified:
        raise Forbidden(
            "only the national list and that of own pictures are ours to hand out; others decide about theirs",
            place="list",
        )


def check_verified(*, is_unverified: bool) -> None:
    """Raises Forbidden where somebody would add to the list of own pictures, or trust it."""
    if is_unverified:
        raise Forbidden(
            "this list holds what people sent of their own pictures: nobody has verified it, so it is never trusted "
            "and nothing else is put on it",
            place="list",
        )


def copy_reference(country: str, year: int, serial: int) -> str:
    return f"L-{country}-{year}-{serial:05d}"


def strength(match: Candidate) -> tuple[bool, bool, bool, bool, int]:
    """Sorts the match that says most first."""
    is_far = match.closeness is not Closeness.EXACT
    return (is_far, match.is_sound, not match.trusted, not match.has_code, match.distance)


def percent_apart(share: float) -> int:
    """The distance of a match of sounds: of 100 bits that were compared, how many differ."""
    return round(100 * (1 - share))


def told_outside(found: Iterable[Closeness]) -> LookUpClass:
    classes = set(found)
    if Closeness.EXACT in classes:
        return LookUpClass.EXACT
    return LookUpClass.NEAR if classes else LookUpClass.NONE


def asked_forms(forms: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """Those of the forms that are not too plain to be compared."""
    return {via: value for via, (value, quality) in forms.items() if quality >= MIN_QUALITY}


def admissible(fingerprints: Mapping[str, tuple[str, int | None]]) -> dict[str, str]:
    """The fingerprints of a verdict that enter the national list."""
    kept = {}
    for algorithm in ADMITTED:
        value, quality = fingerprints.get(algorithm, ("", None))
        if value and (quality is None or quality >= MIN_QUALITY) and (algorithm != SOUND or _tells(value)):
            kept[algorithm] = value
    return kept


def _tells(sound: str) -> bool:
    """Whether a sound can be told from others."""
    try:
        return tells_enough(items_of_text(sound, SOUND))
    except Invalid:
        return False


def is_telling(*, sha256: str, pdq: str, quality: int | None, least: int) -> bool:
    """Whether the codes of a picture fit it and hardly another; it depends on them alone.

    `quality` from 0 to 100, None without a PDQ hash. PDQ sets the bits above a median, so about half of them: a hash
    with far more or fewer is of no picture that has detail.
    """
    if sha256 == EMPTY_FILE:
        return False
    return not pdq or ((quality or 0) >= least and abs(int(pdq, 16).bit_count() - 128) <= UNEVEN)


def state_of(
    *, withdrawn_at: datetime | None, quarantined_at: datetime | None, expires_on: date | None, today: date
) -> EntryState:
    """Where an entry stands on `today` (UTC). `expires_on` is the first day on which it is no longer live."""
    if withdrawn_at is not None:
        return EntryState.WITHDRAWN
    if quarantined_at is not None:
        return EntryState.WAITING
    return EntryState.LIVE if expires_on is None or today < expires_on else EntryState.EXPIRED


def may_match(
    *, withdrawn_at: datetime | None, quarantined_at: datetime | None, expires_on: date | None, today: date
) -> bool:
    """Whether an entry may match on `today` (UTC)."""
    found = state_of(withdrawn_at=withdrawn_at, quarantined_at=quarantined_at, expires_on=expires_on, today=today)
    return found is EntryState.LIVE


def allowed_growth(*, live: int, limit: int | None) -> int:
    """How many entries a day may add to a list that had `live` of them; `limit` is the list's own, if it has one."""
    return limit if limit is not None else max(GROWTH_LEAST, live * GROWTH_PERCENT // 100)


def needs_two(*, trusted: bool, count: int) -> bool:
    """Whether a second person decides about what waits in quarantine."""
    return trusted or count >= LARGE_FLOOD


def check_threshold(threshold: int) -> None:
    if not 0 <= threshold <= THRESHOLD:
        raise Invalid(f"a threshold is a number of bits from 0 to {THRESHOLD}", place="threshold")


def flood_decision(
    *, state: FloodState, needs_two: bool, is_same_wish: bool, is_same_person: bool, release: bool
) -> FloodState:
    """What follows when a person decides about a flood. Raises Conflict when it is decided, or theirs alone to decide.

    A second person who wants something else proposes that instead; then a third, or the first, decides.
    """
    if state not in (FloodState.WAITING, FloodState.PROPOSED):
        raise Conflict("this was decided already", place="flood")
    if needs_two and (state is FloodState.WAITING or not is_same_wish):
        return FloodState.PROPOSED
    if needs_two and is_same_person:
        raise Conflict("whoever proposed this cannot decide it: ask a second person", place="flood")
    return FloodState.RELEASING if release else FloodState.DISCARDING


def pause_after(failures: int, minutes: int) -> int:
    """Minutes until a subscription is tried again: growing from five, and never more than its interval or a day."""
    return min(max(minutes, 5), 1440, 5 << min(max(failures - 1, 0), 8))


def check_interval(minutes: int) -> None:
    if not SHORTEST_INTERVAL <= minutes <= LONGEST_INTERVAL:
        raise Invalid(f"fetch every {SHORTEST_INTERVAL} to {LONGEST_INTERVAL} minutes", place="minutes")


def health(*, is_paused: bool, failures: int, caught_up_at: datetime | None, minutes: int, now: datetime) -> Health:
    """How a subscription is at `now`."""
    if is_paused:
        return Health.PAUSED
    if failures:
        return Health.FAILING
    if caught_up_at is None:
        return Health.FIRST
    return Health.FRESH if now - caught_up_at <= timedelta(minutes=2 * minutes) else Health.LATE
