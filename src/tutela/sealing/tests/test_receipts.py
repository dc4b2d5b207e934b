import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.sealing import locator, new_code, normalise_code
from tutela.sealing.receipts import ALPHABET, LENGTH

CODE = new_code(bytes)  # all zeros but the check character
RANDOM = st.binary(min_size=19, max_size=19).map(lambda drawn: normalise_code(new_code(lambda _: drawn)))


def test_a_code_reads_in_groups() -> None:
    assert [len(group) for group in new_code(os.urandom).split("-")] == [5, 5, 5, 5]


@settings(max_examples=60, deadline=None)
@given(RANDOM, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_every_mistyped_letter_is_noticed(code: str, place: int, letter: str) -> None:
    typed = code[:place] + letter + code[place + 1 :]
    if typed == code:
        assert normalise_code(typed) == code
    else:
        with pytest.raises(Invalid, match="mistyped"):
            normalise_code(typed)


@settings(max_examples=60, deadline=None)
@given(RANDOM, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_every_two_swapped_letters_are_noticed(code: str, first: int, second: int) -> None:
    letters = list(code)
    letters[first], letters[second] = letters[second], letters[first]
    typed = "".join(letters)
    if typed != code:
        with pytest.raises(Invalid, match="mistyped"):
            normalise_code(typed)


@pytest.mark.parametrize(
    "typed", ["ooooo ooooo ooooo ooooo", "٠٠٠٠٠-00000-00000-00000", "０００００00000 - 00000 – 00000"]
)
def test_typing_is_forgiven(typed: str) -> None:
    assert normalise_code(typed) == normalise_code(CODE) == "0" * 20


@pytest.mark.parametrize("typed", ["", "0000", "0" * 21, "U" * 20, "!" * 20, "0" * 1_000_000])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        normalise_code(typed)


def test_a_locator_depends_on_the_key_and_not_on_the_spelling() -> None:
    assert locator(bytes(32), CODE) == locator(bytes(32), CODE.lower().replace("-", ""))
    assert locator(bytes(32), CODE) != locator(b"\x01" * 32, CODE)
    with pytest.raises(Invalid):
        locator(b"short", CODE)
