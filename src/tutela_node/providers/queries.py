"""Reads how good providers' reports are. Reading is written down."""

from datetime import date
from uuid import UUID

from tutela_node.foundation import clock
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.providers.models import Noted
from tutela_node.providers.permissions import READ
from tutela_node.providers.rules import NotedReport, Outcome, Quality, first_day, months_of, quality_of

MOST = 100_000  # reports of one provider that are added up; of more, the newest


def quality(actor: Actor, organisation: UUID, *, since: date) -> Quality:
    require(actor, READ)
    record_read(actor, "quality.read", organisation)
    return quality_of(_noted(organisation, since))


def months(actor: Actor, organisation: UUID) -> tuple[tuple[date, int], ...]:
    """How many reports came in each of the last twelve months, the oldest first."""
    require(actor, READ)
    today = clock.now().date()
    days = Noted.objects.filter(organisation=organisation, day__gte=first_day(today)).values_list("day", flat=True)
    return months_of(days.iterator(), until=today)


def _noted(organisation: UUID, since: date) -> list[NotedReport]:
    rows = Noted.objects.filter(organisation=organisation, day__gte=since).order_by("-day")[:MOST]
    return [
        NotedReport(
            day=row.day,
            completeness=row.completeness,
            is_parsed=row.is_parsed,
            is_duplicate=row.is_duplicate,
            files=row.files,
            viewed=row.viewed,
            delay_minutes=row.delay_minutes,
            lacks=tuple(row.lacks),
            outcome=Outcome(row.outcome),
        )
        for row in rows
    ]
