"""What staff see of lists: which there are, how they grow, what waits, what changed, one entry, one import.

Rules:
- a page names lists, entries and figures, never a fingerprint; `reveal` alone answers one, with a reason, and each time
  it is written down
- reading is logged as well as writing
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from tutela.errors import Invalid
from tutela.hashlists import HEX_DIGITS
from tutela.hashlists.entry import checked_hash
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import unseal
from tutela_node.hashlists import lookups, rules
from tutela_node.hashlists.models import Entry, Flood, HashList, ListChange, ListImport, Match, Measure
from tutela_node.hashlists.permissions import READ, READ_ENTRY, REVEAL
from tutela_node.hashlists.provenance import Told, told
from tutela_node.hashlists.rules import EntryState, FloodState, ImportState, ListState, Origin, Purpose
from tutela_node.hashlists.standing import live

GROWTH_DAYS = 30
OPEN_FLOODS = (FloodState.WAITING, FloodState.PROPOSED, FloodState.RELEASING, FloodState.DISCARDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListValue:
    """`growth` is the size on each of the last days, oldest first; `last` is when an import last ended."""

    id: UUID
    number: int
    name: str
    purpose: Purpose
    state: ListState
    threshold: int
    growth_limit: int | None
    is_national: bool
    is_trusted: bool
    is_unverified: bool
    made_at: datetime
    live: int
    waiting: int
    withdrawn: int
    growth: tuple[int, ...] = ()
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportValue:
    """`rate` is rows a second; `percent` is how far into the file, None where its size says nothing."""

    id: UUID
    list_id: UUID
    list_name: str
    is_national: bool
    origin: Origin
    state: ImportState
    format: str
    at: datetime
    ended_at: datetime | None
    by: str
    size: int
    position: int
    read: int
    added: int
    withdrawn: int
    quarantined: int
    problem_count: int
    problems: tuple[Mapping[str, str], ...]
    trouble: str
    rate: int
    percent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodValue:
    id: UUID
    list_id: UUID
    list_name: str
    import_id: UUID
    at: datetime
    count: int
    left: int
    limit: int
    state: FloodState
    needs_two: bool
    wanted: str
    proposed_by: UUID | None
    proposed_name: str
    proposed_reason: str
    decided_name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeValue:
    at: datetime
    by: str
    what: str
    was: str
    now: str
    reason: str
    entry: int | None
    import_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryValue:
    """One entry without its fingerprint. `told` is what its list says of it."""

    number: int
    list_id: UUID
    list_name: str
    is_national: bool
    purpose: Purpose
    algorithm: str
    scheme: str
    code: str
    state: EntryState
    origin: Origin
    import_id: UUID | None
    admitted_at: datetime | None
    admitted_by: str
    withdrawn_at: datetime | None
    expires_on: date | None
    people: int
    decided_on: date | None
    matches: int
    told: Told
    changes: tuple[ChangeValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry that a search by fingerprint found."""

    number: int
    list_name: str
    algorithm: str
    state: EntryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many live entries of a list have a code."""

    scheme: str
    code: str
    count: int


def lists(actor: Actor) -> tuple[ListValue, ...]:
    require(actor, READ)
    record_read(actor, "lists.read", None)
    return tuple(_list(row) for row in HashList.objects.order_by("-is_national", "name"))


def read_list(actor: Actor, id: UUID) -> ListValue:
    require(actor, READ)
    record_read(actor, "list.read", id)
    row = HashList.objects.filter(id=id).first()
    if row is None:
        raise Missing("there is no such list", place="list")
    return _list(row)


def shares(actor: Actor, id: UUID) -> tuple[Share, ...]:
    """Live entries by code, the most first."""
    require(actor, READ)
    found = Entry.objects.filter(live(clock.now().date()), list=id).values_list("scheme", "code")
    counted = found.annotate(count=Count("id")).order_by("-count", "scheme", "code")
    return tuple(Share(scheme=scheme, code=code, count=count) for scheme, code, count in counted[:20])


def history(actor: Actor, id: UUID, *, limit: int = 100) -> tuple[ChangeValue, ...]:
    """What people changed of a list, and what was withdrawn or changed on it, the newest first."""
    require(actor, READ)
    return _changes(ListChange.objects.filter(list=id), limit)


def imports(actor: Actor, *, list: UUID | None = None, limit: int = 50) -> tuple[ImportValue, ...]:
    require(actor, READ)
    rows = ListImport.objects.select_related("list", "by").order_by("-id")
    return tuple(_import(row) for row in (rows.filter(list=list) if list else rows)[:limit])


def read_import(actor: Actor, id: UUID) -> ImportValue:
    require(actor, READ)
    record_read(actor, "import.read", id)
    row = ListImport.objects.select_related("list", "by").filter(id=id).first()
    if row is None:
        raise Missing("there is no such import", place="import")
    return _import(row)


def floods(actor: Actor, *, list: UUID | None = None) -> tuple[FloodValue, ...]:
    """What waits for a decision, or is being moved after one."""
    require(actor, READ)
    rows = Flood.objects.select_related("list").filter(state__in=OPEN_FLOODS).order_by("at")
    return tuple(_flood(row) for row in (rows.filter(list=list) if list else rows))


def read_flood(actor: Actor, id: UUID) -> FloodValue:
    require(actor, READ)
    record_read(actor, "flood.read", id)
    row = Flood.objects.select_related("list").filter(id=id).first()
    if row is None:
        raise Missing("there is nothing in quarantine under this number", place="flood")
    return _flood(row)


def read_entry(actor: Actor, number: int) -> EntryValue:
    require(actor, READ_ENTRY)
    row = _row(number)
    record_read(actor, "entry.read", row.id)
    brought = row.brought_by
    return EntryValue(
        number=row.number,
        list_id=row.list_id,
        list_name=row.list.name,
        is_national=row.list.is_national,
        purpose=Purpose(row.list.purpose),
        algorithm=row.algorithm,
        scheme=row.scheme,
        code=row.code,
        state=_state(row),
        origin=Origin(row.origin),
        import_id=row.brought_by_id,
        admitted_at=row.admitted_at,
        admitted_by=brought.by_name if brought else "",
        withdrawn_at=row.withdrawn_at,
        expires_on=row.expires_on,
        people=row.people,
        decided_on=row.decided_on,
        matches=Match.objects.filter(entry=row).count(),
        told=told(row.told_sealed),
        changes=_changes(ListChange.objects.filter(entry=row), 50),
    )


def reveal(actor: Actor, number: int, *, reason: str) -> str:
    """The fingerprint of an entry. Its reading is written down with the reason."""
    require(actor, REVEAL)
    rules.check_reason(reason)
    row = _row(number)
    record_read(actor, "entry.revealed", row.id, note=reason.strip()[:300])
    return unseal("entry", row.value_sealed).decode()


def find_entries(actor: Actor, value: str) -> tuple[Found, ...]:
    """Entries with exactly this fingerprint, of any algorithm. The question is written down, the value is not.

    Raises Invalid for what is no fingerprint.
    """
    require(actor, READ_ENTRY)
    kept = value.strip()
    algorithms = [name for name, digits in HEX_DIGITS.items() if digits == len(kept)] or ["photodna", "tmk"]
    wanted = []
    for name in algorithms:
        try:
            wanted.append(lookups.of_value(name, checked_hash(name, kept)))
        except Invalid:
            continue
    if not wanted or not kept:
        raise Invalid("write a whole fingerprint: hexadecimal digits of MD5, SHA-1, SHA-256 or PDQ", place="value")
    rows = Entry.objects.filter(lookup__in=wanted).select_related("list").order_by("number")[:50]
    record_read(actor, "entries.searched", None, note=f"found: {len(rows)}")
    return tuple(
        Found(number=row.number, list_name=row.list.name, algorithm=row.algorithm, state=_state(row)) for row in rows
    )


def _row(number: int) -> Entry:
    row = Entry.objects.select_related("list", "brought_by").filter(number=number).first()
    if row is None:
        raise Missing("there is no such entry", place="entry")
    return row


def _state(row: Entry) -> EntryState:
    return rules.state_of(
        withdrawn_at=row.withdrawn_at,
        quarantined_at=row.quarantined_at,
        expires_on=row.expires_on,
        today=clock.now().date(),
    )


def _list(row: HashList) -> ListValue:
    since = clock.now().date() - timedelta(days=GROWTH_DAYS)
    last = ListImport.objects.filter(list=row, state=ImportState.DONE).order_by("-ended_at").first()
    return ListValue(
        id=row.id,
        number=row.number,
        name=row.name,
        purpose=Purpose(row.purpose),
        state=ListState(row.state),
        threshold=row.threshold,
        growth_limit=row.growth_limit,
        is_national=row.is_national,
        is_trusted=row.is_trusted,
        is_unverified=row.is_unverified,
        made_at=row.made_at,
        live=row.live,
        waiting=row.waiting,
        withdrawn=row.withdrawn,
        growth=_growth(row, since),
        last=last.ended_at if last else None,
    )


def _growth(row: HashList, since: date) -> tuple[int, ...]:
    """One size for each day from `since`, as it was in the evening; days without a change repeat the day before.

    Before the list was made it is 0.
    """
    measures = {each.day: each for each in Measure.objects.filter(list=row, day__gte=since)}
    older = Measure.objects.filter(list=row, day__lt=since).order_by("-day").first()
    first = measures[min(measures)].before if measures else row.live
    size, sizes = older.live if older else first, []
    for days in range(GROWTH_DAYS + 1):
        day = since + timedelta(days=days)
        size = measures[day].live if day in measures else size
        sizes.append(size if day >= row.made_at.date() else 0)
    return tuple(sizes)


def _import(row: ListImport) -> ImportValue:
    spent = ((row.ended_at or clock.now()) - row.at).total_seconds()
    return ImportValue(
        id=row.id,
        list_id=row.list_id,
        list_name=row.list.name,
        is_national=row.list.is_national,
        origin=Origin(row.origin),
        state=ImportState(row.state),
        format=row.format,
        at=row.at,
        ended_at=row.ended_at,
        by=row.by_name or (row.by.name if row.by else settings.TUTELA.origin),
        size=row.size,
        position=row.position,
        read=row.read,
        added=row.added,
        withdrawn=row.withdrawn,
        quarantined=row.quarantined,
        problem_count=row.problem_count,
        problems=tuple(row.problems),
        trouble=row.trouble,
        rate=int(row.position / spent) if spent >= 1 else row.position,
        percent=min(100, row.octets_read * 100 // row.size) if row.size and row.key_wrapped else None,
    )


def _flood(row: Flood) -> FloodValue:
    return FloodValue(
        id=row.id,
        list_id=row.list_id,
        list_name=row.list.name,
        import_id=row.brought_by_id,
        at=row.at,
        count=row.count,
        left=row.left,
        limit=row.limit,
        state=FloodState(row.state),
        needs_two=rules.needs_two(trusted=row.list.is_trusted, count=row.count),
        wanted=row.wanted,
        proposed_by=row.proposed_by,
        proposed_name=row.proposed_name,
        proposed_reason=row.proposed_reason,
        decided_name=row.decided_name,
        reason=row.reason,
    )


def _changes(rows: QuerySet[ListChange], limit: int) -> tuple[ChangeValue, ...]:
    return tuple(
        ChangeValue(
            at=row.at,
            by=row.by_name,
            what=row.what,
            was=row.was,
            now=row.now,
            reason=row.reason,
            entry=row.entry.number if row.entry else None,
            import_id=row.brought_by_id,
        )
        for row in rows.select_related("entry").order_by("-at", "-id")[:limit]
    )
