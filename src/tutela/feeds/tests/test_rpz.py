"""Response-policy zones: the same list gives the same bytes, reads back, and holds nothing that must not be listed."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, Limited
from tutela.feeds import Entry, Zone, minimal, parse_zone, render_zone

BASE = Zone(origin="rpz.a.example", serial=1, primary_ns="localhost", contact="first.last@authority.example")
LABELS = st.sampled_from(["a", "b", "c", "x-1", "xn--bcher-kva", "0"])
DOMAINS = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "example"]))
ENTRIES = st.builds(lambda name, below: Entry(name, include_subdomains=below), DOMAINS, st.booleans())
ZONES = st.builds(
    lambda entries, serial, ttl: replace(BASE, entries=tuple(entries), serial=serial, ttl=ttl),
    st.lists(ENTRIES, max_size=8, unique_by=lambda entry: entry.domain),
    st.integers(0, 2**32 - 1),
    st.integers(1, 86400),
)
HEAD = render_zone(BASE)


@settings(max_examples=60, deadline=None)
@given(ZONES)
def test_a_zone_reads_back_as_what_takes_effect(zone: Zone) -> None:
    assert parse_zone(render_zone(zone)) == replace(zone, entries=minimal(zone.entries))


@settings(max_examples=40, deadline=None)
@given(ZONES, st.randoms())
def test_order_does_not_matter(zone: Zone, chance: Random) -> None:
    shuffled = list(zone.entries)
    chance.shuffle(shuffled)
    assert render_zone(replace(zone, entries=tuple(shuffled))) == render_zone(zone)


@settings(max_examples=80, deadline=None)
@given(st.lists(ENTRIES, max_size=8, unique_by=lambda entry: entry.domain), DOMAINS)
def test_leaving_out_what_is_covered_changes_nothing(entries: list[Entry], name: str) -> None:
    assert blocks(minimal(entries), name) == blocks(entries, name)


def blocks(entries: Iterable[Entry], name: str) -> bool:
    return any(name == e.domain or (e.include_subdomains and name.endswith(f".{e.domain}")) for e in entries)


def test_the_bytes() -> None:
    zone = replace(BASE, entries=(Entry("Bücher.example."), Entry("a.example", include_subdomains=False)))
    assert render_zone(zone).decode().splitlines() == [
        "$ORIGIN rpz.a.example.",
        "$TTL 300",
        r"@ IN SOA localhost. first\.last.authority.example. 1 300 60 1209600 300",
        "@ IN NS localhost.",
        "a.example IN CNAME .",
        "xn--bcher-kva.example IN CNAME .",
        "*.xn--bcher-kva.example IN CNAME .",
    ]


SHARED = ["com", "co.uk", "github.io", "localhost"]
ADDRESSES = ["192.0.2.1", "0x7f.1", "[2001:db8::1]"]
MORE_THAN_NAMES = ["*.a.example", "http://a.example", "a.example/b", "a.example:80", "u@a.example", "a b.example"]
NO_NAMES = ["", ".", "..", "a..example", ".a.example", "-a.example", "a-.example", "a" * 64 + ".example", "a.123"]
NOT_IN_NAMES = ["a%2eexample", "a.example\n", "a\\.b.example", "a.b." * 61 + "example", "x\u0378.example"]


@pytest.mark.parametrize("domain", [*SHARED, *ADDRESSES, *MORE_THAN_NAMES, *NO_NAMES, *NOT_IN_NAMES])
def test_what_is_never_listed(domain: str) -> None:
    with pytest.raises(Invalid, match=r"^entry 2: ") as refusal:
        render_zone(replace(BASE, entries=(Entry("good.example"), Entry(domain))))
    assert refusal.value.place == "entry 2"


def test_name_and_origin_share_255_octets() -> None:
    fits = ".".join(["a" * 59, "b" * 59, "c" * 59, "d" * 49, "example"])
    assert len(fits) + 1 + len(BASE.origin) + 2 + 2 == 255
    assert parse_zone(render_zone(replace(BASE, entries=(Entry(fits),)))).entries == (Entry(fits),)
    with pytest.raises(Invalid, match="256 octets"):
        render_zone(replace(BASE, entries=(Entry("a" + fits),)))


def test_the_same_name_twice_is_refused() -> None:
    twice = (Entry("bücher.example"), Entry("a.example"), Entry("XN--BCHER-KVA.example"))
    with pytest.raises(Invalid, match=r"^entry 3: .*entry 1"):
        render_zone(replace(BASE, entries=twice))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"origin": "*.a.example"}, "origin"),
        ({"serial": 2**32}, "serial"),
        ({"ttl": 0}, "ttl"),
        ({"contact": "nobody"}, "contact"),
        ({"contact": "a;b@c.example"}, "contact"),
        ({"primary_ns": "ns.rpz.a.example"}, "primary_ns"),
    ],
)
def test_the_head_of_a_zone_is_checked(change: dict[str, object], place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        render_zone(replace(BASE, **change))  # type: ignore[arg-type]  # the wrong values are the test
    assert refusal.value.place == place


def test_counts_and_sizes_are_bounded() -> None:
    zone = replace(BASE, entries=(Entry("a.example"), Entry("b.example")))
    with pytest.raises(Limited):
        render_zone(zone, max_entries=1)
    with pytest.raises(Limited):
        parse_zone(render_zone(zone) + b"\n" * 20, max_entries=2)
    with pytest.raises(Limited):
        parse_zone(HEAD, max_bytes=10)


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (b"a.example IN A 192.0.2.1\n", "name 1"),
        (b"a.example IN CNAME elsewhere.example.\n", "name 1"),
        (b"a.example IN CNAME .\na.example IN TXT x\n", ""),
        (b"com IN CNAME .\n", "name 1"),
        (b"*.a.example IN CNAME .\n", ""),
        (b"@ IN TXT x\n", "origin"),
        (b"$GENERATE 1-9999999 a$.example CNAME .\n", "near line 5"),
        (b"$INCLUDE other.zone\n", "near line 5"),
        (b"a.example IN CNAME\n", "near line 6"),
        (b'"\n', "near line 6"),
        (b"\xff\n", f"byte {len(HEAD)}"),
    ],
)
def test_a_zone_with_anything_else_is_refused(lines: bytes, place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_zone(HEAD + lines)
    assert refusal.value.place == place


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for content in (raw, HEAD + raw):
        try:
            parse_zone(content)
        except (Invalid, Limited):
            continue
