"""Every read of what lies inside of items, as frozen values."""

from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from tutela_node.foundation.sealed import unseal
from tutela_node.material import rules
from tutela_node.material.models import Contents, Inside
from tutela_node.material.rules import ItemState

NAME = "name-inside"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InsideValue:
    """One member at its place. `name` is what strangers wrote: it is escaped and made legible where it is shown."""

    container: UUID
    container_reference: str
    item: UUID
    reference: str
    kind: str
    size: int
    state: ItemState
    place: int
    name: str


def contents_of(container: UUID) -> rules.Contents | None:
    """How far an item was looked into; None when it holds nothing that is looked at, or was not looked into yet."""
    row = Contents.objects.filter(container=container).first()
    if row is None:
        return None
    return rules.Contents(
        read_to=row.read_to,
        closed=tuple(row.closed),
        left_out=MappingProxyType(row.left_out),
        is_over=row.is_over,
        is_archive=row.is_archive,
    )


def inside_of(container: UUID, *, limit: int) -> tuple[InsideValue, ...]:
    """Its members by their places, the first `limit`."""
    rows = Inside.objects.select_related("container", "item").filter(container=container).order_by("place")
    return tuple(_value(row) for row in rows[:limit])


def places_inside(item: UUID, *, limit: int) -> tuple[InsideValue, ...]:
    """Where an item lies inside of others, oldest first."""
    rows = Inside.objects.select_related("container", "item").filter(item=item).order_by("id")
    return tuple(_value(row) for row in rows[:limit])


def holds_any(container: UUID) -> bool:
    return Inside.objects.filter(container=container).exists()


def count_inside(container: UUID) -> int:
    """How many places its members have."""
    return Inside.objects.filter(container=container).count()


def members_of(containers: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """The items that lie inside of these, each once, in the order in which they lie there."""
    rows = Inside.objects.filter(container__in=containers).order_by("container_id", "place")
    return tuple(dict.fromkeys(rows.values_list("item_id", flat=True)))


def containers_of(item: UUID) -> tuple[UUID, ...]:
    """The items inside of which this one lies, each once."""
    rows = Inside.objects.filter(item=item).order_by("id").values_list("container_id", flat=True)
    return tuple(dict.fromkeys(rows))


def _value(row: Inside) -> InsideValue:
    return InsideValue(
        container=row.container_id,
        container_reference=row.container.reference,
        item=row.item_id,
        reference=row.item.reference,
        kind=row.item.kind,
        size=row.item.size,
        state=ItemState(row.item.state),
        place=row.place,
        name=rules.name_of(unseal(NAME, bytes(row.name_sealed))),
    )
