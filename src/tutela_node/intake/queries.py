"""Every read of intake, as frozen values.

Rules:
- the public desk reads by locator or step alone, and gets ciphertext, a moment or a yes
- reading one report is written down
- what a sender may know of its own reports is in `own_reports`
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import STAFF, Actor, Role, require
from tutela_node.foundation.sealed import unseal
from tutela_node.intake import permissions
from tutela_node.intake.errors import NoSuchReport
from tutela_node.intake.facts import Facts, read_facts
from tutela_node.intake.floods import Standing
from tutela_node.intake.legible import legible, legible_values
from tutela_node.intake.models import Answer, Drop, Question, Reply, Report, ReportItem
from tutela_node.intake.prints import Print, read_lines
from tutela_node.intake.rules import PRIVATE, Channel, DropKind, ReportState, Sentence, Told, Voice
from tutela_node.intake.sense import Band


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReportValue:
    """A report as staff read it. `context` is what a provider sent along; `slow` marks a page sent very fast.

    `problem` says why its original could not be read; then people read the original itself.
    """

    id: UUID
    reference: str
    channel: Channel
    organisation: UUID | None
    received_at: datetime
    state: ReportState
    language: str
    voice: Voice
    words: str
    urls: tuple[str, ...]
    thing: str
    place: str
    slow: bool
    context: dict[str, object]
    sender_reference: str
    facts: Facts
    problem: str
    items: tuple[UUID, ...]
    sightings: tuple[UUID, ...]
    answers: tuple[Told, ...]
    has_code: bool
    happening: str
    standing: Standing
    lane: str
    credit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A report in a list: nothing of what it says."""

    id: UUID
    reference: str
    channel: Channel
    received_at: datetime
    state: ReportState


def is_stored(step: str) -> bool:
    """Whether this very page was sent before."""
    return Drop.objects.filter(step=step).exists()


def is_finished(draft: str) -> bool:
    return Drop.objects.filter(draft=draft, kind=DropKind.FINISH).exists()


def received_at(locator: str) -> datetime | None:
    """When the report behind a locator was finished; None when there is none."""
    return Drop.objects.filter(locator=locator, kind=DropKind.FINISH).values_list("received_at", flat=True).first()


def draft_of(locator: str) -> str:
    """The draft of the report behind a locator; empty when there is none."""
    found = Drop.objects.filter(locator=locator, kind=DropKind.FINISH) if locator else Drop.objects.none()
    return found.values_list("draft", flat=True).first() or ""


def answers(locator: str, now: datetime) -> tuple[bytes, ...]:
    """The sealed sentences of a report that can be read by now, oldest first; only its code opens them."""
    rows = Answer.objects.filter(locator=locator, at__lte=now).order_by("at", "id")
    return tuple(bytes(sealed) for sealed in rows.values_list("sealed", flat=True)) if locator else ()


def questions(locator: str) -> tuple[bytes, ...]:
    """The sealed questions to a reporter, oldest first."""
    rows = Question.objects.filter(locator=locator).order_by("asked_at", "id")
    return tuple(bytes(sealed) for sealed in rows.values_list("sealed", flat=True)) if locator else ()


def replied_at(locator: str) -> tuple[datetime, ...]:
    """When the reporter replied; what, not even the code opens again."""
    rows = Reply.objects.filter(locator=locator).order_by("received_at", "id")
    return tuple(rows.values_list("received_at", flat=True)) if locator else ()


def pressure(now: datetime, *, most: int) -> int:
    """How many reports were finished within the last hour, counted up to `most`."""
    hour = Drop.objects.filter(kind=DropKind.FINISH, received_at__gt=now - timedelta(hours=1))
    return hour.values("id")[:most].count()


def due_drafts(now: datetime, draft_minutes: int) -> tuple[str, ...]:
    """Drafts with something unopened that are finished, or whose last page is older than `draft_minutes`."""
    waiting = Drop.objects.filter(opened_at=None).values("draft").annotate(last=Max("received_at"))
    late = Q(last__lt=now - timedelta(minutes=draft_minutes))
    finished = Q(draft__in=Drop.objects.filter(opened_at=None, kind=DropKind.FINISH).values("draft"))
    return tuple(waiting.filter(late | finished).order_by("last").values_list("draft", flat=True))


