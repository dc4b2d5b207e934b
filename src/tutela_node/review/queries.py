"""Everything that review reads. Desks get frozen values; a read of one item by a person is written down.

Rules:
- nobody sees what another person decided before they decided themselves, or before there is a verdict
- the queue shows what each entry costs; an entry that somebody assessed waits, for them, until others have
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from tutela.taxonomy import Scheme, scheme
from tutela_node.evidence import queries as evidence
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.foundation.profile import current
from tutela_node.review.models import Assessment, QueueEntry, Verdict
from tutela_node.review.permissions import READ
from tutela_node.review.rules import (
    Bucket,
    EntryState,
    Given,
    Ground,
    Known,
    Terms,
    budget_left,
    group_of,
    known_from,
)

SHOWN = 200
SOME = 500  # items that one statement asks about


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryValue:
    item: UUID
    bucket: Bucket
    group: Bucket
    reason: str
    known: Known | None
    queued_at: datetime
    due_at: datetime | None
    claimed_by: UUID | None  # None once the claim has run out
    claimed_by_name: str
    claimed_until: datetime | None
    state: EntryState


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueGroup:
    bucket: Bucket
    entries: tuple[EntryValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueValue:
    groups: tuple[QueueGroup, ...]
    waiting: tuple[EntryValue, ...]  # assessed by the reader, open for somebody else
    left_out: int  # open entries beyond the first `SHOWN`


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentValue:
    """`code` and `ground` are None while the reader may not know them."""

    id: UUID
    item: UUID
    person: UUID
    person_name: str
    code: str | None
    ground: Ground | None
    viewed: bool
    made_at: datetime
    effective_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictValue:
    id: UUID
    item: UUID
    scheme: str
    code: str
    illegal: bool | None
    decided_at: datetime
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What looking costs one person today."""

    used: int
    budget: int
    avoided: int

    @property
    def left(self) -> int:
        return budget_left(self.used, self.budget)


def terms() -> Terms:
    """The numbers of the profile in force."""
    review = current().review
    return Terms(**{name: getattr(review, name) for name in Terms.__dataclass_fields__})


def scheme_today() -> Scheme:
    return scheme(current().review.scheme, on=clock.now().date())


def queue(actor: Actor, *, group: Bucket | None = None) -> QueueValue:
    """Open entries by what they cost, due first; `group` keeps one of them."""
    require(actor, READ)
    record_read(actor, "queue.read", None)
    rows = QueueEntry.objects.filter(state=EntryState.OPEN).select_related("claimed_by").order_by("due_at", "queued_at")
    mine = set(_own(actor).values_list("item", flat=True))
    shown = [_entry(row) for row in rows[:SHOWN]]
    todo = [each for each in shown if each.item not in mine and group in (None, each.group)]
    groups = [QueueGroup(bucket=b, entries=tuple(e for e in todo if e.group is b)) for b in Bucket]
    return QueueValue(
        groups=tuple(each for each in groups if each.entries),
        waiting=tuple(each for each in shown if each.item in mine and group is None),
        left_out=max(0, rows.count() - SHOWN),
    )


def entry(actor: Actor, item: UUID) -> EntryValue:
    """One entry, whatever its state; Missing when the item was never queued."""
    require(actor, READ)
    row = QueueEntry.objects.select_related("claimed_by").filter(item=item).first()
    if row is None:
        raise Missing("this item is not in the queue", place="item")
    record_read(actor, "entry.read", item)
    return _entry(row)


def words_for(actor: Actor, reports: Iterable[UUID]) -> tuple[UUID, ...]:
    """Which of these are reports of words that the reader could decide now: open, not assessed, in nobody's hands."""
    require(actor, READ)
    free = Q(claimed_until=None) | Q(claimed_until__lte=clock.now()) | Q(claimed_by=actor.id)
    rows = QueueEntry.objects.filter(free, item__in=list(reports), bucket=Bucket.TEXT, state=EntryState.OPEN)
    return tuple(rows.exclude(item__in=_own(actor).values("item")).values_list("item", flat=True))


def is_queued(item: UUID) -> bool:
    return QueueEntry.objects.filter(item=item).exists()


def is_open(item: UUID) -> bool:
    """Whether it stands in the queue and waits for people."""
    return QueueEntry.objects.filter(item=item, state=EntryState.OPEN).exists()


def assessments_for(actor: Actor, item: UUID) -> tuple[AssessmentValue, ...]:
    """Assessments of an item as they were made, others' codes hidden while the reader could still decide."""
    require(actor, READ)
    record_read(actor, "assessments.read", item)
    rows = list(Assessment.objects.filter(item=item).select_related("person").order_by("made_at"))
    own = any(row.person_id == actor.id and _took_effect(row) for row in rows)
    is_open = own or Verdict.objects.filter(item=item).exists()
    return tuple(_assessment(row, told=is_open or row.person_id == actor.id) for row in rows)


