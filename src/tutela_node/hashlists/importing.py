"""Rows of a list into rows of our table, piece by piece, so that a large list needs little memory.

Rules:
- a piece is one transaction with the import's new position: killed anywhere, nothing is taken twice and nothing skipped
- rows count in the order of the file (`folding.py`); what a person here withdrew stays withdrawn while the list says
  the same value, and a corrected value is another matter
- what a day adds beyond the growth limit of its list is kept in quarantine: it does not match until people decide
- a problem is counted and its place kept; it never stops the rest
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F

from tutela.hashlists import ListEntry, Problem
from tutela_node.foundation.ids import new_hex
from tutela_node.hashlists import alarms, counting
from tutela_node.hashlists.among import batches
from tutela_node.hashlists.counting import Moved
from tutela_node.hashlists.folding import Content, Place, Seals, Tally, entries_of, fold
from tutela_node.hashlists.models import Entry, Flood, HashList, ListChange, ListImport, Match
from tutela_node.hashlists.numbering import take as take_numbers
from tutela_node.hashlists.rules import PROBLEMS_KEPT, Heard, allowed_growth
from tutela_node.hashlists.writing import insert, update

PIECE = 5000
NEW = (  # what differs between the new entries of a piece, in the order in which `_add` and `_write` give it
    "id",
    "key_lookup",
    "algorithm",
    "value_sealed",
    "lookup",
    "scheme",
    "code",
    "told_sealed",
    "expires_on",
    "quarantined_at",
    "flood_id",
    "seq",
    "number",
)


@dataclass(slots=True, kw_only=True)
class _Piece:
    """What one piece is going to write."""

    target: HashList
    made: ListImport
    now: datetime
    room: int | None  # how many more may be admitted today; None: as many as come
    seals: Seals
    new: list[tuple[Any, ...]] = field(default_factory=list)
    sealed: tuple[bytes, bytes] = (b"", b"")
    changed: list[Entry] = field(default_factory=list)
    history: list[ListChange] = field(default_factory=list)
    moved: Moved = field(default_factory=Moved)
    quarantined: int = 0
    withdrawn: int = 0
    freed: dict[Any, int] = field(default_factory=dict)
    flood: Flood | None = None

    def told(self, plain: bytes) -> bytes:
        """Sealed; the algorithms of one entry share what is said of it."""
        if self.sealed[0] != plain:
            self.sealed = (plain, self.seals.seal_told(plain))
        return self.sealed[1]

    def has_room(self) -> bool:
        """Whether one more may be admitted; counts it when it may."""
        if self.room is None:
            return True
        self.room -= 1
        return self.room >= 0

    def quarantine(self) -> Flood:
        """The flood of this import, begun with its first entry."""
        if self.flood is None:
            limit = allowed_growth(live=counting.today_of(self.target, self.now).before, limit=self.target.growth_limit)
            self.flood, _ = Flood.objects.get_or_create(
                brought_by=self.made, defaults={"list": self.target, "at": self.now, "limit": limit}
            )
        return self.flood


def take_piece(made: ListImport, rows: Sequence[ListEntry | Problem], *, now: datetime) -> Tally:
    """Takes the next rows of an import; needs the caller's transaction. Answers what this piece did."""
    target = counting.lock(made.list_id)
    tally = Tally()
    seals = Seals()
    batch = [(seals.key_of(entry), entry) for entry in entries_of(rows, tally)]
    piece = _Piece(target=target, made=made, now=now, room=_room(target, now), seals=seals)
    known = _known(target, {key for key, _ in batch})
    wanted = fold(batch, known, seals, tally)
    for place, content in wanted.items():
        row = known.get(place)
        if row is None:
            if content is not None:
                _add(piece, place, content)
        elif content is None:
            _withdraw(piece, row)
        else:
            _change(piece, row, content)
    _write(piece)
    alarms.hear({each.lookup for each in wanted.values() if each}, heard=Heard.IMPORT, by=target.name)
    tally.withdrawn, tally.quarantined = piece.withdrawn, piece.quarantined
    tally.added = len(piece.new) + len(piece.changed) - piece.withdrawn - piece.quarantined
    _tell(made, tally, len(rows))
    return tally


def _room(target: HashList, now: datetime) -> int | None:
    if target.filled_at is None:
        return None
    today = counting.today_of(target, now)
    return max(0, allowed_growth(live=today.before, limit=target.growth_limit) - today.added)


def _known(target: HashList, keys: Iterable[str]) -> dict[Place, Entry]:
    found: dict[Place, Entry] = {}
    for asked in batches(keys):
        rows = Entry.objects.filter(list=target, key_lookup__among=asked)
        found |= {(row.key_lookup, row.algorithm): row for row in rows}
    return found


