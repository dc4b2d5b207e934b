"""Handing a list out: proposed by one person, approved by another, built by the worker, fetched under a log entry."""

from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tutela_node.accounts import queries as accounts
from tutela_node.accounts.rules import AgreementKind
from tutela_node.evidence.rules import check_second_person
from tutela_node.foundation import clock, profile
from tutela_node.foundation.counters import next_number
from tutela_node.foundation.errors import Conflict, Forbidden, Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.foundation.sealed import seal
from tutela_node.hashlists import copy_building, rules
from tutela_node.hashlists.models import Canary, HashList, ListCopy
from tutela_node.hashlists.permissions import APPROVE_COPY, BUILD_COPY, FETCH_COPY, PROPOSE_COPY
from tutela_node.hashlists.rules import CopyState

ACT = "list"


@transaction.atomic
def propose_copy(actor: Actor, *, list_id: UUID, recipient: UUID, legal_basis: str, reason: str) -> UUID:
    """Proposes that a list goes to a recipient's key.

    Raises Forbidden for a list of others, and without a law or an agreement about lists in force; Missing, Invalid.
    """
    require(actor, PROPOSE_COPY)
    rules.check_reason(reason)
    now = clock.now()
    source = HashList.objects.filter(id=list_id).first()
    if source is None:
        raise Missing("there is no such list", place="list")
    rules.check_may_leave(is_national=source.is_national, is_unverified=source.is_unverified)
    profile.current().basis(legal_basis, ACT, now.date())
    key = accounts.recipient_key(recipient)
    _check_agreement(key.organisation, now.date())
    code = profile.current().code
    row = ListCopy.objects.create(
        reference=rules.copy_reference(code, now.year, next_number(f"list-copy-{now.year}")),
        list=source,
        recipient=key.id,
        organisation=key.organisation,
        recipient_name=f"{key.organisation_name}, {key.label}",
        legal_basis=legal_basis,
        reason=reason.strip(),
        proposed_by=person_of(actor),
        proposed_name=actor.name,
        proposed_at=now,
    )
    facts = {"copy": row.reference, "list": source.number, "recipient": str(key.id), "legal_basis": legal_basis}
    record(actor, "copy.proposed", row.id, facts)
    return row.id


@transaction.atomic
def approve_copy(actor: Actor, *, copy: UUID) -> None:
    """A second person approves. Raises Forbidden for the proposer, Conflict once it is decided."""
    require(actor, APPROVE_COPY)
    row = _copy(copy, CopyState.PROPOSED)
    check_second_person(proposer=row.proposed_by, approver=actor.id)
    now = clock.now()
    profile.current().basis(row.legal_basis, ACT, now.date())
    _check_agreement(row.organisation, now.date())
    _decide(row, actor, CopyState.APPROVED, now)
    record(actor, "copy.approved", copy, {"copy": row.reference})


@transaction.atomic
def refuse_copy(actor: Actor, *, copy: UUID, reason: str) -> None:
    """Refuses, for good; whoever proposed it may do it too."""
    require(actor, APPROVE_COPY)
    rules.check_reason(reason)
    row = _copy(copy, CopyState.PROPOSED)
    _decide(row, actor, CopyState.REFUSED, clock.now(), refused_because=reason.strip())
    record(actor, "copy.refused", copy, {"copy": row.reference, "reason": reason.strip()})


@transaction.atomic
def name_copy(actor: Actor, *, copy: UUID, built: copy_building.Built) -> None:
    """Names the file that was built and keeps its canaries; its digest is in the log."""
    require(actor, BUILD_COPY)
    row = _copy(copy, CopyState.APPROVED)
    ListCopy.objects.filter(id=copy).update(
        state=CopyState.BUILT,
        version=built.version,
        entries=built.entries,
        content=built.content,
        expires_on=built.expires_on,
        canaries_sealed=seal("canaries", built.canaries),
        file=built.file,
        size=built.size,
        sha256=built.sha256,
        built_at=clock.now(),
    )
    transaction.on_commit(lambda: copy_building.tidy(copy, keep=built.file))
    Canary.objects.bulk_create(Canary(copy=row, number=number, lookup=found) for number, found in built.lookups)
    facts = {"copy": row.reference, "version": built.version, "entries": built.entries, "sha256": built.sha256}
    record(actor, "copy.built", copy, facts)


@transaction.atomic
def fetch_copy(actor: Actor, *, copy: UUID) -> tuple[Path, str]:
    """The path of a built copy and its reference; that it was fetched is in the log."""
    require(actor, FETCH_COPY)
    row = _copy(copy, CopyState.BUILT)
    ListCopy.objects.filter(id=copy).update(fetched=F("fetched") + 1)
    record(actor, "copy.fetched", copy, {"copy": row.reference})
    return copy_building.folder() / row.file, row.reference


def _decide(row: ListCopy, actor: Actor, state: CopyState, now: datetime, **more: str) -> None:
    decided = {"decided_by": actor.id, "decided_name": actor.name, "decided_at": now}
    ListCopy.objects.filter(id=row.id).update(state=state, **decided, **more)


def _check_agreement(organisation: UUID, today: date) -> None:
    if accounts.agreement_ends(organisation, AgreementKind.HASHLISTS, today) is None:
        raise Forbidden(
            "the recipient has no agreement about lists in force: the operator makes one", place="recipient"
        )


def _copy(copy: UUID, wanted: CopyState) -> ListCopy:
    row = ListCopy.objects.select_for_update().filter(id=copy).first()
    if row is None:
        raise Missing("there is no such copy", place="copy")
    if row.state != wanted:
        raise Conflict(f"the copy is {row.state}, not {wanted}", place=row.reference)
    return row
