"""From one question to the next, as plain values."""

import pytest

from tutela_node.desks.public.intake.draft import Draft, Way
from tutela_node.desks.public.intake.flow import advance
from tutela_node.desks.public.intake.questions import Question, number_of, question_of, sheet_of
from tutela_node.desks.public.voices.problems import wrong
from tutela_node.intake.rules import Voice
from tutela_node.intake.tests.working import work

NOW = 1_800_000_000_000
LATER = NOW + 5000
URL = "https://pictures.example/a/20931"


def begun(way=Way.ADDRESS):
    return Draft.begin(seed=b"s" * 32, way=way, voice=Voice.ADULT, now=NOW)


def after(*posts, way=Way.ADDRESS):
    draft = begun(way)
    for posted in posts:
        draft = advance(draft, posted, now=LATER).draft
    return draft


@pytest.mark.parametrize(
    ("typed", "code", "line"),
    [
        ("", "empty", 0),
        ("https://pictures.example /a", "spaces", 0),
        (f"{URL} {URL}", "several", 0),
        ("castle", "word", 0),
        ("ftp://pictures.example/", "scheme", 0),
        (f"{URL}\nhttps://two words.example", "spaces", 2),
        ("https://a.example/" + "x" * 9000, "long", 0),
        ("x" * 30_000, "long", 0),
        (f"{URL}\n" * 21, "many", 0),
    ],
)
def test_a_bad_address_asks_again_with_what_was_typed(typed, code, line):
    move = advance(begun(), {"address": typed}, now=LATER)
    assert (move.problem.code, move.problem.line, move.typed) == (code, line, typed)
    assert not move.is_answer
    assert wrong(code).short


def test_addresses_go_one_on_a_line():
    draft = after({"address": f"{URL}\r\n\r\nHXXPS://Two[.]example/b\r\n"})
    assert sheet_of(draft, language="en").urls == (URL, "https://two.example/b")
    assert question_of(draft) is Question.THING


def test_the_fourth_answer_finishes():
    draft = after({"address": URL}, {"thing": "page"}, {})
    move = advance(draft, {"words": " a word "}, now=LATER)
    assert move.is_finish
    sheet = sheet_of(move.draft, language="es")
    assert (sheet.thing, sheet.place, sheet.words, sheet.turn) == ("page", "", "a word", 4)


def test_without_an_address_words_are_needed():
    draft = after({"to": "none", "address": ""}, {}, {})
    assert advance(draft, {"words": " "}, now=LATER).problem.code == "wordless"
    assert advance(draft, {"words": "it was blue"}, now=LATER).is_finish


def test_what_is_no_address_is_kept_for_a_person():
    sheet = sheet_of(after({"to": "none", "address": "the blue app"}), language="en")
    assert (sheet.urls, sheet.typed) == ((), "the blue app")


def test_a_good_address_counts_whatever_button_was_pressed():
    assert sheet_of(after({"to": "none", "address": URL}), language="en").urls == (URL,)


def test_back_keeps_what_was_typed_and_sends_nothing():
    draft = after({"address": URL}, {"thing": "chat"})
    move = advance(draft, {"to": "back", "place": "game"}, now=LATER)
    assert not move.is_answer
    assert question_of(move.draft) is Question.THING
    assert move.draft.answers == {"address": URL, "thing": "chat", "place": "game"}


def test_a_choice_that_was_not_offered_is_refused():
    assert advance(after({"address": URL}), {"thing": "castle"}, now=LATER).problem.code == "choice"
    assert (
        advance(after({"happening": "other"}, {}, way=Way.SOMEONE), {"place": "site"}, now=LATER).problem.code
        == "choice"
    )


def test_too_many_words_ask_for_fewer():
    draft = after({"happening": "abuse"}, {}, {"place": "home"}, way=Way.SOMEONE)
    assert advance(draft, {"words": "x" * 5001}, now=LATER).problem.code == "wordy"


def test_a_page_sent_at_once_is_marked_and_goes_on():
    fast = advance(begun(), {"address": URL}, now=NOW + 500)
    assert fast.is_answer
    assert sheet_of(fast.draft, language="en").slow
    assert not sheet_of(after({"address": URL}), language="en").slow


@pytest.mark.parametrize("way", [Way.SOMEONE, Way.OWN])
def test_about_somebody_no_address_is_asked(way):
    draft = after({"happening": "threat"}, {}, {"place": "school"}, way=way)
    assert question_of(draft) is Question.WORDS
    assert advance(draft, {"words": "since May"}, now=LATER).is_finish


def test_who_reads_it_comes_before_any_word_and_is_no_question():
    draft = after({"happening": "extortion"}, way=Way.OWN)
    assert question_of(draft) is Question.READERS
    assert number_of(draft) == (1, 3)
    assert not advance(draft, {}, now=LATER).is_answer
    assert Question.READERS not in advance(draft, {"readers": "x"}, now=LATER).draft.answers


def test_work_is_taken_and_counts_for_this_report_alone():
    draft = Draft.begin(seed=b"s" * 32, way=Way.ADDRESS, voice=Voice.ADULT, now=NOW, bits=8)
    nonce = work(draft.challenge(), 8)
    shown = advance(draft, {"address": "", "work": nonce}, now=LATER).draft
    assert (shown.proof, shown.challenge()) == (8, "")
    assert advance(draft, {"address": URL, "work": "x"}, now=LATER).draft.proof == 0
    again = shown.renewed(LATER)
    assert again.proof == 0
    assert again.challenge() not in ("", draft.challenge())