def unfinished_drafts() -> tuple[str, ...]:
    """Drafts that hold something unopened and were not finished, oldest first."""
    finished = Drop.objects.filter(kind=DropKind.FINISH).values("draft")
    waiting = Drop.objects.filter(opened_at=None).exclude(draft__in=finished)
    return tuple(
        waiting.values("draft").annotate(last=Max("received_at")).order_by("last").values_list("draft", flat=True)
    )


def reads_all(actor: Actor) -> bool:
    """Whether somebody reads what people wrote to the hotline; the police read of it what was referred to them."""
    return bool(actor.roles & (STAFF | {Role.SYSTEM}))


def readable(actor: Actor) -> QuerySet[Report]:
    """The reports that somebody may read, who may read any."""
    if reads_all(actor):
        return Report.objects.all()
    return Report.objects.filter(~Q(channel__in=PRIVATE) | Q(referral__isnull=False))


def report(actor: Actor, id: UUID) -> ReportValue:
    """Raises Missing when there is no such report that the actor may read; the read is written down."""
    require(actor, permissions.READ)
    row = readable(actor).filter(id=id).first()
    if row is None:
        raise NoSuchReport("there is no such report", place=str(id))
    record_read(actor, "report.read", id)
    return value_of(row)


def original(actor: Actor, id: UUID) -> bytes:
    """The bytes of a report as they came (for the public pages, the sheets they add up to). The read is written down.

    Raises Missing when there is no such report.
    """
    require(actor, permissions.READ)
    sealed = readable(actor).filter(id=id).values_list("original_sealed", flat=True).first()
    if sealed is None:
        raise NoSuchReport("there is no such report", place=str(id))
    record_read(actor, "report.original", id)
    return unseal("words", sealed)


def has_sent(organisation: UUID, items: Iterable[UUID], *, before: UUID) -> bool:
    """Whether an organisation sent all of these files itself, with other reports than `before`."""
    wanted = set(items)
    sent = ReportItem.objects.filter(item__in=wanted, is_sent=True, report__organisation=organisation)
    return bool(wanted) and sent.exclude(report=before).values("item").distinct().count() == len(wanted)


def reports(actor: Actor, *, state: ReportState | str | None = None, limit: int = 100) -> tuple[ReportLine, ...]:
    """The newest reports first."""
    require(actor, permissions.READ)
    rows = Report.objects.order_by("-received_at", "-id")
    if state is not None:
        rows = rows.filter(state=ReportState(state))
    return tuple(line_of(row) for row in rows[:limit])


def report_of_draft(draft: UUID) -> UUID | None:
    """The report that a draft became; None before it was opened."""
    return Report.objects.filter(draft=draft.hex).values_list("id", flat=True).first()


def draft_of_report(report: UUID) -> UUID:
    """The draft that became a public report. Raises Missing for any other."""
    draft = Report.objects.filter(id=report).values_list("draft", flat=True).first()
    if not draft:
        raise NoSuchReport("there is no such public report", place=str(report))
    return UUID(hex=draft)


def own_codes(report: UUID) -> tuple[Print, ...]:
    """The codes of their own pictures that a report brought; empty for any other report."""
    row = Report.objects.filter(id=report, channel=Channel.PUBLIC).first()
    return read_lines(_said(row).get("own", [])) if row is not None else ()


def sentences_of(report: UUID) -> frozenset[Sentence]:
    """What its reporter was told."""
    return frozenset(map(Sentence, Answer.objects.filter(report=report).values_list("sentence", flat=True)))


def reports_of_item(item: UUID) -> tuple[UUID, ...]:
    return tuple(ReportItem.objects.filter(item=item).order_by("id").values_list("report_id", flat=True))


def bands_of(reports: tuple[UUID, ...]) -> frozenset[Band]:
    """In which bands of the triage list these reports stand; what is not weighed yet stands in none."""
    found = Report.objects.filter(id__in=reports).exclude(band="").values_list("band", flat=True).distinct()
    return frozenset(Band(each) for each in found)


