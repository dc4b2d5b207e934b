"""The two ways between a reporter and us, through the pages; and that they tell nobody what we knew."""

import re
from datetime import timedelta

import pytest

from tutela.sealing import locator
from tutela_node.foundation import clock, keys
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, channel_actions, conversations, queries
from tutela_node.intake.models import Reply
from tutela_node.intake.rules import Sentence

QUESTION = "On which day was it?"


@pytest.fixture
def found(visitor, mira):
    """A visitor with a code, and the report behind it."""
    visitor.tell("since May")
    code = visitor.code
    (draft,) = queries.due_drafts(clock.now(), 0)
    return visitor, code, actions.open_draft(SYSTEM, draft=draft).report


def open_replies():
    for row in Reply.objects.filter(opened_at=None):
        channel_actions.open_reply(SYSTEM, reply=row.id)


def test_a_question_is_read_with_the_code_and_its_reply_reaches_us(found, mira):
    visitor, code, report = found
    channel_actions.ask(mira, report=report, text=QUESTION)
    visitor.come_back(code)
    assert QUESTION in visitor.page
    assert "We have a question" in visitor.page
    visitor.post("back", {"visit": visitor.visit, "words": "on <b>Tuesday</b>"})
    assert "We have it." in visitor.page
    assert "Tuesday" not in visitor.page  # whoever finds the code reads nothing of it
    open_replies()
    assert [each.text for each in conversations.conversation(mira, report)] == [QUESTION, "on <b>Tuesday</b>"]


def test_the_same_page_sent_twice_replies_once(found, mira):
    visitor, code, report = found
    visitor.come_back(code)
    body = {"visit": visitor.visit, "words": "one thing more"}
    for _ in range(2):
        visitor.post("back", body)
    open_replies()
    assert [each.text for each in conversations.conversation(mira, report)] == ["one thing more"]


@pytest.mark.parametrize(
    ("words", "said"), [(" ", "nothing here yet"), ("x" * 5001, "longer than the 5000 characters")]
)
def test_a_reply_that_does_not_fit_is_kept_in_the_field(found, words, said):
    visitor, code, _ = found
    visitor.come_back(code)
    visitor.post("back", {"visit": visitor.visit, "words": words})
    assert visitor.title == "Error: Your code"
    assert said in visitor.page
    assert not Reply.objects.exists()


@pytest.mark.parametrize("visit", ["", "nonsense", "ü", "A" * 900])
def test_without_a_visit_of_ours_nothing_is_kept(found, visit):
    visitor, _, _ = found
    assert visitor.post("back", {"visit": visit, "words": "x"}).status_code == 200
    assert "What is your code?" in visitor.page
    assert not Reply.objects.exists()


def test_a_visit_ends_after_an_hour(found):
    visitor, code, _ = found
    visitor.come_back(code)
    with clock.standing_at(clock.now() + timedelta(minutes=61)):
        visitor.post("back", {"visit": visitor.visit, "words": "late"})
    assert not Reply.objects.exists()


def test_the_page_never_shows_the_code_again(found):
    visitor, code, _ = found
    visitor.come_back(code)
    assert code not in visitor.page
    assert locator(keys.secret("locator"), code) not in visitor.page


def test_a_code_is_understood_in_other_digits_and_spacing(visitor):
    visitor.tell("since May")
    code = visitor.code
    for digits in ("٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯"):
        typed = code.lower().replace("-", "  ").translate(str.maketrans("0123456789", digits))
        visitor.come_back(typed)
        assert visitor.title == "Your code"


def test_the_hours_of_what_is_told_do_not_depend_on_what_we_did(found):
    """Acted on in the first minute, or not looked at yet: for a day the pages are the same to the byte."""
    visitor, code, report = found
    start, pages = clock.now(), []
    for sentence in (None, Sentence.ACTED, Sentence.CLOSED_NO_ACTION, Sentence.CLOSED_GONE):
        if sentence is None:
            for usual in (Sentence.RECEIVED, Sentence.CHECKING):
                actions.answer(SYSTEM, report=report, sentence=usual)
        else:
            actions.answer(SYSTEM, report=report, sentence=sentence)
        for hours in (0, 1, 23):
            with clock.standing_at(start + timedelta(hours=hours)):
                visitor.come_back(code)
            pages.append((hours, re.sub(r'name="visit" value="[^"]+"', "", visitor.page)))
    assert len(set(pages)) == 3
    with clock.standing_at(start + timedelta(hours=25)):
        visitor.come_back(code)
    assert "acted on your report" in visitor.page or "no longer there" in visitor.page
