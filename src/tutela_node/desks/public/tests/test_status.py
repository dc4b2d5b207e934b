"""What became of a report: six sentences, and nothing for who guesses."""

import re
from datetime import timedelta

import pytest

from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, queries
from tutela_node.intake.rules import Sentence

NEVER_GIVEN = "0" * 20


@pytest.fixture
def told(visitor):
    """A visitor with a code whose report the node has opened."""
    visitor.tell("since May")
    code = visitor.code
    (draft,) = queries.due_drafts(clock.now(), 0)
    return visitor, code, actions.open_draft(SYSTEM, draft=draft).report


def test_a_report_shows_as_received_before_the_node_opened_it(visitor, at_noon):
    visitor.tell("since May")
    visitor.come_back(visitor.code)
    assert "Your report is with us." in visitor.page
    assert "22 November 2026, 12:00" in visitor.page


@pytest.mark.parametrize("sentence", Sentence)
def test_each_sentence_can_be_read(told, sentence):
    visitor, code, report = told
    actions.answer(SYSTEM, report=report, sentence=sentence)
    visitor.come_back(code.lower().replace("-", " "))
    assert 'aria-current="step"' in visitor.page
    assert visitor.title == "Your code"


def test_what_was_told_stands_in_order(told):
    visitor, code, report = told
    for sentence in ("received", "checking", "acted"):
        actions.answer(SYSTEM, report=report, sentence=sentence)
    with clock.standing_at(clock.now() + timedelta(days=2)):
        visitor.come_back(code)
    assert re.findall(r"<strong>(.*?)</strong>", visitor.page) == ["Received", "Being checked", "Acted on"]


def test_an_unknown_and_a_mistyped_code_get_the_same_page(visitor):
    pages = []
    for typed in (NEVER_GIVEN, "nonsense"):
        assert visitor.come_back(typed).status_code == 200
        pages.append(visitor.page.replace(typed, "").replace(visitor.ticket, ""))
    assert pages[0] == pages[1]
    assert visitor.title == "Error: Your code"


def test_a_mistyped_code_costs_the_same_look_ups(visitor, django_assert_num_queries):
    for typed in (NEVER_GIVEN, "nonsense", ""):
        with django_assert_num_queries(1):
            visitor.come_back(typed)
