"""Answer sheets and sentences as plain values."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, TutelaError
from tutela_node.foundation.profile.shape import KINDS, JoinDays, JoinMost
from tutela_node.intake import rules
from tutela_node.intake.marks import MarkKind
from tutela_node.intake.rules import DropKind, Sentence, Sheet, Told, Voice

AT = datetime(2026, 11, 22, 0, 14, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=50)
SHEETS = st.builds(
    Sheet,
    urls=st.lists(TEXT, max_size=3).map(tuple),
    typed=TEXT,
    words=TEXT,
    thing=st.sampled_from(["", *map(str, rules.Thing)]),
    place=st.sampled_from(["", *map(str, rules.Place)]),
    voice=st.sampled_from(Voice),
    turn=st.integers(0, 1000),
    slow=st.booleans(),
)


@given(SHEETS)
@settings(max_examples=60)
def test_a_sheet_reads_as_it_was_written(sheet):
    assert rules.read_sheet(rules.write_sheet(sheet, b"salt")) == sheet


def test_equal_sheets_differ_by_their_salt():
    assert rules.write_sheet(Sheet(), b"a") != rules.write_sheet(Sheet(), b"b")


@given(st.binary(max_size=80))
@settings(max_examples=60)
def test_bytes_that_are_no_sheet_are_refused(plain):
    with pytest.raises(TutelaError):
        rules.read_sheet(plain)


@pytest.mark.parametrize(
    ("plain", "place"),
    [
        (b'{"urls":"x"}', "urls"),
        (b'{"thing":"castle","urls":[]}', "thing"),
        (b'{"turn":-1,"urls":[]}', "turn"),
        (b'{"urls":[],"words":7}', "words"),
    ],
)
def test_a_sheet_that_breaks_its_form_names_the_field(plain, place):
    with pytest.raises(Invalid) as caught:
        rules.read_sheet(plain)
    assert caught.value.place == place


def test_a_sheet_does_not_show_itself():
    assert "secret" not in repr(Sheet(words="secret"))


def test_the_finished_sheet_stands_before_later_pages():
    finished, later = Sheet(words="end", turn=3), Sheet(words="more", turn=9)
    assert rules.newest([(DropKind.FINISH, finished), (DropKind.ANSWER, later)]) is finished


def test_among_pages_the_latest_stands():
    pages = [(DropKind.ANSWER, Sheet(words=str(turn), turn=turn)) for turn in (2, 1)]
    assert rules.newest(pages).words == "2"


@pytest.mark.parametrize("sentence", Sentence)
def test_every_sentence_has_one_length_and_reads_back(sentence):
    plain = rules.write_told(Told(sentence=sentence, at=AT))
    assert len(plain) == rules.SENTENCE_BYTES
    assert rules.read_told(plain) == Told(sentence=sentence, at=AT)


def test_sentences_stand_in_order_without_repeating():
    heard = [(Sentence.CHECKING, 2), (Sentence.RECEIVED, 0), (Sentence.RECEIVED, 1)]
    told = [Told(sentence=sentence, at=AT + timedelta(hours=hours)) for sentence, hours in heard]
    assert [each.sentence for each in rules.in_order(told)] == ["received", "checking"]
    assert rules.in_order(told)[0].at == AT


def test_every_sentence_moves_a_report():
    assert set(rules.STATE_AFTER) == set(Sentence)


def test_the_profile_knows_the_kinds_of_marks():
    assert set(KINDS) == set(MarkKind)
    assert {each.name for each in fields(JoinDays)} == set(KINDS) == {each.name for each in fields(JoinMost)}
