"""The counts of a list, its size on each day, and its history.

Rules:
- whoever changes entries locks their list first, then takes numbers: in this order nobody waits in a circle
- the counts change in the transaction that changes the entries, so a page never counts millions of rows
- history is written in the transaction of the change; what an import adds is told by the import and by its entries
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from tutela_node.foundation.errors import Missing
from tutela_node.foundation.permissions import Actor
from tutela_node.hashlists.models import Entry, HashList, ListChange, ListImport, Measure
from tutela_node.hashlists.numbering import take as take_numbers


@dataclass(slots=True)
class Moved:
    """How the entries of a list moved between live, waiting and withdrawn."""

    live: int = 0
    waiting: int = 0
    withdrawn: int = 0
    admitted: int = 0  # of those that became live now, for the growth of the day


def lock(list_id: UUID) -> HashList:
    """The list, held until the transaction ends. Raises Missing."""
    row = HashList.objects.select_for_update().filter(id=list_id).first()
    if row is None:
        raise Missing("there is no such list", place="list")
    return row


def today_of(row: HashList, now: datetime) -> Measure:
    """The measure of the list's day (UTC), begun with what was live before; needs the lock of the list."""
    found, _ = Measure.objects.get_or_create(
        list=row, day=now.date(), defaults={"before": row.live, "live": row.live, "added": 0}
    )
    return found


def count(row: HashList, moved: Moved, now: datetime) -> None:
    """Adds to the counts and to the measure of the day; needs the lock of the list."""
    if moved == Moved():
        return
    today = today_of(row, now)
    HashList.objects.filter(id=row.id).update(
        live=F("live") + moved.live, waiting=F("waiting") + moved.waiting, withdrawn=F("withdrawn") + moved.withdrawn
    )
    Measure.objects.filter(id=today.id).update(live=F("live") + moved.live, added=F("added") + moved.admitted)
    row.refresh_from_db(fields=["live", "waiting", "withdrawn"])


def fill(row: HashList, now: datetime) -> None:
    """The first import is whole: from now on, what is added is growth. Needs the lock of the list."""
    if HashList.objects.filter(id=row.id, filled_at=None).update(filled_at=now):
        row.refresh_from_db(fields=["live", "filled_at"])
        Measure.objects.filter(id=today_of(row, now).id).update(before=row.live, added=0)


def renew(row: HashList) -> None:
    """A new `seq` for a list whose state, purpose or threshold changed."""
    row.seq = take_numbers("seq", 1)[0]
    row.save(update_fields=["seq"])


def note(
    actor: Actor,
    row: HashList,
    what: str,
    *,
    at: datetime,
    was: str = "",
    now: str = "",
    reason: str = "",
    entry: Entry | None = None,
    brought_by: ListImport | None = None,
) -> None:
    """One line of history."""
    ListChange.objects.create(
        list=row,
        entry=entry,
        at=at,
        by=actor.id,
        by_name=actor.name,
        brought_by=brought_by,
        what=what,
        was=was,
        now=now,
        reason=reason.strip(),
    )
