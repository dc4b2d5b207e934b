"""A delta leads from one signed copy to the next byte for byte, from no other base, and is refused when touched."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.custody import verifier_key
from tutela.errors import Invalid, VerificationFailed
from tutela.hashlists import ListEntry, Signed, apply_delta, in_order, make_delta, verify, verify_delta
from tutela.hashlists.tests.signing import KEY, SIGNER, entries, entry, lists, signed
from tutela.sealing import Ed25519Signer


def opened(data: bytes) -> tuple[io.BytesIO, Signed]:
    stream = io.BytesIO(data)
    return stream, verify(stream, publishers=[KEY])


def delta_of(old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    make_delta(opened(old), opened(new), out, signer=SIGNER)
    return out.getvalue()


def applied(base: bytes, delta: bytes) -> bytes:
    out = io.BytesIO()
    apply_delta(opened(base), io.BytesIO(delta), out, publishers=[KEY])
    return out.getvalue()


OLD = signed(entry(1), entry(2), entry(4), number=7)
NEW = signed(entry(0), entry(2, tags=("x",)), entry(3), entry(4), entry(5), number=9, expires=date(2027, 1, 1))
DELTA = delta_of(OLD, NEW)


@settings(max_examples=80, deadline=None)
@given(lists, lists)
def test_what_is_applied_is_the_new_list_byte_for_byte(before: list[ListEntry], after: list[ListEntry]) -> None:
    old, new = signed(*before, number=7), signed(*after, number=8)
    assert applied(old, delta_of(old, new)) == new


def test_a_delta_says_how_much_it_changes() -> None:
    found = verify_delta(io.BytesIO(DELTA), publishers=[KEY])
    assert (found.added, found.changed, found.withdrawn, found.target.number) == (3, 1, 1, 9)
    assert applied(OLD, DELTA) == NEW


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(DELTA) - 1), st.integers(1, 255))
def test_any_changed_byte_of_a_delta_is_refused(place: int, difference: int) -> None:
    data = bytearray(DELTA)
    data[place] ^= difference
    with pytest.raises(VerificationFailed):
        verify_delta(io.BytesIO(bytes(data)), publishers=[KEY])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.integers(0, len(DELTA) - 1).map(lambda length: DELTA[:length]))
def test_any_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(VerificationFailed):
        verify_delta(io.BytesIO(data), publishers=[KEY])


def test_another_base_another_recipient_and_another_key_are_refused() -> None:
    for wrong in (NEW, signed(entry(1), number=7), signed(entry(1), entry(2), entry(4), recipient="a.example")):
        with pytest.raises(VerificationFailed, match="base"):
            applied(wrong, DELTA)
    other = verifier_key(Ed25519Signer.from_seed("hotline.example", bytes(32)))
    with pytest.raises(VerificationFailed, match="key"):
        verify_delta(io.BytesIO(DELTA), publishers=[other])


def test_a_delta_joins_only_copies_of_one_list_for_one_recipient_forwards() -> None:
    for wrong in ({"number": 7}, {"number": 9, "name": "other"}, {"number": 9, "recipient": "a.example"}):
        with pytest.raises(Invalid):
            delta_of(OLD, signed(entry(1), **wrong))


@settings(max_examples=60, deadline=None)
@given(st.lists(entries, max_size=12), st.integers(1, 3))
def test_any_entries_come_into_order_the_last_of_each_key_counting(
    tmp_path_factory: pytest.TempPathFactory, given_entries: list[ListEntry], run: int
) -> None:
    folder: Path = tmp_path_factory.mktemp("order")
    given_entries += [replace(each, deleted=True) for each in given_entries[:2]]
    last = {each.key: each for each in given_entries}
    with in_order(given_entries, folder, run=run) as ordered:
        found = [key for key, _ in ordered.lines()]
    assert found == sorted(key for key, each in last.items() if not each.deleted)
    assert list(folder.iterdir()) == []
