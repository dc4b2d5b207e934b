"""Every read of material, as frozen values.

Rules:
- `item`, `sighting` and `search` are for the node's own steps; a person reads through `read_item` and `find`, which
  ask for the permission and write the read down
- only exact values can be looked up: near ones are the matching index's
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from tutela.errors import TutelaError
from tutela.urls import canonical_host, canonicalise, redact, registrable_domain
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import lookup, unseal
from tutela_node.material import permissions, rules
from tutela_node.material.models import Fingerprint, Item, Sighting
from tutela_node.material.rules import ItemState, SightingState

SOME = 500  # rows that one statement asks about


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemValue:
    """`fingerprints`: algorithm -> (its value, quality 0 to 100 or None); hexadecimal but for that of a sound.

    `forms`: PDQ hashes of its other forms and of its frames: by which form, value, quality.
    """

    id: UUID
    reference: str
    kind: str
    size: int
    width: int | None
    height: int | None
    truncated: bool
    problem: str
    state: ItemState
    object_id: UUID | None
    fingerprints: Mapping[str, tuple[str, int | None]]
    forms: tuple[rules.OtherForm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingValue:
    """`redacted` is the short form for lists on a screen; `item` is None until something was captured there."""

    id: UUID
    url: str
    host: str
    redacted: str
    first_seen: datetime
    last_seen: datetime
    state: SightingState
    problem: str
    item: UUID | None

    def __repr__(self) -> str:
        """Addresses must not reach logs or tracebacks."""
        return f"SightingValue(id={self.id!r}, ...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    items: tuple[UUID, ...]
    sightings: tuple[UUID, ...]


def item(id: UUID) -> ItemValue:
    """Raises Missing."""
    row = Item.objects.prefetch_related("fingerprints").filter(id=id).first()
    if row is None:
        raise Missing("there is no such item", place=str(id))
    return _item(row)


def items(ids: tuple[UUID, ...]) -> tuple[ItemValue, ...]:
    """Those that exist, by reference, in two statements for every `SOME` of them."""
    some = (ids[at : at + SOME] for at in range(0, len(ids), SOME))
    asked = (Item.objects.prefetch_related("fingerprints").filter(id__in=each) for each in some)
    return tuple(sorted((_item(row) for rows in asked for row in rows), key=lambda each: each.reference))


def fingerprinted_of(ids: tuple[UUID, ...]) -> frozenset[UUID]:
    """Those of these items whose fingerprints are known."""
    some = (ids[at : at + SOME] for at in range(0, len(ids), SOME))
    rows = (Item.objects.filter(id__in=each).exclude(state=ItemState.RECEIVED) for each in some)
    return frozenset(id for each in rows for id in each.values_list("id", flat=True))


def read_item(actor: Actor, id: UUID) -> ItemValue:
    """The item, for a person: the read is written down. Raises Forbidden, Missing."""
    require(actor, permissions.READ)
    found = item(id)
    record_read(actor, "item.read", id)
    return found


def item_of_reference(reference: str) -> UUID:
    """Raises Missing."""
    id = Item.objects.filter(reference=reference).values_list("id", flat=True).first()
    if id is None:
        raise Missing("there is no item of this reference", place=reference[:40])
    return id


def items_by_exact(algorithm: str, value: str) -> tuple[UUID, ...]:
    """Items with exactly this fingerprint, oldest first."""
    found = lookup("fingerprint", rules.fingerprint_key(algorithm, value))
    return tuple(Fingerprint.objects.filter(lookup=found).order_by("item_id").values_list("item_id", flat=True))


def sighting(id: UUID) -> SightingValue:
    """The sighting this id leads to; its `id` differs when it was merged into another. Raises Missing."""
    row = Sighting.objects.select_related("merged_into").filter(id=id).first()
    if row is None:
        raise Missing("there is no such sighting", place=str(id))
    return _sighting(row.merged_into or row)


def states_of(sightings: tuple[UUID, ...]) -> frozenset[str]:
    """The states in which these addresses are; of one that turned out to be another, that other's."""
    rows = Sighting.objects.filter(id__in=sightings).values_list(Coalesce("merged_into__state", "state"), flat=True)
    return frozenset(rows.distinct())


def sightings_of(item: UUID) -> tuple[SightingValue, ...]:
    return tuple(_sighting(row) for row in _standing().filter(item=item))


def sightings_on_host(host: str) -> tuple[SightingValue, ...]:
    """Sightings on exactly this host, written in any way. Raises Invalid when it is no host."""
    found = lookup("host", canonical_host(host.encode()).name)
    return tuple(_sighting(row) for row in _standing().filter(host_lookup=found))


def sightings_under(domain: str) -> tuple[SightingValue, ...]:
    """Sightings on this domain and on every name below it. Raises Invalid when it is no domain."""
    name = canonical_host(domain.encode()).name
    found = lookup("registrable", registrable_domain(name) or name)
    rows = (_sighting(row) for row in _standing().filter(domain_lookup=found))
    return tuple(each for each in rows if each.host == name or each.host.endswith(f".{name}"))


def search(text: str) -> Found:
    """Everything of this reference, exact address, host or hash. Raises Invalid when the text is empty or too long."""
    cleaned = rules.clean_search(text)
    prints = [
        lookup("fingerprint", rules.fingerprint_key(name, cleaned)) for name in rules.possible_algorithms(cleaned)
    ]
    wanted = Q(reference=cleaned.upper()) | Q(fingerprints__lookup__in=prints)
    places = _places(cleaned)
    sightings = list(_standing().filter(places).values_list("id", "item_id")) if places else []
    wanted |= Q(id__in={item for _, item in sightings if item})
    items = Item.objects.filter(wanted).order_by("id").values_list("id", flat=True).distinct()
    return Found(items=tuple(items), sightings=tuple(id for id, _ in sightings))


def find(actor: Actor, text: str) -> Found:
    """A person's search; that they searched is written down, what they searched is not. Raises Forbidden, Invalid."""
    require(actor, permissions.SEARCH)
    found = search(text)
    record_read(actor, "material.searched", None, note=f"{len(found.items)} items, {len(found.sightings)} addresses")
    return found


def _standing() -> QuerySet[Sighting]:
    return Sighting.objects.filter(merged_into=None).order_by("first_seen", "id")


def _places(text: str) -> Q | None:
    try:
        address = canonicalise(text)
    except TutelaError:
        return None
    places = Q(url_lookup=lookup("url", address.text))
    is_bare_host = "/" not in text and "?" not in text
    return places | Q(host_lookup=lookup("host", address.host)) if is_bare_host else places


def _item(row: Item) -> ItemValue:
    prints = {
        each.algorithm: (
            rules.value_of(each.algorithm, unseal("fingerprint", bytes(each.value_sealed))),
            each.quality,
        )
        for each in row.fingerprints.all()
    }
    return ItemValue(
        id=row.id,
        reference=row.reference,
        kind=row.kind,
        size=row.size,
        width=row.width,
        height=row.height,
        truncated=row.truncated,
        problem=row.problem,
        state=ItemState(row.state),
        object_id=row.object_id,
        fingerprints=MappingProxyType(prints),
        forms=rules.forms_of(unseal("forms", bytes(row.forms_sealed))) if row.forms_sealed else (),
    )


def _sighting(row: Sighting) -> SightingValue:
    url = unseal("url", bytes(row.url_sealed)).decode()
    return SightingValue(
        id=row.id,
        url=url,
        host=unseal("host", bytes(row.host_sealed)).decode(),
        redacted=redact(canonicalise(url)),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        state=SightingState(row.state),
        problem=row.problem,
        item=row.item_id,
    )
