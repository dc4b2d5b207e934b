"""Keeps what the quality of reports goes by. Both actions repeat what another room recorded, and take its word."""

from uuid import UUID

from django.db import transaction

from tutela_node.foundation.permissions import Actor, require
from tutela_node.providers.models import Noted
from tutela_node.providers.permissions import NOTE
from tutela_node.providers.rules import NotedReport, Outcome

LONGEST = 2**31 - 1


@transaction.atomic(savepoint=False)
def note_report(actor: Actor, *, report: UUID, organisation: UUID, noted: NotedReport) -> None:
    """Keeps a report's figures; again, they are brought up to date. An outcome that was noted stays."""
    require(actor, NOTE)
    delay = noted.delay_minutes
    values = {
        "organisation_id": organisation,
        "day": noted.day,
        "completeness": noted.completeness,
        "is_parsed": noted.is_parsed,
        "is_duplicate": noted.is_duplicate,
        "files": noted.files,
        "viewed": noted.viewed,
        "delay_minutes": None if delay is None else min(max(delay, 0), LONGEST),
        "lacks": list(noted.lacks),
    }
    if not Noted.objects.filter(report=report).update(**values):
        Noted.objects.create(report=report, **values)


@transaction.atomic(savepoint=False)
def note_outcome(actor: Actor, *, report: UUID, illegal: bool) -> None:
    """What became of a report; of one that no provider sent there is nothing to keep."""
    require(actor, NOTE)
    Noted.objects.filter(report=report).update(outcome=Outcome.ILLEGAL if illegal else Outcome.NOT_ILLEGAL)
