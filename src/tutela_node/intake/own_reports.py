"""What a provider reads of its own reports: where each stands by the sentences that can be read by now.

Rules:
- never by what we know of a report; what is told later is not known sooner by its state, its place or a list
- a list is read on from where it ended; nothing that comes meanwhile is passed over
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from tutela_node.foundation import clock
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.intake import permissions
from tutela_node.intake.errors import NoSuchReport
from tutela_node.intake.models import Answer, Report
from tutela_node.intake.queries import ReportLine, line_of
from tutela_node.intake.rules import STATE_AFTER, ReportState, Sentence

SETTLED = timedelta(seconds=10)  # by then a report that was being kept is here, or never will be
LOOKED_AT = 2000  # reports among which those in one state are looked for at once


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReports:
    """A part of a sender's list; `after` is where the next begins, and stays where nothing came."""

    lines: tuple[ReportLine, ...]
    after: UUID | None


def own_report(actor: Actor, reference: str) -> ReportLine:
    """Where a report of the actor's own organisation stands, as is told by now; to anybody else it does not exist."""
    require(actor, permissions.READ_OWN)
    row = Report.objects.filter(reference=reference, organisation=actor.organisation).first()
    if row is None or actor.organisation is None:
        raise NoSuchReport("there is no such report of your organisation", place="reference")
    record_read(actor, "report.read", row.id)
    return replace(line_of(row), state=state_told(row.id, clock.now()))


def own_reports(
    actor: Actor, *, after: UUID | None = None, state: ReportState | str | None = None, limit: int = 100
) -> OwnReports:
    """Reports of the actor's own organisation in the order in which they came, from behind `after`.

    Those of the last seconds come with the next question: one that is being kept now may belong before one that is
    here, and who goes on from the last that he was told must not miss it. Their states, and those that `state` asks
    for, are those that are told by now; it is looked for among the next `LOOKED_AT` reports.
    """
    require(actor, permissions.READ_OWN)
    record_read(actor, "reports.read", None)
    if actor.organisation is None:
        return OwnReports(lines=(), after=after)
    rows = Report.objects.filter(organisation=actor.organisation, received_at__lte=clock.now() - SETTLED)
    rows = (rows.filter(id__gt=after) if after else rows).order_by("id")
    seen = list(rows.values_list("id", flat=True)[: LOOKED_AT if state else limit])
    if not seen:
        return OwnReports(lines=(), after=after)
    far = _furthest(Answer.objects.filter(report=OuterRef("pk"), at__lte=clock.now()))
    told = Coalesce(Subquery(far.values("sentence")[:1]), Value(str(Sentence.RECEIVED)))
    rows = rows.filter(id__lte=seen[-1]).annotate(told=told)
    rows = rows.filter(told__in=_sentences_of(ReportState(state))) if state else rows
    lines = tuple(replace(line_of(row), state=STATE_AFTER[Sentence(row.told)]) for row in rows[:limit])
    return OwnReports(lines=lines, after=lines[-1].id if len(lines) == limit else seen[-1])


def state_told(report: UUID, at: datetime, *, but: Sentence | str = "") -> ReportState:
    """Where a report stood at a moment by what its sender could read then; `but` leaves one sentence out."""
    rows = _furthest(Answer.objects.filter(report=report, at__lte=at).exclude(sentence=but))
    sentence = rows.values_list("sentence", flat=True).first()
    return STATE_AFTER[Sentence(sentence or Sentence.RECEIVED)]


def _furthest(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """The sentence that says how far a report came, first (`rules.state_after`)."""
    order = list(ReportState)
    steps = [When(sentence=sentence, then=order.index(state)) for sentence, state in STATE_AFTER.items()]
    return answers.order_by(Case(*steps, default=0, output_field=IntegerField()).desc(), "-id")


def _sentences_of(state: ReportState) -> list[Sentence]:
    return [sentence for sentence, after in STATE_AFTER.items() if after is state]
