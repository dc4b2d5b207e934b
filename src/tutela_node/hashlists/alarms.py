"""Canaries that come back: somebody asks for one, an item has one, a list brings one. Then a copy of ours has leaked.

Rules:
- a canary is no file: whoever has its hash has it from the copy that it was made for
- meeting one says whose copy it was, and changes no answer: who brought it learns nothing
- an alarm is kept once for each copy, place and bringer a day, with a count
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tutela.hashlists import ListEntry, Problem
from tutela_node.foundation import clock
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import SYSTEM, Actor, require
from tutela_node.hashlists import lookups
from tutela_node.hashlists.among import batches
from tutela_node.hashlists.models import Canary, CanaryAlarm, ListCopy
from tutela_node.hashlists.permissions import READ
from tutela_node.hashlists.rules import Heard

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmValue:
    """A canary that was met, as a desk shows it."""

    id: UUID
    copy: UUID
    reference: str
    recipient_name: str
    at: datetime
    heard: Heard
    by: str
    count: int


def lookups_of(hashes: Mapping[str, str]) -> set[str]:
    """Under which values of these algorithms would be found."""
    return {lookups.of_value(name, value.lower()) for name, value in hashes.items()}


@transaction.atomic
def hear(keys: Iterable[str], *, heard: Heard, by: str) -> int:
    """Raises the alarm for each copy one of whose canaries is among them; answers how many."""
    met = dict[UUID, int]()
    if not Canary.objects.exists():
        return 0
    for asked in batches(keys):
        for copy in Canary.objects.filter(lookup__among=asked).values_list("copy", flat=True):
            met[copy] = met.get(copy, 0) + 1
    now = clock.now()
    for copy, count in met.items():
        _raise(copy, heard=heard, by=by[:200], count=count, now=now)
    return len(met)


def whose(entries: Iterable[ListEntry | Problem]) -> dict[tuple[str, str], int]:
    """Whose canaries a found list holds: reference and recipient of a copy, and how many. Raises no alarm."""
    met: dict[tuple[str, str], set[int]] = {}
    keys = (key for each in entries if isinstance(each, ListEntry) for key in lookups_of(dict(each.hashes)))
    for asked in batches(keys):
        for row in Canary.objects.select_related("copy").filter(lookup__among=asked):
            met.setdefault((row.copy.reference, row.copy.recipient_name), set()).add(row.number)
    return {copy: len(numbers) for copy, numbers in sorted(met.items())}


def _raise(copy: UUID, *, heard: Heard, by: str, count: int, now: datetime) -> None:
    ListCopy.objects.select_for_update().get(id=copy)  # two that hear it at once are one alarm
    known = CanaryAlarm.objects.filter(copy=copy, heard=heard, by=by, at__gt=now - DAY).first()
    if known is not None:
        CanaryAlarm.objects.filter(id=known.id).update(count=F("count") + count)
        return
    CanaryAlarm.objects.create(copy_id=copy, at=now, heard=heard, by=by, count=count)
    record(SYSTEM, "copy.canary_met", copy, {"heard": str(heard), "by": by})


def alarms(actor: Actor, *, copy: UUID | None = None) -> tuple[AlarmValue, ...]:
    """The newest first."""
    require(actor, READ)
    rows = CanaryAlarm.objects.select_related("copy").order_by("-at")
    return tuple(
        AlarmValue(
            id=row.id,
            copy=row.copy_id,
            reference=row.copy.reference,
            recipient_name=row.copy.recipient_name,
            at=row.at,
            heard=Heard(row.heard),
            by=row.by,
            count=row.count,
        )
        for row in (rows.filter(copy=copy) if copy else rows)[:50]
    )
