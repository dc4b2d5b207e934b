"""The text of a fingerprint: read as Chromaprint's library reads it, and refused with its place when it is none."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.matching import items_of_text
from tutela.matching.soundtext import LONGEST, LONGEST_TEXT
from tutela.matching.tests.soundtexts import packed, text


@given(st.lists(st.sets(st.integers(1, 32)).map(sorted), max_size=50))
def test_what_was_packed_is_read_again(items: list[list[int]]) -> None:
    before, wanted = 0, []
    for bits in items:
        before ^= sum(1 << (bit - 1) for bit in bits)
        wanted.append(before)
    assert items_of_text(text(packed(items)), "here").tolist() == wanted


@settings(max_examples=100)
@given(st.lists(st.sets(st.integers(1, 32)).map(sorted), min_size=1, max_size=40))
def test_the_library_reads_the_same(items: list[list[int]]) -> None:
    library = pytest.importorskip("chromaprint")
    read, algorithm = library.decode_fingerprint(text(packed(items)).encode())
    assert algorithm == 1
    assert items_of_text(text(packed(items)), "here").tolist() == [each & 0xFFFFFFFF for each in read]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("", "ends before its items begin"),
        ("!!!!", "URL-safe base64"),
        ("é" * 8, "URL-safe base64"),
        ("A" * (LONGEST_TEXT + 1), "at most"),
        (text(b"\x02\0\0\0"), "algorithm 2"),
        (text(b"\x01\xff\xff\xff" + bytes(9)), "16,777,215 items"),
        (text(bytes([1, *(LONGEST).to_bytes(3, "big")])), "breaks off"),
        (text(b"\x01\0\0\x01" + b"\xff" * 20), "breaks off or says more bits"),
    ],
)
def test_what_is_no_fingerprint_is_refused_with_its_place(wrong: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        items_of_text(wrong, "row 7")
    assert refused.value.place == "row 7"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    for each in (octets, b"\x01\0\0" + octets):
        with suppress(Invalid):
            assert len(items_of_text(text(each), "here")) <= LONGEST


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_spoilt_fingerprint_is_read_or_refused(data: st.DataObject) -> None:
    _spoil(data)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(st.data())
def test_many_spoilt_fingerprints_are_read_or_refused(data: st.DataObject) -> None:
    _spoil(data)


def _spoil(data: st.DataObject) -> None:
    octets = bytearray(packed([[1, 2, 9, 32], [32], [], [3, 4, 5], [8, 20]] * 20))
    for _ in range(data.draw(st.integers(1, 8))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Invalid):
        assert len(items_of_text(text(bytes(octets[: data.draw(st.integers(0, len(octets)))])), "here")) <= LONGEST
