"""Tracing against a DNS server and registries on loopback that tell the truth, say nothing, or lie."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tutela_node.desks.cli.exampleland.dns_world import DnsWorld
from tutela_node.desks.cli.exampleland.rdap_server import Operator, RdapServer
from tutela_node.foundation.errors import Invalid, Missing, Unavailable
from tutela_node.foundation.fetcher import Resolver
from tutela_node.takedown.rdap import Registries, public_registries
from tutela_node.takedown.rules import Outcome, SourceKind
from tutela_node.takedown.tracing import trace_host

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HOST = "img4.harbour.example"
HARBOUR = Operator(name="Harbour Hosting", country="XA", abuse="abuse@harbour.example")


@pytest.fixture
def dns():
    names = {HOST: [("A", "127.0.0.9")], "9.0.0.127.in-addr.arpa": [("PTR", "box9.harbour.example.")]}
    with DnsWorld(names) as world:
        yield world


@pytest.fixture
def registry():
    with RdapServer() as server:
        server.network("127.0.0.0/24", HARBOUR)
        server.domain("harbour.example", Operator(name="Names Ltd"), ("ns1.harbour.example", "ns2.other.example"))
        yield server


def trace(dns, registry, host=HOST):
    return trace_host(host, resolver=Resolver((dns.host, dns.port)), rdap=registry.base, now=NOW)


def test_several_sources_name_the_host(dns, registry):
    facts = trace(dns, registry)
    assert (facts.outcome, facts.organisation, facts.country) == (Outcome.TRACED, "Harbour Hosting", "XA")
    assert (facts.contact, facts.addresses, facts.at) == ("abuse@harbour.example", ("127.0.0.9",), NOW)
    assert facts.agree == 3
    assert all(source.answered for source in facts.sources)


def test_the_questions_asked_are_those_of_rfc_9082(dns, registry):
    trace(dns, registry)
    assert registry.asked == ["/ip/127.0.0.9", "/domain/harbour.example"]


def test_a_hidden_service_asks_nobody(dns, registry):
    assert trace(dns, registry, "example" * 8 + ".onion").outcome is Outcome.HIDDEN_SERVICE
    assert not registry.asked
    assert not dns.asked


def test_a_name_that_is_gone_is_an_outcome(dns, registry):
    assert trace(dns, registry, "gone.harbour.example").outcome is Outcome.NAME_GONE


def test_an_unknown_network_leaves_the_operator_unknown(dns, registry):
    dns.set(HOST, [("A", "192.0.2.5")])
    facts = trace(dns, registry)
    assert facts.outcome is Outcome.UNKNOWN_OPERATOR
    assert not facts.contact


def test_nothing_is_concluded_when_no_registry_answers(dns, registry):
    registry.say("/ip/127.0.0.9", b"", status=503)
    with pytest.raises(Unavailable):
        trace(dns, registry)


def test_a_registration_that_fails_leaves_the_rest(dns, registry):
    registry.say("/domain/harbour.example", b"<html>", status=200)
    facts = trace(dns, registry)
    silent = next(each for each in facts.sources if each.kind is SourceKind.REGISTRATION)
    assert (facts.outcome, silent.answered, facts.agree) == (Outcome.TRACED, False, 2)


HOSTILE = {
    "no JSON": b"\x00\xff",
    "a list": b"[]",
    "deep": b'{"entities":' + b"[" * 200 + b"]" * 200 + b"}",
    "very deep": b"[" * 100_000,
    "wide": json.dumps({"objectClassName": "ip network", "entities": [{}] * 30_000}).encode(),
    "another class": b'{"objectClassName": "domain", "handle": "A"}',
    "wrong types": b'{"objectClassName": "ip network", "handle": "A", "entities": [{"roles": 7, "links": 4}]}',
    "numbers": b'{"objectClassName": "ip network", "handle": "A", "country": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_a_registry_that_lies_is_refused(dns, registry, answer):
    registry.say("/ip/127.0.0.9", answer)
    with pytest.raises(Invalid):
        Registries(resolver=Resolver((dns.host, dns.port)), base=registry.base).network("127.0.0.9")


def test_a_hostile_contact_is_no_contact(dns, registry):
    registry.network("127.0.0.9/32", Operator(name="Quay\u202e\nBcc: x", country="xx1", abuse="a@b.example\nBcc: c@d"))
    facts = trace(dns, registry)
    assert (facts.contact, facts.country, facts.organisation) == ("", "", "Quay Bcc: x")


def test_the_bootstrap_is_fetched_once_and_kept(dns, registry, tmp_path):
    registry.bootstrap()
    resolver, cache = Resolver((dns.host, dns.port)), tmp_path / "rdap" / "bootstrap.json"
    for _ in range(2):
        public_registries(resolver=resolver, cache=cache, now=NOW, source=f"{registry.base}bootstrap/")
    assert len(registry.asked) == 5
    public_registries(resolver=resolver, cache=cache, now=NOW + timedelta(days=8), source=f"{registry.base}bootstrap/")
    assert len(registry.asked) == 10


def test_an_old_bootstrap_serves_while_its_source_is_away(dns, registry, tmp_path):
    registry.bootstrap()
    resolver, cache = Resolver((dns.host, dns.port)), tmp_path / "bootstrap.json"
    public_registries(resolver=resolver, cache=cache, now=NOW, source=f"{registry.base}bootstrap/")
    registry.say("/bootstrap/asn.json", b"", status=503)
    registries = public_registries(
        resolver=resolver, cache=cache, now=NOW + timedelta(days=30), source=f"{registry.base}bootstrap/"
    )
    with pytest.raises(Missing, match="no registry"):
        registries.network("10.0.0.1")


def test_a_public_registry_inside_our_network_is_not_asked(dns, registry, tmp_path):
    registry.bootstrap()
    resolver = Resolver((dns.host, dns.port))
    registries = public_registries(
        resolver=resolver, cache=tmp_path / "b.json", now=NOW, source=f"{registry.base}bootstrap/"
    )
    before = list(registry.asked)
    with pytest.raises(Exception, match="not public"):
        registries.network("8.8.8.8")
    assert registry.asked == before
