"""The fetcher's TLS against a server with its own certificate, and its resolver against a DNS server on loopback."""

from ipaddress import ip_address

import pytest
from simulators import certificates
from simulators import hostile_web as hostile
from simulators.hostile_web import HostileWeb

from tutela_node.desks.cli.exampleland.dns_world import DnsWorld
from tutela_node.foundation.errors import Forbidden, Invalid, Limited, Unavailable
from tutela_node.foundation.fetcher import FetchPolicy, NameNotFound, Resolver, fetch

HELLO = hostile.says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificates.certificate(tmp_path_factory.mktemp("tls"), "safe.example")


@pytest.fixture
def world():
    with DnsWorld({name: [("A", "127.0.0.1")] for name in ("safe.example", "other.example")}) as world:
        yield world


def policy(**changes):
    return FetchPolicy(**{"max_bytes": 1000, "seconds": 1, "exercise_network": "127.0.0.0/8", **changes})


def ask(world, url, **changes):
    pieces = []
    resolver = Resolver((world.host, world.port))
    return fetch(url, sink=pieces.append, policy=policy(**changes), resolver=resolver), b"".join(pieces)


def test_tls_is_checked_against_the_name(world, certificate):
    with HostileWeb(HELLO, tls=certificate) as server:
        fetched, got = ask(world, f"https://safe.example:{server.port}/", roots=str(certificate[0]))
    assert got == b"ok"
    assert fetched.tls.version == "TLSv1.3"
    assert len(fetched.tls.certificate) == 64


def test_another_name_on_the_same_certificate_is_refused(world, certificate):
    with HostileWeb(HELLO, tls=certificate) as server, pytest.raises(Unavailable, match="certificate"):
        ask(world, f"https://other.example:{server.port}/", roots=str(certificate[0]))


def test_an_unknown_root_is_refused(world, certificate):
    with HostileWeb(HELLO, tls=certificate) as server, pytest.raises(Unavailable, match="certificate"):
        ask(world, f"https://safe.example:{server.port}/")


@pytest.mark.parametrize("behaviour", [hostile.silent_handshake])
def test_a_dripping_handshake_is_cut(world, behaviour):
    with HostileWeb(behaviour) as server, pytest.raises((Limited, Unavailable), match=r"longer than|in time"):
        ask(world, f"https://safe.example:{server.port}/")


def test_a_name_that_moves_inside_between_two_redirects_is_refused(world):
    def move(connection, stopped):
        world.set("safe.example", [("A", "10.0.0.1")])
        hostile.redirects_to("/next")(connection, stopped)

    with HostileWeb(move) as server, pytest.raises(Forbidden):
        ask(world, f"http://safe.example:{server.port}/")
    assert [name for name, kind in world.asked if kind == "A"] == ["safe.example", "safe.example"]


def test_both_kinds_of_address_and_aliases_are_found(world):
    world.set("www.safe.example", [("CNAME", "safe.example.")])
    world.set("six.example", [("A", "192.0.2.1"), ("AAAA", "2001:db8::1")])
    resolver = Resolver((world.host, world.port))
    assert resolver.addresses("www.safe.example") == (ip_address("127.0.0.1"),)
    assert resolver.addresses("six.example") == (ip_address("192.0.2.1"), ip_address("2001:db8::1"))


def test_a_name_that_does_not_exist_is_missing(world):
    with pytest.raises(NameNotFound):
        Resolver((world.host, world.port)).addresses("nowhere.example")
    with pytest.raises(NameNotFound):
        Resolver((world.host, world.port)).addresses("a" * 70 + ".example")


def test_a_silent_dns_server_is_given_up():
    with HostileWeb(hostile.silent) as server, pytest.raises(Unavailable):
        Resolver(("127.0.0.1", server.port)).addresses("safe.example", seconds=0.3)


def test_a_dns_server_is_named_by_its_address():
    with pytest.raises(Invalid):
        Resolver(("dns.example", 53)).addresses("safe.example")
