"""The answer page: what a host sees in each state, in each language, and what its answer does."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tutela.urls import canonicalise
from tutela_node.foundation import clock
from tutela_node.foundation.models import OutboxMessage
from tutela_node.foundation.outbox import payload
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.material import actions as material
from tutela_node.takedown import actions, queries
from tutela_node.takedown.rules import NoticeState, Outcome, TraceFacts

NOW = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
URL = "http://img4.harbour.example/a/20931.jpg?b=<1>"


@pytest.fixture(autouse=True)
def _half_past_midnight(db):
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def sighting():
    return material.add_sighting(SYSTEM, url=canonicalise(URL), seen_at=NOW - timedelta(minutes=49))


@pytest.fixture
def link(sighting, mira):
    """The path of the answer page, as it stands in the mail."""
    facts = TraceFacts(
        host="img4.harbour.example",
        at=NOW,
        outcome=Outcome.TRACED,
        organisation="Harbour <Hosting>",
        country="XA",
        contact="abuse@harbour.example",
    )
    actions.record_trace(SYSTEM, sighting=sighting, facts=facts)
    actions.write_notice(SYSTEM, sighting=sighting, verdict_code="A", basis="XA-PC-184")
    (waiting,) = queries.contacts_to_approve(mira)
    actions.approve_contact(mira, contact=waiting.id)
    actions.send(SYSTEM, sighting=sighting, facts=facts)
    return re.search(r"/notice/\S+", payload(OutboxMessage.objects.get())["body"])[0]


def text(path):
    return Client().get(path).content.decode()


def answer(path, **fields):
    return Client().post(path, fields)


def test_the_page_is_the_letter_and_the_form(link):
    page = text(link)
    assert "img4.harbour.example/a/20931.jpg?b=&lt;1&gt;" in page
    assert "Penal Code, section 184" in page
    assert "Answer due in 1 day" in page
    assert "Harbour &lt;Hosting&gt;" in page
    assert page.count('type="radio"') == 5


@pytest.mark.parametrize(
    ("language", "direction", "word"), [("fr", "ltr", "Retiré"), ("es", "ltr", "Retirado"), ("ar", "rtl", "أُزيل")]
)
def test_the_page_speaks_other_languages(link, language, direction, word):
    page = text(f"{link}?lang={language}")
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert word in page


def test_a_wrong_code_opens_a_calm_page(link):
    response = Client().get("/notice/" + "0" * 32)
    assert response.status_code == 404
    assert "This link opens nothing" in response.content.decode()


def test_an_answer_is_kept_and_the_page_becomes_its_receipt(link, sighting):
    response = answer(link, outcome="removed", removed_at="2026-11-22T00:25", copies="3", records_kept="yes")
    assert (response.status_code, response.headers["Location"]) == (303, link)
    assert queries.notices_of(sighting)[0].state == NoticeState.ANSWERED
    page = text(link)
    assert "Your answer is with us." in page
    assert "Answer due" not in page
    assert 'type="radio"' not in page


def test_an_answer_can_be_corrected(link, sighting):
    answer(link, outcome="not_ours")
    assert 'value="not_ours" checked' in text(f"{link}?change=1")
    answer(link, outcome="moved", moved_to="new.host.example")
    assert queries.notices_of(sighting)[0].answer["moved_to"] == "new.host.example"


@pytest.mark.parametrize(
    ("fields", "anchor"),
    [
        ({}, "outcome"),
        ({"outcome": "removed"}, "removed_at"),
        ({"outcome": "moved"}, "moved_to"),
        ({"outcome": "different"}, "reason"),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_stays(link, fields, anchor):
    page = answer(link, **fields, copies="7").content.decode()
    assert "<title>Error: " in page
    assert f'<a href="#{anchor}">' in page
    assert f'id="{anchor}-wrong"' in page
    assert 'value="7"' in page


def test_a_late_page_says_so_and_still_takes_an_answer(link):
    with clock.standing_at(NOW + timedelta(days=3)):
        assert "Answer was due" in text(link)
        assert answer(link, outcome="already_gone").status_code == 303


@pytest.mark.parametrize("may_know", [True, False])
def test_a_hold_shows_only_when_the_officer_chose_so(link, sighting, pavel, may_know):
    ends = NOW + timedelta(hours=36)
    actions.place_hold(pavel, sighting=sighting, reason="an operation", ends=ends, host_may_know=may_know)
    page = text(link)
    assert ("Leave as it is until" in page) is may_know
    assert ("police have asked" in page) is may_know


def test_a_closed_notice_takes_no_answer(link, mira, sighting):
    answer(link, outcome="already_gone")
    actions.close_notice(mira, notice=queries.notices_of(sighting)[0].id)
    assert "This notice is closed." in text(link)
    assert answer(link, outcome="not_ours").status_code == 409


def test_the_page_has_nothing_inline(link):
    page = text(link)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)
