"""What comes from a service, or from a database, never crashes and never hangs what reads it."""

import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators import exchanges as faults
from simulators.exchanges_ncmec import NcmecServer
from simulators.exchanges_subscriber import Subscriber

from tutela.errors import Invalid, Limited, TutelaError, Unavailable
from tutela.exchanges import checkpoints, cursors, xml
from tutela.exchanges.ncmec_adapter import _progress
from tutela.exchanges.outline import outline
from tutela.exchanges.tests.opening import NOW, entry
from tutela.exchanges.unpacking import gather
from tutela.hashlists.ncmec import NAMESPACE

JSON = (
    b'{"count":2,"nextSetTimestamp":1625175071,"nextPageToken":"abc","hasMoreRecords":true,"hashRecords":[{"a":[1.5]}]}'
)
STATUS = f'<status xmlns="{NAMESPACE}"><member id="1">test member</member></status>'.encode()
CHECKPOINT = '{"exchange":"ncmec","gaps":[[1,2]],"goal":9,"link":"/v2","of":"x","position":5}'
BOMB = b'<!DOCTYPE a [<!ENTITY b "%s">%s]>' % (
    b"x" * 100,
    b"".join(b'<!ENTITY c%d "%s">' % (n, (b"&c%d;" % (n - 1) if n else b"&b;") * 10) for n in range(9)),
)


def mutated(sample: bytes) -> st.SearchStrategy[bytes]:
    """The sample with a few bytes changed, cut, or doubled; or any bytes at all."""
    places = st.integers(0, len(sample))
    changed = st.tuples(places, places, st.binary(max_size=8)).map(
        lambda given: sample[: min(given[:2])] + given[2] + sample[max(given[:2]) :]
    )
    return st.one_of(changed, st.binary(max_size=200))


@settings(max_examples=300)
@given(mutated(JSON))
def test_outlines(body: bytes) -> None:
    told = outline(body)
    told.text("nextPageToken"), told.number("nextSetTimestamp"), told.flag("hasMoreRecords")


@pytest.mark.parametrize(
    "body", [b"[" * 1_000_000, b'{"a":' * 100_000, b'{"a":' + b"9" * 10_000 + b"}", b'{"a":1e999999999}', b'{"a":NaN}']
)
def test_outlines_of_extremes(body: bytes) -> None:
    told = outline(body)
    assert told.number("a") is None


def test_a_broken_object_tells_what_came_before() -> None:
    told = outline(JSON[:-10])
    assert (told.text("nextPageToken"), told.is_whole) == ("abc", False)
    assert outline(JSON).is_whole
    assert not outline(JSON + b"x").is_whole


@settings(max_examples=300)
@given(mutated(STATUS))
def test_small_xml(body: bytes) -> None:
    with suppress(Unavailable):
        list(xml.elements(body, namespace=NAMESPACE, root="status", name="member"))


@pytest.mark.parametrize("body", [BOMB + STATUS, BOMB + b"<a>&c8;</a>", b"<a>" * 100_000, b"", b"<a/>", STATUS[:-5]])
def test_small_xml_that_is_refused(body: bytes) -> None:
    with pytest.raises(Unavailable, match="something else"):
        list(xml.elements(body, namespace=NAMESPACE, root="status", name="member"))


@settings(max_examples=300)
@given(mutated(gzip.compress(b"a page" * 50)), st.sampled_from(["gzip", "deflate", "x-gzip", "", "br"]))
def test_unpacking(body: bytes, encoding: str) -> None:
    with suppress(Unavailable, Limited):
        assert len(gather([body[:9], body[9:]], encoding=encoding, most=400)) <= 400


@given(
    st.lists(st.binary(max_size=3000), max_size=4), st.sampled_from([zlib.compress, gzip.compress]), st.integers(1, 99)
)
def test_what_was_packed_is_unpacked(parts: list[bytes], pack: object, piece: int) -> None:
    encoding = "gzip" if pack is gzip.compress else "deflate"
    whole = parts if encoding == "gzip" else [b"".join(parts)]
    packed = b"".join(pack(part) for part in whole)  # type: ignore[operator]
    pieces = [packed[start : start + piece] for start in range(0, len(packed), piece)]
    if packed:
        assert gather(pieces, encoding=encoding, most=20_000) == b"".join(parts)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=80), mutated(CHECKPOINT.encode()).map(lambda raw: raw.decode("utf-8", "replace"))))
def test_checkpoints(text: str) -> None:
    with suppress(Invalid):
        values = checkpoints.read(text, "ncmec", "x")
        _progress(values)
        cursors.progress_of(values)


@pytest.mark.parametrize(
    "body", [BOMB + b'<queryResult xmlns="%s"/>' % NAMESPACE.encode(), b"<a>" * 10_000, b"\0" * 999]
)
def test_a_hostile_page_costs_nothing_else(server: NcmecServer, subscriber: Subscriber, body: bytes) -> None:
    for number in range(30):
        server.put(entry(number, seconds=number * 1000))
    server.spoil(faults.says(body), times=2, when=lambda each: "start" in each.query)
    subscriber.fetch(NOW)
    assert subscriber.held == server.current()


@settings(max_examples=40)
@given(body=mutated(STATUS.replace(b"status", b"queryResult")))
def test_any_page_ends(body: bytes) -> None:
    from tutela.exchanges.tests.opening import PASSWORD, ncmec

    with NcmecServer(password=PASSWORD) as server:
        server.spoil(faults.says(body), times=10**6)
        exchange = ncmec(server)
        with suppress(TutelaError):
            list(exchange.fetch("", now=NOW))
        exchange.close()
        assert len(server.asked) < 3000
