"""May this domain be listed? Plain values in, Refused with the reason out.

Rules:
- a list of domains blocks everything on them, so only a domain wholly dedicated to the material may be listed: the
  proposer states it with evidence, and nothing that the node itself knows speaks against it
- never a public suffix, an address, a host that many share, or a name under one
- for a limited time, on a law in force, decided by two different people
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tutela.errors import Forbidden, Invalid
from tutela.urls import Host, canonical_host, is_dns_name, registrable_domain
from tutela_node.blocking.errors import Refused

MIN_WORDS = 20  # characters of a ground that says anything
LONGEST_WORDS = 2000
SHORTEST_REASON = 10


class ListingState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFacts:
    """What the node knows: addresses seen on the domain, and how many of them a verdict found illegal."""

    sightings: int
    illegal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the national profile sets."""

    max_days: int
    shared_hosts: tuple[str, ...]


def check_domain(text: str, *, limits: Limits) -> str:
    """The domain in canonical form, if a domain of this kind may be listed at all."""
    given = text.strip()
    if any(mark in given for mark in "/:@?#*%\\ "):
        raise Invalid("give a bare domain name such as site.example, without scheme, path or wildcard", place="domain")
    host = _host(given.removesuffix("."))
    if host.is_ip:
        raise Refused("an address of a machine is shared by many sites; only a domain can be listed", place="domain")
    name = host.name
    if not is_dns_name(name) or "." not in name:
        raise Invalid("this is no full domain name such as site.example", place="domain")
    own = registrable_domain(name)
    if own is None:
        raise Refused("this is a public suffix: many people have their sites under it", place="domain")
    if _is_shared(name, limits.shared_hosts):
        raise Refused(
            "this host is shared by many customers: ask the host to remove the addresses instead", place="domain"
        )
    return name


def check_dedicated(*, wholly_dedicated: bool, evidence: str, facts: DomainFacts) -> None:
    """Is the whole domain given over to the material, as stated and as far as the node knows?"""
    if not wholly_dedicated:
        raise Refused(
            "only a domain that is wholly dedicated may be listed; for single addresses ask the host",
            place="wholly_dedicated",
        )
    if not MIN_WORDS <= len(evidence.strip()) <= LONGEST_WORDS:
        wanted = f"in {MIN_WORDS} to {LONGEST_WORDS} characters"
        raise Invalid(f"say how it was established that the whole domain is dedicated, {wanted}", place="evidence")
    check_nothing_else(facts)


def check_nothing_else(facts: DomainFacts) -> None:
    """Does anything that the node knows speak against it? Asked when it is proposed, and again when it is decided."""
    if facts.illegal < facts.sightings:
        other = facts.sightings - facts.illegal
        raise Refused(
            f"{other} of {facts.sightings} addresses known on it have no verdict that they are illegal", place="domain"
        )


def check_terms(*, grounds: str, days: int, limits: Limits) -> None:
    if not MIN_WORDS <= len(grounds.strip()) <= LONGEST_WORDS:
        wanted = f"in {MIN_WORDS} to {LONGEST_WORDS} characters"
        raise Invalid(f"give the grounds, {wanted}: an appeal is decided on them", place="grounds")
    if not 1 <= days <= limits.max_days:
        raise Invalid(f"a listing lasts from 1 to {limits.max_days} days", place="days")


def check_second_person(*, proposer: UUID, decider: UUID | None) -> None:
    """A listing needs two different people, both signed in."""
    if decider is None or decider == proposer:
        raise Forbidden("whoever proposed this listing cannot decide it: ask a second person")


def expiry(now: datetime, days: int) -> datetime:
    return now + timedelta(days=days)


def is_live(state: ListingState, expires_at: datetime, now: datetime) -> bool:
    return state is ListingState.APPROVED and now < expires_at


def check_reason(reason: str) -> str:
    """The words with which a listing is refused or withdrawn, without outer white space."""
    kept = reason.strip()
    if not SHORTEST_REASON <= len(kept) <= LONGEST_WORDS:
        raise Invalid(f"say why in a sentence, {SHORTEST_REASON} to {LONGEST_WORDS} characters", place="reason")
    return kept


def _host(name: str) -> Host:
    try:
        return canonical_host(name)
    except Invalid as error:
        raise Invalid(error.message, place="domain") from None


def _is_shared(name: str, shared_hosts: tuple[str, ...]) -> bool:
    return any(name == shared or name.endswith(f".{shared}") for shared in shared_hosts)
