"""Every read of the vault that others may use: bytes, exhibits, open views, packages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.db.models import QuerySet

from tutela_node.evidence import vault
from tutela_node.evidence.models import Exhibit, Package, VaultObject, View
from tutela_node.evidence.permissions import READ, RECEIVE, VIEW
from tutela_node.evidence.rules import RELEASED, PackageState
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Limited, Missing
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, person_of, require

MAX_IN_MEMORY = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitValue:
    id: UUID
    number: str
    item: UUID
    size: int
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageValue:
    id: UUID
    reference: str
    state: PackageState
    exhibits: tuple[str, ...]
    items: tuple[UUID, ...]
    legal_basis: str
    reason: str
    recipient: str
    proposed_by: str
    proposed_by_id: UUID
    proposed_at: datetime
    approved_by: str
    approved_at: datetime | None
    refused_because: str
    built_at: datetime | None
    size: int | None
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewValue:
    id: UUID
    item: UUID
    closes_at: datetime


def read_object(object_id: UUID) -> bytes:
    """The bytes of an object, all authenticated; Limited when they are too many to hold."""
    found = _object(object_id)
    if found.size > MAX_IN_MEMORY:
        raise Limited("the object is too large to be held in memory", place=str(object_id))
    return b"".join(stream_object(object_id))


def open_object(object_id: UUID) -> BinaryIO:
    """The bytes of an object as a file that is read from its start, whatever its size; each piece authenticated."""
    return cast("BinaryIO", BufferedReader(_Pieces(stream_object(object_id))))


class _Pieces(RawIOBase):
    """An iterator of pieces as a raw file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        count = min(len(into), len(self._left))
        into[:count], self._left = self._left[:count], self._left[count:]
        return count


def stream_object(object_id: UUID) -> Iterator[bytes]:
    found = _object(object_id)
    return vault.open_stream(object_id, bytes(found.key_wrapped or b""))


def exhibit_of(item: UUID) -> ExhibitValue | None:
    row = Exhibit.objects.select_related("object").filter(item_id=item).first()
    return _exhibit(row) if row else None


def exhibits(actor: Actor, *, limit: int = 100) -> tuple[ExhibitValue, ...]:
    require(actor, READ)
    record_read(actor, "exhibits.read", None)
    rows = Exhibit.objects.select_related("object").order_by("-id")[:limit]
    return tuple(_exhibit(row) for row in rows)


def packages(actor: Actor, *, limit: int = 100) -> tuple[PackageValue, ...]:
    """All packages for staff; a recipient sees those released to their own organisation."""
    rows = _packages() if actor.may(READ) else _released_to(actor)
    record_read(actor, "packages.read", None)
    return tuple(_package(row) for row in rows.order_by("-id")[:limit])


def package(actor: Actor, id: UUID) -> PackageValue:
    """Raises Missing, also for a package that is none of the asker's business."""
    rows = _packages() if actor.may(READ) else _released_to(actor)
    record_read(actor, "package.read", id)
    row = rows.filter(id=id).first()
    if row is None:
        raise Missing("there is no such package", place="package")
    return _package(row)


def check_may_see(actor: Actor, package: UUID) -> None:
    """Raises Missing for a package that is none of the actor’s business, Forbidden for who has no business here."""
    if not actor.may(READ) and not _released_to(actor).filter(id=package).exists():
        raise Missing("there is no such package", place="package")


def views_since(person: UUID, since: datetime) -> int:
    """How many views a person opened since a moment: what the day's budget counts."""
    return View.objects.filter(person_id=person, opened_at__gte=since).count()


def has_viewed(person: UUID, item: UUID) -> bool:
    return View.objects.filter(person_id=person, item_id=item).exists()


def open_view_of(actor: Actor, view: UUID) -> ViewValue:
    """A view of this very person that is still open; Missing otherwise, whatever the reason."""
    require(actor, VIEW)
    row = View.objects.filter(id=view, person_id=person_of(actor), closes_at__gt=clock.now()).first()
    if row is None:
        raise Missing("this view is closed", place="view")
    return ViewValue(id=row.id, item=row.item_id, closes_at=row.closes_at)


def _object(object_id: UUID) -> VaultObject:
    found = VaultObject.objects.filter(id=object_id).first()
    if found is None or not found.key_wrapped:
        raise Missing("the bytes of this object are not in the vault", place=str(object_id))
    return found


def _packages() -> QuerySet[Package]:
    related = Package.objects.select_related("recipient", "recipient__organisation", "proposed_by", "approved_by")
    return related.prefetch_related("exhibits")


def _released_to(actor: Actor):  # type: ignore[no-untyped-def]  # a queryset's type names Django internals
    require(actor, RECEIVE)
    return _packages().filter(recipient__organisation=actor.organisation, state__in=RELEASED)


def _exhibit(row: Exhibit) -> ExhibitValue:
    return ExhibitValue(id=row.id, number=row.number, item=row.item_id, size=row.object.size, made_at=row.made_at)


def _package(row: Package) -> PackageValue:
    listed = sorted(row.exhibits.all(), key=lambda each: each.number)
    return PackageValue(
        id=row.id,
        reference=row.reference,
        state=PackageState(row.state),
        exhibits=tuple(each.number for each in listed),
        items=tuple(each.item_id for each in listed),
        legal_basis=row.legal_basis,
        reason=row.reason,
        recipient=f"{row.recipient.organisation.name}, {row.recipient.label}",
        proposed_by=row.proposed_by.name,
        proposed_by_id=row.proposed_by_id,
        proposed_at=row.proposed_at,
        approved_by=row.approved_by.name if row.approved_by else "",
        approved_at=row.approved_at,
        refused_because=row.refused_because,
        built_at=row.built_at,
        size=row.size,
        sha256=row.sha256,
    )
