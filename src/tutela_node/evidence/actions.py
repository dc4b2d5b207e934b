"""Every write of the vault: admit, make an exhibit, view, release, erase. Permission first, the ledger last."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from tutela_node.accounts.queries import recipient_key
from tutela_node.evidence import queries, rules, vault
from tutela_node.evidence.models import Exhibit, Package, VaultObject, View
from tutela_node.evidence.packaging import Built, path_of_package
from tutela_node.evidence.permissions import APPROVE, BUILD, FETCH, KEEP, PROPOSE, VIEW
from tutela_node.evidence.rules import ObjectState, PackageState
from tutela_node.foundation import clock, ledger, profile
from tutela_node.foundation.counters import next_number
from tutela_node.foundation.errors import Conflict, Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.foundation.sealed import seal

DIGEST = "object-digest"


@transaction.atomic
def admit_object(actor: Actor, *, received: vault.Received, source: str) -> UUID:
    """Names a received object, whose file is on disk already, in the caller's transaction."""
    require(actor, KEEP)
    VaultObject.objects.create(
        id=received.object_id,
        size=received.size,
        key_wrapped=received.key_wrapped,
        sha256_sealed=seal(DIGEST, bytes.fromhex(received.sha256)),
        source=source,
        received_at=clock.now(),
    )
    record(actor, "object.admitted", received.object_id, {"size": received.size, "source": source})
    return received.object_id


@transaction.atomic
def make_exhibit(actor: Actor, *, item: UUID, object_id: UUID) -> UUID:
    """Makes an item's object evidence; an item that is an exhibit stays the one it is."""
    require(actor, KEEP)
    known = Exhibit.objects.filter(item_id=item).first()
    if known:
        return known.id
    found = _object(object_id)
    rules.check_exhibitable(ObjectState(found.state))
    now = clock.now()
    number = rules.exhibit_number(profile.current().code, now.year, next_number(f"exhibit-{now.year}"))
    exhibit = Exhibit.objects.create(number=number, item_id=item, object=found, made_at=now)
    VaultObject.objects.filter(id=object_id).update(state=ObjectState.EXHIBIT, erase_after=None)
    record(actor, "exhibit.made", item, {"exhibit": number, "object": str(object_id)})
    return exhibit.id


@transaction.atomic
def open_view(actor: Actor, *, item: UUID, closes_at: datetime) -> UUID:
    """Opens one view for one person; that it was opened is in the log before a single byte is shown."""
    require(actor, VIEW)
    now = clock.now()
    view = View.objects.create(item_id=item, person_id=person_of(actor), opened_at=now, closes_at=closes_at)
    record(actor, "item.viewed", item, {"view": str(view.id), "until": closes_at.isoformat()})
    return view.id


@transaction.atomic
def schedule_erasure(actor: Actor, *, object_id: UUID, after: datetime) -> None:
    """Says when an object's bytes go; an exhibit is refused."""
    require(actor, KEEP)
    rules.check_erasable(ObjectState(_object(object_id).state))
    VaultObject.objects.filter(id=object_id).update(erase_after=after)
    record(actor, "object.erasure_scheduled", object_id, {"after": after.isoformat()})


@transaction.atomic
def erase_object(actor: Actor, *, object_id: UUID) -> None:
    """Destroys the object's key; the file goes after the commit, and fsck names it if it was left."""
    require(actor, KEEP)
    found = _object(object_id)
    if found.state == ObjectState.ERASED:
        return
    rules.check_erasable(ObjectState(found.state))
    VaultObject.objects.filter(id=object_id).update(
        state=ObjectState.ERASED, key_wrapped=None, sha256_sealed=b"", erased_at=clock.now()
    )
    record(actor, "object.erased", object_id, {})
    ledger.erase_subject(object_id)
    transaction.on_commit(lambda: vault.path_of(object_id).unlink(missing_ok=True))


