"""Hashes survive the way into words and back, and bad ones are named by their place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.matching.words import needle_words, pack, pack_one, table, unpack


@settings(max_examples=50)
@given(st.lists(st.binary(min_size=32, max_size=32), max_size=5))
def test_what_is_packed_comes_back(raw: list[bytes]) -> None:
    values = [each.hex() for each in raw]
    assert unpack(pack(values)) == tuple(values)


def test_case_does_not_matter() -> None:
    assert (pack_one("AB" * 32) == pack_one("ab" * 32)).all()


def test_the_first_digit_holds_the_highest_bits_of_the_first_word() -> None:
    assert pack_one("8" + "0" * 63).tolist() == [1 << 63, 0, 0, 0]


@pytest.mark.parametrize(
    "bad", ["", "a" * 63, "a" * 65, "g" * 64, " " * 64, "ab " * 21 + "a", "a" * 62 + "\u0661\u0661"]
)
def test_a_bad_hash_is_named_by_its_position_and_not_repeated(bad: str) -> None:
    with pytest.raises(Invalid) as caught:
        pack(["a" * 64, bad])
    assert caught.value.place == "hash 1"
    assert not bad or bad not in str(caught.value)


def test_other_shapes_and_types_are_refused() -> None:
    with pytest.raises(Invalid):
        table(np.zeros((3, 5), dtype=np.uint64))
    with pytest.raises(Invalid):
        table(np.zeros((3, 4), dtype=np.int64))
    with pytest.raises(Invalid):
        needle_words(np.zeros(5, dtype=np.uint64))
