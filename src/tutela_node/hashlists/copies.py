"""Copies of lists as desks show them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tutela_node.foundation.errors import Missing
from tutela_node.foundation.permissions import Actor, require
from tutela_node.hashlists.models import ListCopy
from tutela_node.hashlists.permissions import READ
from tutela_node.hashlists.rules import CopyState


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyValue:
    """A copy as a desk shows it."""

    id: UUID
    reference: str
    list_id: UUID
    list_name: str
    recipient_name: str
    organisation: UUID
    legal_basis: str
    reason: str
    state: CopyState
    proposed_by: UUID
    proposed_name: str
    proposed_at: datetime
    decided_name: str
    decided_at: datetime | None
    refused_because: str
    version: int
    entries: int
    content: str
    expires_on: date | None
    size: int
    sha256: str
    built_at: datetime | None
    fetched: int


def list_copies(actor: Actor, *, list_id: UUID | None = None) -> tuple[CopyValue, ...]:
    """The newest first."""
    require(actor, READ)
    rows = ListCopy.objects.select_related("list").order_by("-proposed_at")
    return tuple(_value(row) for row in (rows.filter(list=list_id) if list_id else rows)[:200])


def read_copy(actor: Actor, copy: UUID) -> CopyValue:
    """Raises Missing."""
    require(actor, READ)
    row = ListCopy.objects.select_related("list").filter(id=copy).first()
    if row is None:
        raise Missing("there is no such copy", place="copy")
    return _value(row)


def _value(row: ListCopy) -> CopyValue:
    names = set(CopyValue.__dataclass_fields__) - {"list_id", "list_name", "state"}
    return CopyValue(
        list_id=row.list_id,
        list_name=row.list.name,
        state=CopyState(row.state),
        **{name: getattr(row, name) for name in names},
    )
