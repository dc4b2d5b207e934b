"""Asks several sources where a host is. Writes nothing: the facts are recorded by `actions.record_trace`.

Rules:
- DNS gives the addresses; the address registry names the operator, its country and its abuse contact; the reverse name
  and the domain's name servers agree with that or do not
- one source that fails leaves the others; when no registry could be asked at all, nothing is concluded (Unavailable)
- a hidden service has no address that DNS or a registry knows
"""

from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from tutela_node.foundation.errors import Invalid, Limited, Missing, TutelaError, Unavailable
from tutela_node.foundation.fetcher import NameNotFound, Resolver
from tutela_node.takedown import rules
from tutela_node.takedown.errors import BadContact
from tutela_node.takedown.rules import Outcome, SourceFact, SourceKind, TraceFacts

if TYPE_CHECKING:
    from tutela_node.takedown.rdap import Registered, Registries

MOST_ADDRESSES = 3  # questions to the registry; a host with more addresses has them in the same networks
EXPECTED = (Missing, Invalid, Limited, Unavailable)

__all__ = ["TraceFacts", "trace_host"]


def trace_host(host: str, *, resolver: Resolver, rdap: str, now: datetime) -> TraceFacts:
    """Where a host is. `rdap` is the one server to ask, or empty for the public registries.

    Raises Unavailable when DNS or every registry is out of reach, so that nothing is concluded from silence.
    """
    if host.endswith(".onion"):
        return TraceFacts(host=host, at=now, outcome=Outcome.HIDDEN_SERVICE)
    try:
        addresses = tuple(str(each) for each in resolver.addresses(host))
    except NameNotFound:
        return TraceFacts(host=host, at=now, outcome=Outcome.NAME_GONE)
    registries = _registries(rdap, resolver, now)
    asked = addresses[:MOST_ADDRESSES]
    networks = _networks(registries, asked)
    dns = SourceFact(kind=SourceKind.DNS, answered=True)
    sources = (dns, *networks, _reverse(resolver, asked[0]), _registration(registries, host))
    return rules.add_up(host=host, at=now, addresses=addresses, sources=sources)


def _registries(rdap: str, resolver: Resolver, now: datetime) -> "Registries":
    from tutela_node.takedown.rdap import Registries, public_registries  # a second to load; only the worker asks

    if rdap:
        return Registries(resolver=resolver, base=rdap)
    cache = Path(settings.TUTELA.data) / "rdap" / "bootstrap.json"
    return public_registries(resolver=resolver, cache=cache, now=now)


def _networks(registries: "Registries", addresses: tuple[str, ...]) -> tuple[SourceFact, ...]:
    facts, outages = [], 0
    for address in addresses:
        try:
            facts.append(_network(registries.network(address)))
        except EXPECTED as error:
            outages += isinstance(error, Unavailable | Limited)
            facts.append(_silent(SourceKind.NETWORK, error))
    if outages == len(addresses):
        raise Unavailable("no address registry could be asked", place="rdap")
    return tuple(facts)


def _network(found: "Registered") -> SourceFact:
    try:
        contact = rules.clean_contact(found.abuse)
    except BadContact:
        contact = ""
    return SourceFact(
        kind=SourceKind.NETWORK,
        answered=True,
        organisation=rules.clean_text(found.organisation, 200),
        country=rules.clean_country(found.country),
        contact=contact,
        domains=_domains((contact.rpartition("@")[2],)),
    )


def _reverse(resolver: Resolver, address: str) -> SourceFact:
    try:
        names = resolver.names(ip_address(address))
    except EXPECTED as error:
        return _silent(SourceKind.REVERSE, error)
    return SourceFact(kind=SourceKind.REVERSE, answered=bool(names), domains=_domains(names))


def _registration(registries: "Registries", host: str) -> SourceFact:
    domain = rules.registrable(host)
    if not domain:
        return SourceFact(kind=SourceKind.REGISTRATION, answered=False, problem="has no registered domain")
    try:
        found = registries.domain(domain)
    except EXPECTED as error:
        return _silent(SourceKind.REGISTRATION, error)
    return SourceFact(
        kind=SourceKind.REGISTRATION,
        answered=True,
        organisation=rules.clean_text(found.organisation, 200),
        domains=_domains(found.nameservers),
    )


def _domains(hosts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({found for host in hosts[:20] if host and (found := rules.registrable(host))}))


def _silent(kind: SourceKind, error: TutelaError) -> SourceFact:
    return SourceFact(kind=kind, answered=False, problem=error.message)
