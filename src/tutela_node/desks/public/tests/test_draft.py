"""The sealed draft: it reads back, ages, refuses changes, and makes the same code again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, TutelaError
from tutela.sealing import normalise_code
from tutela_node.desks.public.intake.draft import DAY_MS, Draft, Way, read_draft, write_draft
from tutela_node.intake.rules import Voice

KEY, NONCE, NOW = b"k" * 32, b"n" * 12, 1_800_000_000_000
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
ANSWERS = st.dictionaries(st.sampled_from(["address", "words"]), TEXT)


def draft(**more):
    return Draft(**{"seed": "5e" * 32, "way": Way.ADDRESS, "voice": Voice.TEEN, "issued": NOW, "since": NOW} | more)


def written(of):
    return write_draft(of, key=KEY, nonce=NONCE, now=NOW)


@given(ANSWERS, st.integers(0, 3), st.sampled_from(Way))
@settings(max_examples=50)
def test_a_draft_reads_as_it_was_written(answers, at, way):
    made = draft(answers=answers, at=at, way=way)
    assert read_draft(written(made), key=KEY, now=NOW) == made


def test_a_day_old_page_still_counts_and_an_older_one_does_not():
    assert read_draft(written(draft()), key=KEY, now=NOW + DAY_MS)
    with pytest.raises(Invalid):
        read_draft(written(draft()), key=KEY, now=NOW + DAY_MS + 1)


@pytest.mark.parametrize("text", ["", "nonsense", "ü", "A" * 300_000, written(draft())[:-8] + "AAAAAAAA"])
def test_what_is_no_draft_is_refused(text):
    with pytest.raises(TutelaError):
        read_draft(text, key=KEY, now=NOW)


def test_another_nodes_draft_is_refused():
    with pytest.raises(TutelaError):
        read_draft(written(draft()), key=b"o" * 32, now=NOW)


def test_the_code_comes_from_the_seed_alone():
    assert draft(turn=7, answers={"words": "x"}).code() == draft().code()
    assert len(normalise_code(draft().code())) == 20
    assert draft(seed="6f" * 32).code() != draft().code()


def test_a_step_differs_with_what_is_said_and_with_the_page():
    assert len({draft().step(), draft(turn=1).step(), draft(answers={"words": "x"}).step()}) == 3


def test_a_renewed_draft_is_another_report_and_always_the_same_one():
    again = draft().renewed(NOW + 5)
    assert again == draft().renewed(NOW + 5)
    assert len({again.id, draft().id, again.code(), draft().code()}) == 4
    assert again.answers == draft().answers


def test_the_seed_does_not_show():
    assert "5e5e" not in repr(draft())
