"""What is kept, what counts most, what is told outside: plain values, no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela_node.hashlists.rules import (
    MIN_QUALITY,
    NATIONAL,
    Candidate,
    Closeness,
    LookUpClass,
    admissible,
    check_name,
    check_reason,
    strength,
    told_outside,
)

candidates = st.builds(
    Candidate,
    closeness=st.sampled_from(Closeness),
    distance=st.integers(0, 31),
    trusted=st.booleans(),
    has_code=st.booleans(),
)


@given(st.lists(st.sampled_from(Closeness)))
def test_an_outsider_learns_the_strongest_class_and_nothing_else(found):
    told = told_outside(found)
    assert (told is LookUpClass.NONE) == (not found)
    assert (told is LookUpClass.EXACT) == (Closeness.EXACT in found)


@given(st.lists(candidates, min_size=1))
def test_an_exact_match_on_a_trusted_list_comes_first(found):
    first = min(found, key=strength)
    if any(each.closeness is Closeness.EXACT for each in found):
        assert first.closeness is Closeness.EXACT
    if any(each.closeness is Closeness.EXACT and each.trusted for each in found):
        assert first.trusted


def test_of_equal_matches_the_nearer_comes_first():
    near, far = (Candidate(closeness=Closeness.NEAR, distance=d, trusted=True, has_code=True) for d in (4, 9))
    assert sorted([far, near], key=strength) == [near, far]


def test_a_poor_fingerprint_is_not_admitted():
    prints = {"pdq": ("ab" * 32, MIN_QUALITY - 1), "sha256": ("cd" * 32, None), "other": ("ef", None)}
    assert admissible(prints) == {"sha256": "cd" * 32}


@pytest.mark.parametrize("name", [NATIONAL, f"  {NATIONAL} ", NATIONAL.upper(), "", "  ", "x" * 121, "two\nlines"])
def test_a_list_has_a_name_of_its_own(name):
    with pytest.raises(Invalid) as caught:
        check_name(name)
    assert caught.value.place == "name"


@pytest.mark.parametrize("reason", ["", "   too short   ", "x" * 501])
def test_a_withdrawal_says_why(reason):
    with pytest.raises(Invalid):
        check_reason(reason)
