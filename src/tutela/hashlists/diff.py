"""What changed between two versions of a list.

Rules:
- entries are told apart by source, kind and id; of equal ones in a version the last counts, as in a log
- a deleted entry is not in the list, whether it says so or is no longer there
- applying the difference to the old version gives the new one
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tutela.hashlists.entry import ListEntry, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Entries only in the new version, entries whose content differs (as they now are), and those that went."""

    added: tuple[ListEntry, ...] = ()
    changed: tuple[ListEntry, ...] = ()
    removed: tuple[ListEntry, ...] = ()


def current(entries: Iterable[ListEntry | Problem], *, on: date | None = None) -> tuple[ListEntry, ...]:
    """The entries in force, in the order of their keys' first appearance; problems are passed over.

    `on` leaves out what has expired by that day; without it, days of expiry are not looked at.
    """
    kept: dict[tuple[str, str, str], ListEntry] = {}
    for entry in entries:
        if isinstance(entry, ListEntry):
            kept[entry.key] = entry
    return tuple(entry for entry in kept.values() if not entry.deleted and not has_expired(entry, on))


def has_expired(entry: ListEntry, on: date | None) -> bool:
    """Whether the entry does not count any more on that day; never without a day."""
    return on is not None and entry.expires is not None and entry.expires <= on


def diff(old: Iterable[ListEntry | Problem], new: Iterable[ListEntry | Problem]) -> Diff:
    """From `old` to `new`, both whole versions. Holds both in memory."""
    before = {entry.key: entry for entry in current(old)}
    after = {entry.key: entry for entry in current(new)}
    return Diff(
        added=tuple(entry for key, entry in after.items() if key not in before),
        changed=tuple(entry for key, entry in after.items() if key in before and before[key] != entry),
        removed=tuple(entry for key, entry in before.items() if key not in after),
    )


def apply(old: Iterable[ListEntry | Problem], change: Diff) -> tuple[ListEntry, ...]:
    """The new version, sorted by key: what is in force in `old`, changed."""
    kept = {entry.key: entry for entry in current(old)}
    for entry in change.removed:
        kept.pop(entry.key, None)
    kept |= {entry.key: entry for entry in (*change.changed, *change.added)}
    return tuple(entry for _, entry in sorted(kept.items()))
