"""Codes of own pictures: lines of digits are read, everything else is refused without being repeated."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, Limited, TutelaError
from tutela.sealing import canonical
from tutela_node.intake.prints import MOST_PRINTS, Print, line_of, read_lines
from tutela_node.intake.rules import Sheet, read_sheet, write_sheet

SHA, PDQ = "a1" * 32, "b2" * 32
digits = st.text("0123456789abcdef", min_size=64, max_size=64)
prints = st.builds(Print, sha256=digits) | st.builds(Print, sha256=digits, pdq=digits, quality=st.integers(0, 100))


@given(st.lists(prints, unique=True, max_size=MOST_PRINTS))
def test_what_is_written_is_read_again(codes):
    assert read_lines(map(line_of, codes)) == tuple(codes)
    assert read_sheet(write_sheet(Sheet(own=tuple(codes)), b"salt")).own == tuple(codes)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "",
            SHA.upper(),
            SHA[:-1],
            f"{SHA} {PDQ}",
            f"{SHA} {PDQ} 101",
            f"{SHA} {PDQ} 07",
            f"{SHA}  {PDQ} 7",
            f"{SHA}\n",
        ),
        *(
            7,
            None,
            [SHA],
            "data:image/png;base64,iVBORw0KGgo=",
            f"{SHA} {PDQ} ٧",
            f"{SHA} {PDQ} 7 a word",
            "x" * 100_000,
        ),
    ],
)
def test_what_is_no_line_is_refused_and_not_repeated(line):
    with pytest.raises(Invalid) as refused:
        read_lines([SHA, line])
    assert refused.value.place == "own 2"
    assert not line or str(line)[:20] not in str(refused.value)


@given(st.lists(st.text(max_size=200) | st.binary(max_size=200) | st.integers(), max_size=5))
def test_odd_lines_raise_nothing_else(lines):
    with pytest.raises(TutelaError) if lines else pytest.raises(IndexError):
        read_lines(lines)[0]


@given(st.integers(0, 132), st.characters())
def test_a_line_with_one_character_changed_is_a_line_or_refused(at, other):
    line = f"{SHA} {PDQ} 77"
    changed = line[:at] + other + line[at + 1 :]
    try:
        (read,) = read_lines([changed])
    except TutelaError:
        return
    assert line_of(read) == changed


def test_more_than_a_handful_is_too_many():
    with pytest.raises(Limited):
        read_lines(f"{number:064x}" for number in range(MOST_PRINTS + 1))


def test_a_code_that_comes_twice_counts_once():
    assert len(read_lines([SHA, SHA, f"{SHA} {PDQ} 9"])) == 2


def test_codes_do_not_show():
    code = Print(sha256=SHA, pdq=PDQ, quality=80)
    assert SHA not in repr(code) + repr(Sheet(own=(code,)))


@pytest.mark.parametrize("own", [{}, "x", 5, [SHA, 5], [[SHA]]])
def test_a_sheet_with_anything_else_is_refused(own):
    with pytest.raises(Invalid):
        read_sheet(canonical({"urls": [], "own": own}))


SAMPLE = write_sheet(Sheet(own=(Print(sha256=SHA, pdq=PDQ, quality=77), Print(sha256=PDQ)), language="en"), b"salt")


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
@settings(max_examples=200)
def test_a_sheet_with_octets_changed_is_read_or_refused(changes):
    changed = bytearray(SAMPLE)
    for at, octet in changes:
        changed[at] = octet
    refused_or_read(bytes(changed))


@given(st.integers(0, len(SAMPLE)), st.binary(max_size=60), st.integers(0, 40))
@settings(max_examples=200)
def test_a_sheet_that_is_cut_or_filled_is_read_or_refused(at, more, gone):
    refused_or_read(SAMPLE[:at] + more + SAMPLE[at + gone :])


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.binary(max_size=8)), min_size=1, max_size=12))
@settings(max_examples=20_000)
def test_many_sheets_with_octets_changed_are_read_or_refused(changes):
    changed = bytearray(SAMPLE)
    for at, octets in changes:
        changed[at : at + len(octets)] = octets
    refused_or_read(bytes(changed))


def refused_or_read(plain):
    try:
        sheet = read_sheet(plain)
    except TutelaError:
        return
    assert read_lines(map(line_of, sheet.own)) == sheet.own
