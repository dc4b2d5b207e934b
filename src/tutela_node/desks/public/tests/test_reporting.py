"""A report through the pages: without cookies or scripts, nothing twice, nothing lost."""

from datetime import timedelta

import pytest

from tutela.sealing import locator
from tutela_node.foundation import clock, keys
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, queries

URL = "https://pictures.example/a/20931"


def start(visitor, query=""):
    visitor.get(f"go{query}")
    return visitor


def finish(visitor, words="two sentences"):
    for answers in ({"address": URL}, {"thing": "page"}, {"place": "site"}, {"words": words}):
        last = dict(answers, draft=visitor.draft)
        visitor.post("go", last)
    return last


def opened():
    return [actions.open_draft(SYSTEM, draft=draft) for draft in queries.due_drafts(clock.now(), 0)]


def found(visitor):
    return locator(keys.secret("locator"), visitor.code)


def test_four_answers_and_a_code(visitor):
    finish(start(visitor))
    assert visitor.title == "Your code"
    assert queries.received_at(found(visitor))
    (report,) = opened()
    assert (report.urls, report.words) == ((URL,), "two sentences")


def test_no_page_sets_a_cookie(visitor):
    finish(start(visitor))
    visitor.come_back(visitor.code)
    assert not visitor.client.cookies


def test_a_repeated_end_shows_the_same_code_and_stores_nothing_twice(visitor):
    last = finish(start(visitor))
    code = visitor.code
    visitor.post("go", last)
    assert visitor.code == code
    assert len(opened()) == 1


def test_a_repeated_page_is_the_same_page(visitor):
    start(visitor)
    body = {"draft": visitor.draft, "address": URL}
    titles = [visitor.post("go", body) and visitor.title for _ in range(2)]
    assert titles == ["Question 2 of 4"] * 2
    assert len(queries.unfinished_drafts()) == 1


def test_each_answer_counts_as_soon_as_it_is_given(visitor, at_noon):
    start(visitor).go(address=URL)
    later = at_noon + timedelta(minutes=31)
    (draft,) = queries.due_drafts(later, 30)
    assert actions.open_draft(SYSTEM, draft=draft).urls == (URL,)


def test_what_is_changed_after_the_end_is_a_report_of_its_own(visitor):
    last = finish(start(visitor))
    first = visitor.code
    visitor.post("go", last | {"words": "something more"})
    second = visitor.code
    visitor.post("go", last | {"words": "something more"})
    assert first != second == visitor.code
    assert {report.words for report in opened()} == {"two sentences", "something more"}


def test_who_goes_on_after_the_node_opened_the_draft_loses_nothing(visitor, at_noon):
    start(visitor).go(address=URL)
    with clock.standing_at(at_noon + timedelta(minutes=29, seconds=30)):
        visitor.go(thing="page")
        assert len(queries.unfinished_drafts()) == 2
        assert {report.urls for report in opened() if report} <= {(URL,)}


def test_a_bad_address_keeps_what_was_written(visitor):
    start(visitor).go(address="https://pictures.example /a")
    assert visitor.title == "Error: Question 1 of 4"
    assert "https://pictures.example /a</textarea>" in visitor.page
    assert 'href="#address"' in visitor.page
    assert not queries.unfinished_drafts()


def test_five_megabytes_are_too_long_and_break_nothing(visitor):
    start(visitor)
    assert visitor.go(address="https://a.example/" + "x" * 5_000_000).status_code == 200
    assert visitor.title == "Error: Question 1 of 4"
    assert "so long" in visitor.page
    visitor.go(address=URL)
    assert visitor.title == "Question 2 of 4"


def test_back_asks_again_with_the_answer_given(visitor):
    start(visitor).go(address=URL)
    visitor.go(to="back")
    assert visitor.title == "Question 1 of 4"
    assert f"{URL}</textarea>" in visitor.page


def test_markup_in_an_answer_stays_text(visitor):
    start(visitor).go(address="<script>alert(1)</script> x")
    assert "<script>alert" not in visitor.page
    assert "&lt;script&gt;" in visitor.page


@pytest.mark.parametrize("draft", ["", "nonsense"])
def test_a_draft_that_cannot_be_read_gets_a_kind_page(visitor, draft):
    answer = visitor.post("go", {"draft": draft, "address": URL})
    assert answer.status_code == 200
    assert "Start again" in visitor.page


def test_a_page_of_yesterday_gets_a_kind_page(visitor, at_noon):
    start(visitor)
    with clock.standing_at(at_noon + timedelta(hours=25)):
        visitor.go(address=URL)
    assert "Start again" in visitor.page


def test_the_way_without_an_address_says_who_reads_before_a_word_is_written(visitor):
    start(visitor, "?way=someone&voice=13-17")
    assert visitor.title == "Question 1 of 3"
    visitor.go(happening="threat")
    assert "child protection unit of the Exampleland Police" in visitor.page
    assert "<textarea" not in visitor.page
    visitor.go()
    assert visitor.title == "Question 2 of 3"
    visitor.go(place="school")
    visitor.go(words="since May")
    (report,) = opened()
    assert (report.words, report.voice, report.urls) == ("since May", "13-17", ())
    assert report.happening == "threat"


def test_the_browser_never_holds_an_answer_in_clear(visitor):
    start(visitor).go(address=URL)
    assert "pictures.example" not in visitor.page


@pytest.mark.parametrize("voice", ["adult", "13-17", "8-12"])
def test_three_voices_have_their_own_texts(visitor, voice):
    start(visitor, f"?voice={voice}")
    heading = {"adult": "address of the page?", "13-17": "What is the address?", "8-12": "Where is it?"}[voice]
    assert heading in visitor.page
