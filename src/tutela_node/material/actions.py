"""Every write of material.

Rules:
- registering the same sighting twice gives the same row: an address that waits for its capture stands once
- a repeated step changes nothing: fingerprints, links and states may be written again with the same values
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tutela.media import Fingerprints
from tutela.urls import Canonical
from tutela_node.foundation import clock
from tutela_node.foundation.counters import next_number
from tutela_node.foundation.errors import Conflict, Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import lookup, seal
from tutela_node.material import permissions, rules
from tutela_node.material.models import Fingerprint, Item, Sighting
from tutela_node.material.rules import ItemState, SightingState


@transaction.atomic
def register_item(
    actor: Actor,
    *,
    object_id: UUID | None,
    size: int,
    digests: Mapping[str, str] | None = None,
    reference: str | None = None,
) -> UUID:
    """A new item, under the given reference or the next of the node's own, found by its exact digests at once.

    Raises Conflict when the reference is taken, Invalid for a malformed digest.
    """
    require(actor, permissions.REGISTER)
    chosen = reference or rules.own_reference(next_number(f"item-{rules.OWN_PREFIX}"))
    rules.check_reference(chosen)
    if Item.objects.filter(reference=chosen).exists():
        raise Conflict("an item of this reference exists", place=chosen)
    row = Item.objects.create(reference=chosen, object_id=object_id, size=size)
    for algorithm, value in (digests or {}).items():
        _keep_fingerprint(row, algorithm, value, None)
    record(actor, "item.registered", row.id, {"object": str(object_id or ""), "size": size})
    return row.id


@transaction.atomic
def fingerprint_item(actor: Actor, *, item: UUID, prints: Fingerprints) -> None:
    """Keeps the fingerprints and what decoding found. Again with other values: they replace the old ones."""
    require(actor, permissions.REGISTER)
    row = _item(item)
    found = _values_of(prints)
    for algorithm, (value, quality) in found.items():
        _keep_fingerprint(row, algorithm, value, quality)
    row.kind, row.width, row.height = str(prints.kind), prints.width, prints.height
    row.truncated, row.problem = prints.truncated, prints.problem[:300]
    row.forms_sealed = seal("forms", rules.forms_text(prints))
    if row.state == ItemState.RECEIVED:
        row.state = ItemState.FINGERPRINTED
    row.save()
    record(actor, "item.fingerprinted", item, {"kind": row.kind, "algorithms": sorted(found)})


@transaction.atomic
def set_item_state(actor: Actor, *, item: UUID, state: ItemState | str) -> None:
    """Moves an item on. Raises Conflict when it would go back; an erased item has no bytes any more."""
    require(actor, permissions.MOVE)
    row = _item(item)
    to = ItemState(state)
    rules.check_move(ItemState(row.state), to)
    if row.state == to:
        return
    row.state = to
    if to is ItemState.ERASED:
        row.object_id = None
    row.save(update_fields=["state", "object_id"])
    record(actor, "item.moved", item, {"to": str(to)})


@transaction.atomic
def add_sighting(actor: Actor, *, url: Canonical, seen_at: datetime) -> UUID:
    """The address as one that waits for its capture: the row that already waits, or a new one."""
    require(actor, permissions.SIGHT)
    found = lookup("url", url.text)
    row, made = Sighting.objects.get_or_create(
        url_lookup=found,
        item=None,
        merged_into=None,
        defaults={
            "url_sealed": seal("url", url.text.encode()),
            "host_sealed": seal("host", url.host.encode()),
            "host_lookup": lookup("host", url.host),
            "domain_lookup": lookup("registrable", url.registrable_domain or url.host),
            "first_seen": seen_at,
            "last_seen": seen_at,
        },
    )
    if not made and seen_at > row.last_seen:
        Sighting.objects.filter(id=row.id).update(last_seen=seen_at)
    record(actor, "sighting.added" if made else "sighting.seen", row.id, {})
    return row.id


@transaction.atomic
def link_sighting(actor: Actor, *, sighting: UUID, item: UUID) -> UUID:
    """What was captured at an address. Returns the sighting that holds the link from now on.

    That is the older one when this address already stands for this item: the newcomer is merged into it, and its id
    leads there. Raises Conflict when the sighting stands for another item.
    """
    require(actor, permissions.SIGHT)
    row, target = _sighting(sighting), _item(item)
    if row.item_id not in (None, item):
        raise Conflict("this sighting stands for another item", place=str(sighting))
    older = Sighting.objects.filter(url_lookup=row.url_lookup, item=target, merged_into=None).exclude(id=row.id).first()
    if older is None:
        row.item = target
        row.save(update_fields=["item"])
    else:
        _merge(row, older)
    record(actor, "sighting.linked", item, {"sighting": str((older or row).id)})
    return (older or row).id


@transaction.atomic
def mark_sighting(actor: Actor, *, sighting: UUID, state: SightingState | str, problem: str = "") -> None:
    """What was found at the address just now. `problem` says why it could not be captured, without the address."""
    require(actor, permissions.SIGHT)
    row = _sighting(sighting)
    row.state, row.problem = SightingState(state), problem[:300]
    if row.state == SightingState.ONLINE:
        row.last_seen = max(row.last_seen, clock.now())
    row.save(update_fields=["state", "problem", "last_seen"])
    record(actor, f"sighting.{row.state}", sighting, {"problem": row.problem})


def _values_of(prints: Fingerprints) -> dict[str, tuple[str, int | None]]:
    """Algorithm -> (value, quality), without those that could not be computed."""
    found: dict[str, tuple[str, int | None]] = {name: (getattr(prints, name), None) for name in rules.EXACT}
    if prints.pdq:
        found["pdq"] = (prints.pdq, prints.pdq_quality)
    if prints.audio:
        found[rules.SOUND] = (prints.audio, None)
    return found


def _keep_fingerprint(row: Item, algorithm: str, value: str, quality: int | None) -> None:
    rules.check_value(algorithm, value)
    Fingerprint.objects.update_or_create(
        item=row,
        algorithm=algorithm,
        defaults={
            "value_sealed": seal("fingerprint", rules.octets_of(algorithm, value)),
            "lookup": lookup("fingerprint", rules.fingerprint_key(algorithm, value)),
            "quality": quality,
        },
    )


def _merge(newcomer: Sighting, older: Sighting) -> None:
    older.last_seen, older.state = max(older.last_seen, newcomer.last_seen), SightingState.ONLINE
    older.save(update_fields=["last_seen", "state"])
    newcomer.merged_into = older
    newcomer.save(update_fields=["merged_into"])


def _item(id: UUID) -> Item:
    row = Item.objects.filter(id=id).first()
    if row is None:
        raise Missing("there is no such item", place=str(id))
    return row


def _sighting(id: UUID) -> Sighting:
    """The sighting that this id leads to."""
    row = Sighting.objects.select_related("merged_into").filter(id=id).first()
    if row is None:
        raise Missing("there is no such sighting", place=str(id))
    return row.merged_into or row
