"""A signed list is verified before it is trusted; whatever was changed, cut, swapped or is for another is refused."""

import io
import json
from dataclasses import replace
from datetime import date

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tutela.custody import verifier_key
from tutela.errors import Invalid, TutelaError, VerificationFailed
from tutela.hashlists import (
    FORMATS,
    ListEntry,
    Problem,
    Purpose,
    Signed,
    SignedList,
    check_chain,
    sign,
    sniff,
    verified_entries,
    verify,
)
from tutela.hashlists.tests.signing import KEY, SIGNER, entries, entry, header, lists, signed
from tutela.sealing import Ed25519Signer

SAMPLE = signed(entry(1), entry(2, tags=("a",)), entry(3), recipient="harbour.example", expires=date(2027, 1, 1))
LINES = SAMPLE.splitlines(keepends=True)


def checked(data: bytes, **given_: object) -> Signed:
    return verify(io.BytesIO(data), publishers=[KEY], **given_)  # type: ignore[arg-type]  # options by name


@settings(max_examples=60, deadline=None)
@given(lists)
def test_what_is_signed_is_verified_and_read_again(given_entries: list[ListEntry]) -> None:
    data = signed(*given_entries)
    found = checked(data)
    assert found.header == header()
    assert list(verified_entries(io.BytesIO(data), found)) == given_entries
    assert list(FORMATS["native"].read(io.BytesIO(data))) == given_entries
    assert all(rfc8785.dumps(json.loads(line)) == line for line in data.splitlines())


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SAMPLE) - 1), st.integers(1, 255))
@example(len(SAMPLE) - 1, 7)
def test_any_changed_byte_is_refused(place: int, difference: int) -> None:
    data = bytearray(SAMPLE)
    data[place] ^= difference
    with pytest.raises(VerificationFailed) as error:
        checked(bytes(data))
    assert error.value.place


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SAMPLE) - 1))
def test_a_cut_list_is_refused(length: int) -> None:
    with pytest.raises(VerificationFailed):
        checked(SAMPLE[:length])


@pytest.mark.parametrize(
    ("order", "place"),
    [
        ((0, 2, 1, 3, 4, 5), "line 3"),
        ((0, 1, 3, 4, 5), "line 4"),
        ((0, 1, 2, 3, 3, 4, 5), "line 5"),
        ((0, 1, 2, 3, 4, 5, 5), "line 5"),
        ((0, 1, 2, 3, 4), "line 4"),
        ((1, 2, 3, 4, 5), "line 1"),
    ],
)
def test_lines_swapped_left_out_or_doubled_are_refused_with_the_place(order: tuple[int, ...], place: str) -> None:
    with pytest.raises(VerificationFailed, match=place):
        checked(b"".join(LINES[number] for number in order))


def test_another_key_another_recipient_and_a_day_too_late_are_refused() -> None:
    other = Ed25519Signer.from_seed("hotline.example", bytes(32))
    with pytest.raises(VerificationFailed, match="line 1, key"):
        verify(io.BytesIO(SAMPLE), publishers=[verifier_key(other)])
    with pytest.raises(VerificationFailed, match="recipient"):
        checked(SAMPLE, recipient="other.example")
    assert checked(SAMPLE, recipient="harbour.example", on=date(2026, 12, 31)).entries == 3
    with pytest.raises(VerificationFailed, match="expires"):
        checked(SAMPLE, on=date(2027, 1, 1))


def test_a_list_signed_anew_by_another_in_the_same_name_is_refused() -> None:
    other = Ed25519Signer.from_seed("hotline.example", bytes(32))
    forged = SAMPLE.replace(json.loads(LINES[-1])["ed25519"].encode(), b"A" * 86 + b"==")
    with pytest.raises(VerificationFailed, match="signature"):
        checked(forged)
    with pytest.raises(Invalid, match="key"):
        sign([], io.BytesIO(), header=header(), signer=other)


def test_a_file_that_changes_between_the_two_passes_is_refused() -> None:
    stream = io.BytesIO(SAMPLE)
    found = verify(stream, publishers=[KEY])
    changed = io.BytesIO(signed(entry(1), entry(2), entry(3), recipient="harbour.example", expires=date(2027, 1, 1)))
    with pytest.raises(VerificationFailed, match="changed"):
        list(verified_entries(changed, found))


def test_entries_out_of_order_twice_or_deleted_are_not_signed() -> None:
    for wrong in ([entry(2), entry(1)], [entry(1), entry(1)], [entry(1, deleted=True)]):
        with pytest.raises(Invalid):
            signed(*wrong)


def test_without_a_key_a_bad_line_is_a_problem_and_the_end_refuses_the_list() -> None:
    read = iter(SignedList(io.BytesIO(b"".join([*LINES[:2], b'{"id":1}\n', *LINES[3:]]))))
    assert [type(next(read)) for _ in range(3)] == [ListEntry, Problem, ListEntry]
    with pytest.raises(Invalid, match="SHA-256"):
        next(read)


def test_versions_are_a_chain_by_their_content_whoever_the_copies_are_for() -> None:
    older = checked(signed(entry(1), recipient="harbour.example"))
    newer = checked(signed(entry(1), entry(2), number=9, previous=older.content))
    check_chain(older, newer)
    for wrong in (replace(newer, header=replace(newer.header, previous="")), older):
        with pytest.raises(VerificationFailed):
            check_chain(older, wrong)


def test_the_end_of_a_list_is_the_end_of_its_entries_where_no_day_is_known() -> None:
    own = entry(1, expires=date(2026, 12, 1))
    data = signed(own, entry(2), expires=date(2027, 1, 1))
    assert [each.expires for each in FORMATS["native"].read(io.BytesIO(data))] == [own.expires, date(2027, 1, 1)]


def test_what_a_list_is_for_is_told_by_its_first_bytes() -> None:
    assert sniff(SAMPLE).name == "native"
    assert sniff(SAMPLE).purpose == Purpose.KNOWN
    assert sniff(signed(purpose=Purpose.KNOWN_GOOD)).purpose == Purpose.KNOWN_GOOD
    with pytest.raises(Invalid, match="apply"):
        sniff(b'{"format":"tutela-hashlist-delta-2"}\n')


@pytest.mark.parametrize(
    "wrong", [{"number": 0}, {"recipient": "a b"}, {"previous": "x"}, {"key": "x"}, {"name": " a"}]
)
def test_a_header_with_a_wrong_value_is_not_made(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        header(**wrong)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300)
    | st.builds(lambda at, put: SAMPLE[:at] + put + SAMPLE[at:], st.integers(0, 900), st.binary(max_size=9))
)
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    try:
        for _ in SignedList(io.BytesIO(data)):
            pass
    except TutelaError:
        pass
    else:
        assert data == SAMPLE


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(st.integers(1, 3), st.integers(0, 300), st.integers(0, 9), st.binary(max_size=9))
def test_no_line_of_an_entry_does_more_than_be_a_problem(line: int, at: int, drop: int, put: bytes) -> None:
    lines = list(LINES)
    lines[line] = lines[line][:at] + put + lines[line][at + drop :]
    try:
        found = list(SignedList(io.BytesIO(b"".join(lines))))
    except TutelaError:
        return
    assert len(found) == 3
    assert lines == LINES


@settings(max_examples=100, deadline=None)
@given(entries)
def test_the_fast_spelling_is_the_canonical_one(one: ListEntry) -> None:
    line = signed(one).splitlines()[1]
    assert rfc8785.dumps(json.loads(line)) == line
    assert SIGNER.name.encode() not in line