def pending(actor: Actor) -> tuple[AssessmentValue, ...]:
    """The reader's own assessments that can still be withdrawn, newest first."""
    require(actor, READ)
    rows = _own(actor).filter(effective_at__gt=clock.now()).select_related("person")
    return tuple(_assessment(row, told=True) for row in rows.order_by("-made_at"))


def verdict_of(item: UUID) -> VerdictValue | None:
    row = Verdict.objects.filter(item=item).first()
    return _verdict(row) if row else None


def outcomes_of(items: tuple[UUID, ...]) -> dict[UUID, bool | None]:
    """Of those of these items that have a verdict: whether they are illegal; None where it could not be assessed."""
    some = (items[at : at + SOME] for at in range(0, len(items), SOME))
    found = (Verdict.objects.filter(item__in=each).values_list("item", "illegal") for each in some)
    return dict(row for rows in found for row in rows)


def verdict(id: UUID) -> VerdictValue:
    row = Verdict.objects.filter(id=id).first()
    if row is None:
        raise Missing("there is no such verdict", place="verdict")
    return _verdict(row)


def assessment(id: UUID) -> AssessmentValue:
    """For journeys: nothing is hidden from the node itself."""
    return _assessment(_row(id), told=True)


def day(actor: Actor) -> Day:
    """Views opened since midnight (UTC), the profile's budget, and items decided without a view."""
    require(actor, READ)
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    avoided = _own(actor).filter(viewed=False, made_at__gte=midnight).count()
    used = evidence.views_since(person_of(actor), midnight)
    return Day(used=used, budget=current().review.daily_views, avoided=avoided)


def given_of(item: UUID) -> list[Given]:
    """The assessments of an item as the rules take them."""
    return [
        Given(
            person=row.person_id,
            code=row.code,
            viewed=row.viewed,
            effective_at=row.effective_at,
            withdrawn=row.withdrawn_at is not None,
            decides=row.decides,
            final=row.final,
        )
        for row in Assessment.objects.filter(item=item)
    ]


def _own(actor: Actor) -> QuerySet[Assessment]:
    """The assessments of this person that stand."""
    return Assessment.objects.filter(person_id=person_of(actor), withdrawn_at=None)


def _took_effect(row: Assessment) -> bool:
    """Until an assessment takes effect it can be withdrawn and made again: it must not open the others' codes."""
    return row.withdrawn_at is None and row.effective_at <= clock.now()


def _row(id: UUID) -> Assessment:
    row = Assessment.objects.select_related("person").filter(id=id).first()
    if row is None:
        raise Missing("there is no such assessment", place="assessment")
    return row


def _entry(row: QueueEntry) -> EntryValue:
    now = clock.now()
    held = row.claimed_until is not None and row.claimed_until > now
    return EntryValue(
        item=row.item,
        bucket=Bucket(row.bucket),
        group=group_of(Bucket(row.bucket), due_at=row.due_at, now=now),
        reason=row.reason,
        known=known_from(row.match),
        queued_at=row.queued_at,
        due_at=row.due_at,
        claimed_by=row.claimed_by_id if held else None,
        claimed_by_name=row.claimed_by.name if held and row.claimed_by else "",
        claimed_until=row.claimed_until if held else None,
        state=EntryState(row.state),
    )


def _assessment(row: Assessment, *, told: bool) -> AssessmentValue:
    return AssessmentValue(
        id=row.id,
        item=row.item,
        person=row.person_id,
        person_name=row.person.name,
        code=row.code if told else None,
        ground=Ground(row.ground) if told else None,
        viewed=row.viewed,
        made_at=row.made_at,
        effective_at=row.effective_at,
        withdrawn_at=row.withdrawn_at,
    )


def _verdict(row: Verdict) -> VerdictValue:
    return VerdictValue(
        id=row.id,
        item=row.item,
        scheme=row.scheme,
        code=row.code,
        illegal=row.illegal,
        decided_at=row.decided_at,
        people=row.assessments.count(),
    )


def open_items() -> tuple[UUID, ...]:
    """The items that still wait for a verdict; reports of words alone are no items."""
    rows = QueueEntry.objects.filter(state=EntryState.OPEN).exclude(bucket=Bucket.TEXT)
    return tuple(rows.values_list("item", flat=True))


def due_at_of(item: UUID) -> datetime | None:
    """By when an entry is to be looked at; for the node's own steps."""
    return QueueEntry.objects.filter(item=item).values_list("due_at", flat=True).first()
