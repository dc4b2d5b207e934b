"""Reads of matches and of work to do, and look-ups. What pages show of lists and entries is in `overview.py`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from tutela.taxonomy import Mapped, translate
from tutela_node.foundation import clock, profile
from tutela_node.foundation.errors import Missing, Spent
from tutela_node.foundation.ledger import reads_since, record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.hashlists import alarms, index, outside
from tutela_node.hashlists.models import Entry, ListImport, Match
from tutela_node.hashlists.neighbours import Worn
from tutela_node.hashlists.permissions import LOOK_UP
from tutela_node.hashlists.rules import (
    SOUND,
    Candidate,
    Closeness,
    Heard,
    ImportState,
    LookUpClass,
    strength,
    told_outside,
)
from tutela_node.hashlists.standing import asked, live

ASKED = "fingerprint.looked_up"
REFUSED = "refused"
SOME = 500  # items that one statement asks about


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchValue:
    """A match as a desk shows it. `entry` is our number of it; no hash is in it."""

    entry: str
    list_name: str
    algorithm: str
    distance: int
    closeness: Closeness
    via: str
    scheme: str
    code: str
    trusted: bool
    unverified: bool
    at: datetime

    @property
    def is_sound(self) -> bool:
        return self.algorithm == SOUND

    @property
    def percent(self) -> int:
        """Of a sound: how many percent of the bits are equal."""
        return 100 - self.distance


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is needed to read on in the file of a running import."""

    key_wrapped: bytes = field(repr=False)
    format: str
    mapping: Mapping[str, str]
    position: int


def matches_of(item: UUID) -> tuple[MatchValue, ...]:
    """The standing matches of an item, the one that says most first."""
    return tuple(_match(row) for row in _standing(item))


def best_match(item: UUID) -> dict[str, object]:
    """What review needs to know of the best match, without any hash; empty when nothing matched."""
    rows = _standing(item)
    if not rows:
        return {}
    row = rows[0]
    entry = row.entry
    return {
        "closeness": row.closeness,
        "entry": f"E-{entry.number}",
        "list_name": entry.list.name,
        "algorithm": entry.algorithm,
        "distance": row.distance,
        "via": row.via,
        "quality": row.quality if row.quality is not None else 100,
        "trusted": entry.list.is_trusted and not entry.list.is_unverified,
        "unverified": entry.list.is_unverified,
        "scheme": entry.scheme,
        "code": _national_code(entry.scheme, entry.code),
        "people": entry.people,
        "decided_on": entry.decided_on.isoformat() if entry.decided_on else "",
        "peer": "",
    }


def closeness_of(items: tuple[UUID, ...]) -> dict[UUID, Closeness]:
    """How closely our lists know those of these items that they know: what `best_match` says first, of many at once.

    A known sound says nothing here: new material may have one.
    """
    stands, found = live(clock.now().date(), "entry__") & asked("entry__list__"), dict[UUID, Closeness]()
    for at in range(0, len(items), SOME):
        matches = Match.objects.filter(stands, item__in=items[at : at + SOME]).exclude(entry__algorithm=SOUND)
        rows = matches.values_list("item", "closeness")
        for item, closeness in rows:
            if found.get(item) is not Closeness.EXACT:
                found[item] = Closeness(closeness)
    return found


def items_that_met(entries: Collection[UUID]) -> frozenset[UUID]:
    """The items that matched one of these entries, whether the match still stands or not."""
    return frozenset(Match.objects.filter(entry__in=entries).values_list("item", flat=True))


def import_work(id: UUID) -> Work | None:
    """None for an import that is over."""
    row = ListImport.objects.filter(id=id, state=ImportState.RUNNING).first()
    if row is None:
        return None
    return Work(key_wrapped=bytes(row.key_wrapped), format=row.format, mapping=dict(row.mapping), position=row.position)


def running_imports() -> frozenset[UUID]:
    return frozenset(ListImport.objects.filter(state=ImportState.RUNNING).values_list("id", flat=True))


def look_up(actor: Actor, *, hashes: Mapping[str, str], quality: int | None) -> LookUpClass:
    """What an outsider is told about a fingerprint: exact, near or none. The question is written down."""
    require(actor, LOOK_UP)
    _check_budget(actor)
    closed = index.closed_groups()
    hits = [hit for hit in index.ask(hashes, quality) if hit.group not in closed]
    answer = told_outside(Closeness(hit.hit_class) for hit in hits)
    try:
        answer = outside.told(actor, hashes, quality, answer)
    except Worn:
        record_read(actor, ASKED, None, note=REFUSED)
        raise
    record_read(actor, ASKED, None, note=str(answer))
    alarms.hear(alarms.lookups_of(hashes), heard=Heard.LOOK_UP, by=actor.name)
    return answer


def _check_budget(actor: Actor) -> None:
    """Raises Spent once the questions of this minute or this day are used up: the service is no oracle."""
    budget, now = profile.current().lookups, clock.now()
    if reads_since(actor, ASKED, now - timedelta(minutes=1)) >= budget.per_minute:
        raise Spent(f"at most {budget.per_minute} questions a minute: wait a minute", place="lookups")
    if reads_since(actor, ASKED, now - timedelta(days=1)) >= budget.per_day:
        raise Spent(f"at most {budget.per_day} questions a day: the budget is used up", place="lookups")


def _standing(item: UUID) -> list[Match]:
    stands = live(clock.now().date(), "entry__") & asked("entry__list__")
    rows = Match.objects.filter(stands, item=item).select_related("entry", "entry__list")
    return sorted(rows, key=lambda row: strength(_candidate(row)))


def _candidate(row: Match) -> Candidate:
    return Candidate(
        closeness=Closeness(row.closeness),
        distance=row.distance,
        trusted=row.entry.list.is_trusted,
        has_code=bool(row.entry.code),
        is_sound=row.entry.algorithm == SOUND,
    )


def _national_code(scheme: str, code: str) -> str:
    """The code in the national scheme, or "" when it cannot be mapped or is not known today."""
    national = profile.current().review.scheme
    name = scheme.split(" ")[0]
    if not code or name == national:
        return code
    try:
        found = translate(name, code, national, clock.now().date())
    except Missing:
        return ""
    return found.code.code if isinstance(found, Mapped) else ""


def _match(row: Match) -> MatchValue:
    entry: Entry = row.entry
    return MatchValue(
        entry=f"E-{entry.number}",
        list_name=entry.list.name,
        algorithm=entry.algorithm,
        distance=row.distance,
        closeness=Closeness(row.closeness),
        via=row.via,
        scheme=entry.scheme,
        code=entry.code,
        trusted=entry.list.is_trusted,
        unverified=entry.list.is_unverified,
        at=row.at,
    )
