"""A domain is proposed for blocking, decided by a second person, and published in a signed release."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from tutela_node.blocking import actions as blocking
from tutela_node.blocking import queries as lists
from tutela_node.blocking import releasing
from tutela_node.blocking.rules import DomainFacts
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.journeys.steps import begin, register
from tutela_node.material import queries as items
from tutela_node.review import queries as review

JOURNEY = "listing_decided"


def propose(
    actor: Actor, *, domain: str, grounds: str, legal_basis: str, days: int, statement: Mapping[str, object]
) -> UUID:
    """`statement` is what the proposer declares: `wholly_dedicated`, `evidence`. What the node knows is added here."""
    with transaction.atomic():
        return blocking.propose(
            actor,
            domain=domain,
            grounds=grounds,
            legal_basis=legal_basis,
            days=days,
            statement=dict(statement),
            facts=facts_about(domain),
        )


def facts_about(domain: str) -> DomainFacts:
    """What the node itself knows of a domain and all under it: addresses seen, and how many a verdict found illegal."""
    seen = items.sightings_under(domain)
    illegal = sum(1 for each in seen if each.item and (v := review.verdict_of(each.item)) and v.illegal)
    return DomainFacts(sightings=len(seen), illegal=illegal)


def approve(actor: Actor, *, listing: UUID) -> None:
    with transaction.atomic():
        expires = blocking.approve(actor, listing=listing, facts=facts_about(lists.domain_of(listing)))
        begin(JOURNEY, listing, "release")
        begin(JOURNEY, listing, "release:expired", due_at=expires)


def refuse(actor: Actor, *, listing: UUID, reason: str) -> None:
    with transaction.atomic():
        blocking.refuse(actor, listing=listing, reason=reason)


def withdraw(actor: Actor, *, listing: UUID, reason: str) -> None:
    """Takes a listing off the list; the next release no longer holds it."""
    with transaction.atomic():
        blocking.withdraw(actor, listing=listing, reason=reason)
        begin(JOURNEY, listing, "release:withdrawn")


def _write(_: UUID) -> releasing.Written:
    return releasing.write()


@register(JOURNEY, "release", prepare=_write)
def release(listing: UUID, written: releasing.Written) -> None:
    blocking.publish(SYSTEM, written=written)
