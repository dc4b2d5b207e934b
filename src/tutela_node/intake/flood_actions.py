"""What a person does about a flood: release what is genuine, discard the rest, in bulk.

Rules:
- what is discarded stays in the node, with its sealed original; it goes no further and can be released later
- what is discarded together is what the person saw: where that has changed since, nothing is
- one decision about many is one entry of the ledger for each of them where ids are named, and one for all where a
  whole credit is discarded
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tutela_node.foundation.errors import Conflict, Invalid
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, require
from tutela_node.intake import permissions
from tutela_node.intake.floods import Seen, Standing
from tutela_node.intake.models import Report

MOST_AT_ONCE = 200


@transaction.atomic
def release_reports(actor: Actor, *, reports: Sequence[UUID]) -> tuple[UUID, ...]:
    """Lets up to 200 reports go their way; answers those that did not before. The journey carries them on."""
    require(actor, permissions.SORT)
    released = []
    for row in _rows(reports).exclude(standing=Standing.OPEN):
        Report.objects.filter(id=row.id).update(standing=Standing.OPEN)
        record(actor, "report.released", row.id, {})
        released.append(row.id)
    return tuple(released)


@transaction.atomic
def discard_reports(actor: Actor, *, reports: Sequence[UUID]) -> int:
    """Discards up to 200 quarantined reports; says how many."""
    require(actor, permissions.SORT)
    rows = list(_rows(reports).filter(standing=Standing.QUARANTINED))
    for row in rows:
        Report.objects.filter(id=row.id).update(standing=Standing.DISCARDED)
        record(actor, "report.discarded", row.id, {})
    return len(rows)


@transaction.atomic
def discard_credit(actor: Actor, *, credit: int, before: datetime, seen: Seen) -> int:
    """Discards what has this credit or less and came before the person looked; says how many.

    Raises Conflict, and discards nothing, where that is not what was seen: somebody else sorted, or one was opened
    late. The rows that the update itself meets are compared, so that no lock is needed.
    """
    require(actor, permissions.SORT)
    rows = Report.objects.filter(standing=Standing.QUARANTINED, credit__lte=credit, received_at__lte=before)
    number = rows.update(standing=Standing.DISCARDED)
    if not seen.is_still(number):
        raise Conflict("what waits has changed since you looked: look again")
    record(actor, "reports.discarded", new_id(), {"credit": credit, "reports": number, "before": before.isoformat()})
    return number


def _rows(reports: Sequence[UUID]) -> QuerySet[Report]:
    if not 0 < len(reports) <= MOST_AT_ONCE:
        raise Invalid(f"choose 1 to {MOST_AT_ONCE} reports", place="reports")
    return Report.objects.select_for_update().filter(id__in=list(reports)).order_by("received_at", "id")
