"""Every read of the blocking list that others may use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from tutela_node.blocking.models import Listing, Release
from tutela_node.blocking.permissions import FETCH, READ
from tutela_node.blocking.rules import DomainFacts, ListingState
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import unseal

ZONE, SIGNATURE, KEY = RELEASE_FILES = ("zone.rpz", "zone.rpz.sig", "public.pem")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingValue:
    id: UUID
    reference: str
    domain: str
    grounds: str
    evidence: str
    legal_basis: str
    days: int
    state: ListingState
    facts: DomainFacts
    proposed_by: str
    proposed_by_id: UUID
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseValue:
    id: UUID
    number: int
    serial: int
    entries: int
    sha256: str
    at: datetime
    folder: Path


def listings(actor: Actor, *, limit: int = 200) -> tuple[ListingValue, ...]:
    require(actor, READ)
    record_read(actor, "listings.read", None)
    return tuple(_listing(row) for row in _rows().order_by("-id")[:limit])


def listing(actor: Actor, id: UUID) -> ListingValue:
    require(actor, READ)
    record_read(actor, "listing.read", id)
    row = _rows().filter(id=id).first()
    if row is None:
        raise Missing("there is no such listing", place="listing")
    return _listing(row)


def releases(actor: Actor, *, limit: int = 50) -> tuple[ReleaseValue, ...]:
    require(actor, READ)
    return tuple(_release(row) for row in Release.objects.order_by("-number")[:limit])


def release_file(actor: Actor, *, number: int, name: str) -> bytes:
    """One file of a release, for somebody who may take the list away; that it was taken is written down."""
    require(actor, FETCH)
    row = Release.objects.filter(number=number).first()
    if row is None or name not in RELEASE_FILES:
        raise Missing("there is no such file of a release", place="release")
    record_read(actor, "release.fetched", row.id, note=name)
    return (_release(row).folder / name).read_bytes()


def domain_of(id: UUID) -> str:
    """The domain of a listing, for the story that decides about it. Raises Missing."""
    row = Listing.objects.filter(id=id).first()
    if row is None:
        raise Missing("there is no such listing", place="listing")
    return unseal("domain", row.domain_sealed).decode()


def live_domains() -> tuple[str, ...]:
    """What the next release holds: approved, and not yet expired. For the release alone."""
    rows = Listing.objects.filter(state=ListingState.APPROVED, expires_at__gt=clock.now())
    return tuple(sorted(unseal("domain", row.domain_sealed).decode() for row in rows))


def every_release() -> Iterator[ReleaseValue]:
    for row in Release.objects.order_by("number").iterator(chunk_size=100):
        yield _release(row)


def latest_release() -> ReleaseValue | None:
    row = Release.objects.order_by("-number").first()
    return _release(row) if row else None


def _rows() -> QuerySet[Listing]:
    return Listing.objects.select_related("proposed_by", "decided_by")


def _listing(row: Listing) -> ListingValue:
    return ListingValue(
        id=row.id,
        reference=row.reference,
        domain=unseal("domain", row.domain_sealed).decode(),
        grounds=unseal("words", row.grounds_sealed).decode(),
        evidence=unseal("words", row.evidence_sealed).decode(),
        legal_basis=row.legal_basis,
        days=row.days,
        state=_state(row),
        facts=DomainFacts(**row.facts),
        proposed_by=row.proposed_by.name,
        proposed_by_id=row.proposed_by_id,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by.name if row.decided_by else "",
        decided_at=row.decided_at,
        reason=unseal("words", row.reason_sealed).decode() if row.reason_sealed else "",
        expires_at=row.expires_at,
    )


def _state(row: Listing) -> ListingState:
    """A listing whose time is over has ended, whether or not its row says so yet."""
    is_over = row.state == ListingState.APPROVED and row.expires_at is not None and row.expires_at <= clock.now()
    return ListingState.EXPIRED if is_over else ListingState(row.state)


def _release(row: Release) -> ReleaseValue:
    return ReleaseValue(
        id=row.id,
        number=row.number,
        serial=row.serial,
        entries=row.entries,
        sha256=row.sha256,
        at=row.at,
        folder=Path(settings.TUTELA.data) / "releases" / row.folder,
    )
