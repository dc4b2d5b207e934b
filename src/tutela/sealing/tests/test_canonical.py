import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, Limited
from tutela.sealing import canonical, key_id, parse_canonical

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_a_value_comes_back_from_its_canonical_form(value: object) -> None:
    assert parse_canonical(canonical(value)) == value


def test_names_are_sorted_and_nothing_is_spaced() -> None:
    assert canonical({"b": 1, "a": [True, None]}) == b'{"a":[true,null],"b":1}'


@pytest.mark.parametrize("value", [1.0, float("nan"), 2**53, {1: "a"}, b"bytes", {"a": {"b": 0.5}}])
def test_what_json_cannot_carry_exactly_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        canonical(value)


@pytest.mark.parametrize("data", [b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"[1, 2]", b"1.0", b'"\\u0041"', b"NaN", b"\xff"])
def test_other_spellings_are_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        parse_canonical(data)


def test_the_place_of_the_first_difference_is_named() -> None:
    with pytest.raises(Invalid, match="byte 2"):
        parse_canonical(b'{"b":1,"a":2}')


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 40 + b"1" + b"}" * 40, b"9" * (1 << 21)])
def test_deep_and_large_input_is_bounded(data: bytes) -> None:
    with pytest.raises(Limited):
        parse_canonical(data)


def test_unclosed_text_takes_linear_time() -> None:
    with pytest.raises(Invalid):
        parse_canonical(b"[" * 33 + b'"' + b'\\"' * 400_000)


def test_an_enormous_number_is_refused() -> None:
    with pytest.raises(Invalid):
        parse_canonical(b"9" * 10_000)


def test_brackets_inside_text_do_not_count() -> None:
    text = "[{" * 50 + '"\\'
    assert parse_canonical(canonical([text])) == [text]


def test_a_key_id_is_32_hex_characters() -> None:
    assert key_id(b"") == "e3b0c44298fc1c149afbf4c8996fb924"