@transaction.atomic
def propose_package(actor: Actor, *, items: tuple[UUID, ...], legal_basis: str, recipient: UUID, reason: str) -> UUID:
    """Proposes the release of some exhibits to one recipient's key, on a legal basis that is in force."""
    require(actor, PROPOSE)
    now = clock.now()
    profile.current().basis(legal_basis, "package", now.date())
    exhibits = list(Exhibit.objects.filter(item_id__in=items))
    rules.check_proposal(exhibits=len(exhibits), wanted=len(set(items)), reason=reason)
    key = recipient_key(recipient)
    package = Package.objects.create(
        reference=rules.package_reference(profile.current().code, now.year, next_number(f"package-{now.year}")),
        legal_basis=legal_basis,
        reason=reason.strip(),
        recipient_id=key.id,
        proposed_by_id=person_of(actor),
        proposed_at=now,
    )
    package.exhibits.set(exhibits)
    numbers = sorted(exhibit.number for exhibit in exhibits)
    facts = {"package": package.reference, "legal_basis": legal_basis, "recipient": str(recipient)}
    record(actor, "package.proposed", package.id, {**facts, "exhibits": numbers})
    for exhibit in exhibits:
        record(actor, "exhibit.release_proposed", exhibit.item_id, {**facts, "exhibit": exhibit.number})
    return package.id


@transaction.atomic
def approve_package(actor: Actor, *, package: UUID) -> None:
    """A second person approves; Forbidden for the proposer, Conflict once it is decided."""
    require(actor, APPROVE)
    found = _package(package, PackageState.PROPOSED)
    rules.check_second_person(proposer=found.proposed_by_id, approver=actor.id)
    now = clock.now()
    profile.current().basis(found.legal_basis, "package", now.date())
    Package.objects.filter(id=package).update(state=PackageState.APPROVED, approved_by=actor.id, approved_at=now)
    record(actor, "package.approved", package, {"package": found.reference})
    for exhibit in found.exhibits.all():
        record(actor, "exhibit.release_approved", exhibit.item_id, {"package": found.reference})


@transaction.atomic
def refuse_package(actor: Actor, *, package: UUID, reason: str) -> None:
    """Refuses a proposal, for good. Its proposer may do it too: one person is enough to keep evidence in the house."""
    require(actor, APPROVE)
    words = rules.check_reason(reason)
    found = _package(package, PackageState.PROPOSED)
    Package.objects.filter(id=package).update(state=PackageState.REFUSED, refused_because=words)
    record(actor, "package.refused", package, {"package": found.reference, "reason": words})
    for exhibit in found.exhibits.all():
        record(actor, "exhibit.release_refused", exhibit.item_id, {"package": found.reference})


@transaction.atomic
def name_package(actor: Actor, *, package: UUID, built: Built) -> None:
    """Names the file that was built; its digest is in the log."""
    require(actor, BUILD)
    found = _package(package, PackageState.APPROVED)
    Package.objects.filter(id=package).update(
        state=PackageState.BUILT, file=built.file, size=built.size, sha256=built.sha256, built_at=clock.now()
    )
    record(actor, "package.built", package, {"package": found.reference, "sha256": built.sha256, "size": built.size})


@transaction.atomic
def fetch_package(actor: Actor, *, package: UUID) -> Path:
    """The path of a built package for somebody who may have it; that it was fetched is in the log.

    A recipient gets what was released to their own organisation; anything else is Missing to them.
    """
    require(actor, FETCH)
    queries.check_may_see(actor, package)
    found = _package(package, PackageState.BUILT)
    record(actor, "package.fetched", package, {"package": found.reference})
    return path_of_package(found.file)


def _object(object_id: UUID) -> VaultObject:
    found = VaultObject.objects.select_for_update().filter(id=object_id).first()
    if found is None:
        raise Missing("there is no such object in the vault", place=str(object_id))
    return found


def _package(package: UUID, wanted: PackageState) -> Package:
    found = Package.objects.select_for_update().filter(id=package).first()
    if found is None:
        raise Missing("there is no such package", place="package")
    if found.state != wanted:
        raise Conflict(f"the package is {found.state}, not {wanted}", place=found.reference)
    return found
