"""An item is asked for among the lists, and what it meets is kept.

Rules:
- an item never meets the entries that its own verdict admitted
- a match of sounds is near, however alike they are: its distance is in percent of the bits, its `via` is `sound`
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from tutela_node.foundation import clock
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, require
from tutela_node.hashlists import alarms, index, rules
from tutela_node.hashlists.models import Entry, Match
from tutela_node.hashlists.permissions import MATCH
from tutela_node.hashlists.rules import SOUND, Closeness
from tutela_node.hashlists.standing import asked, live


@dataclass(frozen=True, slots=True, kw_only=True)
class _Met:
    """How an item met an entry."""

    distance: int
    closeness: Closeness
    via: str
    quality: int | None


@transaction.atomic
def match_item(
    actor: Actor,
    *,
    item: UUID,
    fingerprints: Mapping[str, tuple[str, int | None]],
    forms: Mapping[str, tuple[str, int]] | None = None,
    reference: str = "",
) -> int:
    """Asks the index about an item and keeps every match; answers how many stand. Its own entries do not count.

    `forms`: PDQ hashes of its other forms and its frames, by the name that the match tells, with their quality.
    `reference`: what people call the item, for an alarm.
    """
    require(actor, MATCH)
    met = {**dict(_seen(fingerprints, forms or {})), **dict(_heard(fingerprints))}
    now = clock.now()
    rows = Entry.objects.filter(live(now.date()), asked("list__"), number__in=met).exclude(item=item)
    for row in rows:
        how = met[row.number]
        Match.objects.get_or_create(
            item=item,
            entry=row,
            defaults={
                "distance": how.distance,
                "closeness": how.closeness,
                "via": how.via,
                "quality": how.quality if row.algorithm == "pdq" else None,
                "at": now,
            },
        )
    record(actor, "item.matched", item, {"matches": len(rows)})
    hashes = {name: value for name, (value, _) in fingerprints.items()}
    alarms.hear(alarms.lookups_of(hashes), heard=rules.Heard.ITEM, by=reference)
    return len(rows)


def _seen(
    fingerprints: Mapping[str, tuple[str, int | None]], forms: Mapping[str, tuple[str, int]]
) -> Iterator[tuple[int, _Met]]:
    """By its digests and its picture, in every form."""
    hashes = {name: value for name, (value, _) in fingerprints.items()}
    quality = fingerprints["pdq"][1] if "pdq" in fingerprints else None
    for hit in index.ask(hashes, quality, rules.asked_forms(forms)):
        own = forms[hit.via][1] if hit.via in forms else quality
        met = _Met(distance=hit.distance, closeness=Closeness(hit.hit_class), via=hit.via, quality=own)
        yield int(hit.entry), met


def _heard(fingerprints: Mapping[str, tuple[str, int | None]]) -> Iterator[tuple[int, _Met]]:
    """By its sound."""
    if SOUND not in fingerprints:
        return
    for hit in index.hear(fingerprints[SOUND][0]):
        apart = rules.percent_apart(hit.share)
        yield int(hit.entry), _Met(distance=apart, closeness=Closeness.NEAR, via=rules.VIA_SOUND, quality=None)
