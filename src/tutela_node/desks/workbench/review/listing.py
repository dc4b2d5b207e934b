"""The queue as it is shown: rows with their references and hosts, filtered by what was asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from tutela_node.desks.workbench.review import sources, words
from tutela_node.foundation.permissions import Actor
from tutela_node.material import queries as material
from tutela_node.review import queries as review
from tutela_node.review.queries import EntryValue
from tutela_node.review.rules import Bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    entry: EntryValue
    reference: str
    host: str
    reason: words.Words
    claimed_by: str  # a colleague's name, "" when it is free or one's own

    @property
    def item(self) -> UUID:
        return self.entry.item


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    bucket: Bucket | None  # None: the reader's own, waiting for somebody else
    label: words.Words
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    groups: tuple[Group, ...]
    waiting: tuple[Row, ...]
    asked: str
    total: int  # open entries before the filter
    left_out: int

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    def after(self, item: UUID, *, but: Collection[UUID] = ()) -> UUID | None:
        """The entry below this one that no colleague works on, from the top again at the end; none of `but`."""
        rows = list(self.rows)
        here = next((place for place, row in enumerate(rows) if row.item == item), -1)
        around = [*rows[here + 1 :], *rows[: max(here, 0)]]
        return next((row.item for row in around if not row.claimed_by and row.item not in but), None)


def listing(actor: Actor, *, asked: str = "") -> Listing:
    """The open queue; `asked` keeps rows whose reference, host or reason contains it."""
    found = review.queue(actor)
    entries = [each for group in found.groups for each in group.entries]
    rows = {row.item: row for row in _rows(actor, (*entries, *found.waiting))}
    kept = {id for id, row in rows.items() if _fits(row, asked.strip().casefold())}
    groups = [
        Group(
            bucket=group.bucket,
            label=words.GROUPS[group.bucket],
            rows=tuple(rows[each.item] for each in group.entries if each.item in kept),
        )
        for group in found.groups
    ]
    return Listing(
        groups=tuple(each for each in groups if each.rows),
        waiting=tuple(rows[each.item] for each in found.waiting if each.item in kept),
        asked=asked.strip(),
        total=len(entries),
        left_out=found.left_out,
    )


def _rows(actor: Actor, entries: tuple[EntryValue, ...]) -> list[Row]:
    ids = tuple(each.item for each in entries)
    references = {each.id: each.reference for each in material.items(ids)}
    references |= sources.report_references(tuple(id for id in ids if id not in references))
    return [
        Row(
            entry=each,
            reference=references.get(each.item, str(each.item)[:8]),
            host=_host(each),
            reason=words.REASONS.get(each.reason, each.reason),
            claimed_by=each.claimed_by_name if each.claimed_by not in (None, actor.id) else "",
        )
        for each in entries
    ]


def _host(entry: EntryValue) -> str:
    if entry.bucket is Bucket.TEXT:
        return ""
    return next((place.host for place in material.sightings_of(entry.item)), "")


def _fits(row: Row, asked: str) -> bool:
    return (
        asked in f"{row.reference} {row.host} {row.reason} {row.entry.known.peer if row.entry.known else ''}".casefold()
    )
