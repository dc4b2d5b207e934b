"""What a flood brought is sorted: what a person releases goes its way like every other report; the rest stays behind.

Whose report is discarded is told that no action was taken, one part after the other so that nothing else waits.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tutela_node.foundation.ids import new_id
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.intake import actions as intake
from tutela_node.intake import flood_actions as floods
from tutela_node.intake import queries as reports
from tutela_node.intake import sorting
from tutela_node.intake.floods import Seen
from tutela_node.journeys.report_received import take_in
from tutela_node.journeys.steps import SLOW, begin, register

JOURNEY = "flood_sorted"
PART = 100


def release(actor: Actor, *, reports: Sequence[UUID]) -> int:
    """Says how many went their way."""
    with transaction.atomic():
        released = floods.release_reports(actor, reports=reports)
        for each in released:
            found = _report(each)
            take_in(each, urls=found.urls, happening=found.happening)
    return len(released)


def discard(actor: Actor, *, reports: Sequence[UUID]) -> int:
    """Says how many were discarded."""
    with transaction.atomic():
        number = floods.discard_reports(actor, reports=reports)
        _tell_soon()
    return number


def discard_credit(actor: Actor, *, credit: int, before: datetime, seen: Seen) -> int:
    """Discards all of this credit or less that came before the person looked. Says how many. Raises Conflict."""
    with transaction.atomic():
        number = floods.discard_credit(actor, credit=credit, before=before, seen=seen)
        _tell_soon()
    return number


@register(JOURNEY, "tell")
def tell(_: UUID, __: object) -> None:
    untold = sorting.untold(limit=PART)
    for report in untold:
        intake.answer(SYSTEM, report=report, sentence="closed_no_action")
    if len(untold) == PART:
        _tell_soon()


def _tell_soon() -> None:
    begin(JOURNEY, new_id(), f"tell{SLOW}")


def _report(id: UUID) -> reports.ReportValue:
    return reports.report(SYSTEM, id)
