"""Moves what people decided and what time decided: quarantined entries released or discarded, expired ones marked.

Rules:
- at most `PIECE` entries in one transaction; called again until nothing is left, so a kill costs nothing
- an entry that becomes live or stops to be live takes a new `seq`, under the lock of its list
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F

from tutela_node.hashlists import counting
from tutela_node.hashlists.counting import Moved
from tutela_node.hashlists.models import Entry, Flood, HashList
from tutela_node.hashlists.numbering import take as take_numbers
from tutela_node.hashlists.rules import FloodState
from tutela_node.hashlists.writing import update

PIECE = 5000


def move_flood(flood: Flood, *, now: datetime, size: int = PIECE) -> int:
    """Moves the next entries of a decided flood; answers how many are left. Needs the caller's transaction."""
    target = counting.lock(flood.list_id)
    rows = list(Entry.objects.filter(flood=flood).exclude(quarantined_at=None).order_by("number")[:size])
    releases = flood.state == FloodState.RELEASING
    for row in rows:
        row.quarantined_at, row.flood = None, None
        if not releases:
            row.withdrawn_at, row.withdrawn_by = now, flood.decided_by
    _write(rows)
    count = len(rows)
    counting.count(target, Moved(live=count * releases, waiting=-count, withdrawn=count * (not releases)), now)
    Flood.objects.filter(id=flood.id).update(left=F("left") - count)
    return Entry.objects.filter(flood=flood).exclude(quarantined_at=None).count() if count == size else 0


def expire(*, now: datetime, size: int = PIECE) -> int:
    """Marks entries whose day has come, list by list; answers how many. Needs the caller's transaction."""
    due = Entry.objects.filter(
        expires_on__lte=now.date(), expired_at=None, withdrawn_at=None, quarantined_at=None
    ).order_by()
    first = due.values_list("list", flat=True).first()
    if first is None:
        return 0
    target = counting.lock(first)
    rows = list(due.filter(list=target)[:size])
    for row in rows:
        row.expired_at = now
    _write(rows)
    counting.count(target, Moved(live=-len(rows)), now)
    return len(rows)


def withdraw(target: HashList, rows: Iterable[Entry], *, by: UUID | None, now: datetime) -> None:
    """Takes entries off as a person does; needs the lock of their list."""
    moved, changed = Moved(), []
    for row in rows:
        if row.quarantined_at is not None:
            moved.waiting -= 1
            Flood.objects.filter(entry=row).update(left=F("left") - 1)
        elif row.expired_at is None:
            moved.live -= 1
        row.quarantined_at, row.flood, row.expired_at = None, None, None
        row.withdrawn_at, row.withdrawn_by = now, by
        moved.withdrawn += 1
        changed.append(row)
    _write(changed)
    counting.count(target, moved, now)


def _write(rows: list[Entry]) -> None:
    if not rows:
        return
    for row, seq in zip(rows, take_numbers("seq", len(rows)), strict=True):
        row.seq = seq
    update(rows)