def reports_of_sighting(sighting: UUID) -> tuple[UUID, ...]:
    return tuple(ReportItem.objects.filter(sighting=sighting).order_by("id").values_list("report_id", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Of a provider's report what its quality goes by: no content."""

    organisation: UUID
    received_at: datetime
    is_parsed: bool
    is_duplicate: bool
    completeness: int
    lacks: tuple[str, ...]
    files: int
    viewed: int
    happened_at: datetime | None


def sent(report: UUID) -> Sent | None:
    """None for a report that no organisation sent; for the node's own steps."""
    row = Report.objects.filter(id=report, organisation__isnull=False).first()
    if row is None or row.organisation_id is None:
        return None
    facts = read_facts(json.loads(unseal("words", row.said_sealed or row.original_sealed)).get("facts", {}))
    return Sent(
        organisation=row.organisation_id,
        received_at=row.received_at,
        is_parsed=not row.problem,
        is_duplicate=row.duplicate_of is not None,
        completeness=row.completeness or 0,
        lacks=tuple(row.lacks),
        files=len(facts.files),
        viewed=sum(each.viewed for each in facts.files),
        happened_at=facts.happened_at,
    )


def addresses_of(report: UUID) -> tuple[str, ...]:
    """What a report names, as it was written; for the node's own steps."""
    row = Report.objects.filter(id=report).only("said_sealed", "original_sealed").first()
    return tuple(json.loads(unseal("words", row.said_sealed or row.original_sealed))["urls"]) if row else ()


def sightings_of_report(report: UUID) -> tuple[UUID, ...]:
    named = ReportItem.objects.filter(report=report, sighting__isnull=False).order_by("id")
    return tuple(each.sighting for each in named if each.sighting)


def items_of_report(report: UUID) -> tuple[UUID, ...]:
    named = ReportItem.objects.filter(report=report, item__isnull=False).order_by("id")
    return tuple(each for each in named.values_list("item", flat=True) if each)


def is_sent(item: UUID) -> bool:
    """Whether an item came as a file of a report itself."""
    return ReportItem.objects.filter(item=item, is_sent=True).exists()


def count_items(report: UUID) -> int:
    return ReportItem.objects.filter(report=report, item__isnull=False).count()


def reference_of(report: UUID) -> str:
    """The number under which a report is known. Raises Missing."""
    reference = Report.objects.filter(id=report).values_list("reference", flat=True).first()
    if reference is None:
        raise NoSuchReport("there is no such report", place=str(report))
    return reference


def report_by_reference(actor: Actor, reference: str) -> UUID | None:
    require(actor, permissions.READ)
    return Report.objects.filter(reference=reference).values_list("id", flat=True).first()


def value_of(row: Report) -> ReportValue:
    said = legible_values(_said(row))
    named = list(row.named.order_by("id"))
    line = line_of(row)
    return ReportValue(
        id=line.id,
        reference=line.reference,
        channel=line.channel,
        organisation=row.organisation_id,
        received_at=line.received_at,
        state=line.state,
        language=row.language,
        voice=Voice(row.voice),
        words=legible(unseal("words", row.words_sealed).decode()),
        urls=tuple(said["urls"]),
        thing=said.get("thing", ""),
        place=said.get("place", ""),
        slow=said.get("slow", False),
        context=said.get("context", {}),
        sender_reference=said.get("reference", ""),
        facts=read_facts(said.get("facts", {})),
        problem=row.problem,
        items=tuple(each.item for each in named if each.item),
        sightings=tuple(each.sighting for each in named if each.sighting),
        answers=tuple(Told(sentence=Sentence(a.sentence), at=a.at) for a in row.answers.order_by("at", "id")),
        has_code=bool(row.locator),
        happening=row.happening,
        standing=Standing(row.standing),
        lane=row.lane,
        credit=row.credit,
    )


def _said(row: Report) -> dict[str, Any]:
    """What could be read of a report, as plain values."""
    said: dict[str, Any] = json.loads(unseal("words", row.said_sealed or row.original_sealed))
    return said


def line_of(row: Report) -> ReportLine:
    return ReportLine(
        id=row.id,
        reference=row.reference,
        channel=Channel(row.channel),
        received_at=row.received_at,
        state=ReportState(row.state),
    )
