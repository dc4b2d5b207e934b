"""Our zones in a real BIND: what is listed does not exist, everything else answers, and a new serial takes effect."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutela.feeds import Entry, Zone, next_serial, parse_zone, render_zone
from tutela_node.desks.cli.exampleland.bind import Bind, is_installed
from tutela_node.desks.cli.exampleland.dns_world import DnsWorld

pytestmark = pytest.mark.system


@pytest.fixture(autouse=True, scope="module")
def _bind() -> None:
    if not is_installed():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("BIND is not installed (Debian: bind9, bind9-dnsutils)")


ORIGIN = "rpz.exampleland.example"
HERE = [("A", "127.0.0.2")]
NAMES = (
    "listed.example",
    "www.listed.example",
    "between.listed.example",
    "deep.between.listed.example",
    "alone.example",
    "www.alone.example",
    "open.example",
    "notlisted.example",
    "xn--bcher-kva.example",
)
WORLD = dict.fromkeys(NAMES, HERE) | {"alias.example": [("CNAME", "www.listed.example")]}
LISTED = (
    Entry("listed.example"),
    Entry("deep.between.listed.example"),
    Entry("alone.example", include_subdomains=False),
    Entry("bücher.example"),
)


def zone(serial: int, *entries: Entry) -> bytes:
    rendered = Zone(
        origin=ORIGIN, serial=serial, primary_ns="localhost", contact="dns@authority.example", ttl=1, entries=entries
    )
    return render_zone(rendered)


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bind]:
    folder: Path = tmp_path_factory.mktemp("bind")
    with DnsWorld(WORLD) as world, Bind(folder, zone(41, *LISTED), ORIGIN, world.port) as running:
        yield running


@pytest.mark.parametrize(
    "name",
    [
        "listed.example",
        "LISTED.example",
        "www.listed.example",
        "a.b.c.listed.example",
        "between.listed.example",
        "deep.between.listed.example",
        "x.between.listed.example",
        "alone.example",
        "xn--bcher-kva.example",
        "alias.example",
    ],
)
def test_listed_names_do_not_exist(resolver: Bind, name: str) -> None:
    assert resolver.query(name).rcode == "NXDOMAIN"


@pytest.mark.parametrize("name", ["open.example", "notlisted.example", "www.alone.example"])
def test_other_names_answer(resolver: Bind, name: str) -> None:
    answer = resolver.query(name)
    assert (answer.rcode, answer.addresses) == ("NOERROR", ("127.0.0.2",))


def test_a_new_serial_takes_effect(tmp_path: Path) -> None:
    first, second = 41, next_serial(41)
    with DnsWorld(WORLD) as world, Bind(tmp_path, zone(first, Entry("open.example")), ORIGIN, world.port) as running:
        assert running.query("open.example").rcode == "NXDOMAIN"
        running.reload(zone(second, Entry("notlisted.example")), second)
        assert running.query("open.example").addresses == ("127.0.0.2",)
        assert running.query("notlisted.example").rcode == "NXDOMAIN"
    assert parse_zone((tmp_path / "policy.zone").read_bytes()).serial == second


def test_a_deeper_name_beside_its_covering_parent_would_open_a_gap(tmp_path: Path) -> None:
    """Why `render_zone` leaves it out: BIND stops blocking the names between the two."""
    kept = zone(1, Entry("listed.example"))
    careless = kept + b"deep.between.listed.example IN CNAME .\n"
    with DnsWorld(WORLD) as world, Bind(tmp_path, careless, ORIGIN, world.port) as running:
        assert running.query("between.listed.example").rcode == "NOERROR"
        running.reload(kept.replace(b" 1 300", b" 2 300"), 2)
        assert running.query("between.listed.example").rcode == "NXDOMAIN"
