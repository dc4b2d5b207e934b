"""Every write of the blocking list: propose, decide, withdraw, publish."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from tutela_node.blocking import queries, releasing, rules
from tutela_node.blocking.models import Listing, Release
from tutela_node.blocking.permissions import DECIDE, PROPOSE, PUBLISH
from tutela_node.blocking.rules import DomainFacts, Limits, ListingState
from tutela_node.foundation import clock, profile
from tutela_node.foundation.counters import next_number
from tutela_node.foundation.errors import Conflict, Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.foundation.sealed import lookup, seal


@transaction.atomic
def propose(
    actor: Actor,
    *,
    domain: str,
    grounds: str,
    legal_basis: str,
    days: int,
    statement: dict[str, object],
    facts: DomainFacts,
) -> UUID:
    """Proposes a domain. Refused, Invalid or Forbidden say which rule stands against it; nothing is kept then."""
    require(actor, PROPOSE)
    now = clock.now()
    limits = _limits()
    name = rules.check_domain(domain, limits=limits)
    evidence = str(statement.get("evidence", ""))
    rules.check_dedicated(wholly_dedicated=statement.get("wholly_dedicated") is True, evidence=evidence, facts=facts)
    rules.check_terms(grounds=grounds, days=days, limits=limits)
    profile.current().basis(legal_basis, "block", now.date())
    _expire_due(actor)
    known = Listing.objects.filter(
        domain_lookup=lookup("domain", name), state__in=[ListingState.PROPOSED, ListingState.APPROVED]
    )
    if known.exists():
        raise Conflict("this domain is proposed or listed already", place="domain")
    listing = _proposed(
        reference=f"L-{now.year}-{next_number(f'listing-{now.year}'):05d}",
        domain_sealed=seal("domain", name.encode()),
        domain_lookup=lookup("domain", name),
        grounds_sealed=seal("words", grounds.encode()),
        evidence_sealed=seal("words", evidence.encode()),
        legal_basis=legal_basis,
        days=days,
        facts=asdict(facts),
        proposed_by_id=person_of(actor),
        proposed_at=now,
    )
    details = {"listing": listing.reference, "legal_basis": legal_basis, "days": days, "domain": name}
    record(actor, "listing.proposed", listing.id, {**details, "grounds": grounds})
    return listing.id


@transaction.atomic
def approve(actor: Actor, *, listing: UUID, facts: DomainFacts) -> datetime:
    """A second person lists the domain; the law and what is known by now are checked again. Answers when it ends."""
    require(actor, DECIDE)
    found = _listing(listing, ListingState.PROPOSED)
    rules.check_second_person(proposer=found.proposed_by_id, decider=actor.id)
    rules.check_nothing_else(facts)
    now = clock.now()
    profile.current().basis(found.legal_basis, "block", now.date())
    expires = rules.expiry(now, found.days)
    Listing.objects.filter(id=listing).update(
        state=ListingState.APPROVED, decided_by=actor.id, decided_at=now, expires_at=expires
    )
    record(actor, "listing.approved", listing, {"listing": found.reference, "until": expires.isoformat()})
    return expires


@transaction.atomic
def refuse(actor: Actor, *, listing: UUID, reason: str) -> None:
    require(actor, DECIDE)
    words = rules.check_reason(reason)
    found = _listing(listing, ListingState.PROPOSED)
    rules.check_second_person(proposer=found.proposed_by_id, decider=actor.id)
    _close(found, actor, ListingState.REFUSED, words)
    record(actor, "listing.refused", listing, {"listing": found.reference, "reason": words})


@transaction.atomic
def withdraw(actor: Actor, *, listing: UUID, reason: str) -> None:
    """Takes a domain off the list. One person is enough to stop blocking."""
    require(actor, DECIDE)
    words = rules.check_reason(reason)
    found = _listing(listing, ListingState.APPROVED)
    _close(found, actor, ListingState.WITHDRAWN, words)
    record(actor, "listing.withdrawn", listing, {"listing": found.reference, "reason": words})


@transaction.atomic
def publish(actor: Actor, *, written: releasing.Written) -> UUID:
    """Names a written release. Conflict when the list or the sequence moved meanwhile: it is then written again."""
    require(actor, PUBLISH)
    _expire_due(actor)
    number = next_number("release")
    if written.domains != queries.live_domains() or Release.objects.filter(serial__gte=written.serial).exists():
        raise Conflict("the list changed while its release was written")
    release = Release.objects.create(
        number=number,
        serial=written.serial,
        folder=written.folder,
        sha256=written.sha256,
        entries=len(written.domains),
        at=clock.now(),
    )
    record(
        actor,
        "release.published",
        release.id,
        {"number": number, "serial": written.serial, "sha256": written.sha256, "entries": len(written.domains)},
    )
    transaction.on_commit(releasing.point_latest)
    return release.id


def _proposed(**fields: Any) -> Listing:
    """The new row; Conflict when somebody else proposed the same domain at this very moment."""
    try:
        with transaction.atomic():
            return Listing.objects.create(**fields)
    except IntegrityError:
        raise Conflict("this domain is proposed or listed already", place="domain") from None


def _limits() -> Limits:
    rule = profile.current().blocking
    return Limits(max_days=rule.max_days, shared_hosts=rule.shared_hosts)


def _listing(listing: UUID, wanted: ListingState) -> Listing:
    found = Listing.objects.select_for_update().filter(id=listing).first()
    if found is None:
        raise Missing("there is no such listing", place="listing")
    if found.state != wanted:
        raise Conflict(f"the listing is {found.state}, not {wanted}", place=found.reference)
    return found


def _close(found: Listing, actor: Actor, state: ListingState, reason: str) -> None:
    Listing.objects.filter(id=found.id).update(
        state=state, decided_by=actor.id, decided_at=clock.now(), reason_sealed=seal("words", reason.encode())
    )


def _expire_due(actor: Actor) -> None:
    """Ends the listings whose time is over, so that their domains may be proposed again."""
    for found in Listing.objects.filter(state=ListingState.APPROVED, expires_at__lte=clock.now()):
        Listing.objects.filter(id=found.id).update(state=ListingState.EXPIRED)
        record(actor, "listing.expired", found.id, {"listing": found.reference})