def _add(piece: _Piece, place: Place, content: Content) -> None:
    key, algorithm = place
    waits = not piece.has_room()
    if waits:
        piece.moved.waiting += 1
        piece.quarantined += 1
    else:
        piece.moved.live += 1
        piece.moved.admitted += 1
    piece.new.append(
        (
            new_hex(),
            key,
            algorithm,
            piece.seals.seal(content.value.encode()),
            content.lookup,
            content.scheme,
            content.code,
            piece.told(content.told),
            content.expires_on,
            piece.now if waits else None,
            piece.quarantine().id if waits else None,
        )
    )


def _withdraw(piece: _Piece, row: Entry) -> None:
    if row.withdrawn_at is not None:
        return
    _leave(piece, row)
    row.withdrawn_at = piece.now
    piece.moved.withdrawn += 1
    piece.withdrawn += 1
    piece.changed.append(row)
    piece.history.append(_line(piece, row, "withdrawn"))


def _change(piece: _Piece, row: Entry, content: Content) -> None:
    """The row with what the file says now; matches with a value that was replaced no longer stand."""
    other = row.lookup != content.lookup
    back = row.withdrawn_at is not None and (other or row.withdrawn_by is None)
    if row.withdrawn_at is not None and not back:
        return
    moved = row.expires_on != content.expires_on
    if not other and not back and not moved and (row.scheme, row.code) == (content.scheme, content.code):
        return
    piece.history.append(_line(piece, row, "value changed" if other else "back" if back else "changed", content))
    if other:
        Match.objects.filter(entry=row).delete()
        row.value_sealed, row.lookup = piece.seals.seal(content.value.encode()), content.lookup
    if other or back or (moved and row.expired_at is not None):
        _admit(piece, row)
    row.scheme, row.code, row.expires_on = content.scheme, content.code, content.expires_on
    row.told_sealed, row.brought_by = piece.told(content.told), piece.made
    piece.changed.append(row)


def _admit(piece: _Piece, row: Entry) -> None:
    """A row that gets another value or comes back is admitted like a new one; one that waits goes on waiting."""
    if row.quarantined_at is not None and row.withdrawn_at is None:
        return
    _leave(piece, row)
    row.withdrawn_at = row.withdrawn_by = None
    if piece.has_room():
        piece.moved.live += 1
        piece.moved.admitted += 1
        return
    row.quarantined_at, row.flood = piece.now, piece.quarantine()
    piece.moved.waiting += 1
    piece.quarantined += 1


def _leave(piece: _Piece, row: Entry) -> None:
    """Takes the row out of the count it stands in, and out of a quarantine."""
    if row.withdrawn_at is not None:
        piece.moved.withdrawn -= 1
    elif row.quarantined_at is not None:
        piece.moved.waiting -= 1
        piece.freed[row.flood_id] = piece.freed.get(row.flood_id, 0) + 1
    elif row.expired_at is None:
        piece.moved.live -= 1
    row.quarantined_at, row.flood, row.expired_at = None, None, None


def _line(piece: _Piece, row: Entry, what: str, content: Content | None = None) -> ListChange:
    now = f"{content.scheme} {content.code}".strip() if content else ""
    return ListChange(
        list=piece.target,
        entry=row,
        at=piece.now,
        by_name=piece.target.name,
        brought_by=piece.made,
        what=what,
        was=f"{row.scheme} {row.code}".strip(),
        now=now,
    )


def _write(piece: _Piece) -> None:
    rows = len(piece.new) + len(piece.changed)
    if not rows:
        return
    numbers = iter(take_numbers("seq", rows))
    given = take_numbers("number", len(piece.new))
    new = [(*row, next(numbers), number) for row, number in zip(piece.new, given, strict=True)]
    for row in piece.changed:
        row.seq = next(numbers)
    made = piece.made
    shared = {"list_id": piece.target.id, "origin": made.origin, "brought_by_id": made.id, "admitted_at": piece.now}
    insert(NEW, new, shared)
    update(piece.changed)
    ListChange.objects.bulk_create(piece.history, batch_size=200)
    if piece.flood is not None:
        Flood.objects.filter(id=piece.flood.id).update(
            count=F("count") + piece.quarantined, left=F("left") + piece.quarantined
        )
    for flood, count in piece.freed.items():
        Flood.objects.filter(id=flood).update(left=F("left") - count)
    counting.count(piece.target, piece.moved, piece.now)


def _tell(made: ListImport, tally: Tally, rows: int) -> None:
    kept = [*made.problems, *tally.problems][:PROBLEMS_KEPT]
    ListImport.objects.filter(id=made.id).update(
        position=F("position") + rows,
        read=F("read") + tally.read,
        added=F("added") + tally.added,
        withdrawn=F("withdrawn") + tally.withdrawn,
        quarantined=F("quarantined") + tally.quarantined,
        problem_count=F("problem_count") + tally.problem_count,
        problems=kept,
    )
    made.refresh_from_db()
