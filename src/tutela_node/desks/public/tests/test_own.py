"""Codes of own pictures at the public desk: lines of digits are taken, media refused, the receipt takes them back."""

import gzip
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.staticfiles import finders

from tutela_node.desks.public.headers import QUIET
from tutela_node.desks.public.tests.conftest import FORM, work
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, queries
from tutela_node.intake.models import Drop
from tutela_node.intake.prints import Print, line_of
from tutela_node.intake.rules import Sentence
from tutela_node.journeys.models import Step

SHA, PDQ = "a1" * 32, "b2" * 32
LINE = f"{SHA} {PDQ} 90"
NEVER_GIVEN = "0" * 20
MEDIA = [
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "\x89PNG\r\n\x1a\n",
    f"{LINE} iVBORw0KGgo",
    "ÿØÿà",
    f"{SHA}{PDQ}",
]


@pytest.fixture
def page(visitor):
    visitor.get("own?voice=13-17")
    return visitor


def send(visitor, codes=LINE, **more):
    return visitor.post("own", {"draft": visitor.draft, "codes": codes, **more})


def opened():
    return [actions.open_draft(SYSTEM, draft=draft) for draft in queries.due_drafts(clock.now(), 0)]


def told(visitor, *sentences):
    (report,) = opened()
    for sentence in sentences:
        actions.answer(SYSTEM, report=report.report, sentence=sentence)


def test_codes_are_sealed_and_a_receipt_is_given(page):
    assert send(page, f"{LINE}\r\n{'c3' * 32}").status_code == 200
    assert len(page.code) == 23
    assert SHA not in page.page
    (report,) = opened()
    assert report.own == (Print(sha256=SHA, pdq=PDQ, quality=90), Print(sha256="c3" * 32))
    assert (report.urls, report.words, report.voice) == ((), "", "13-17")


def test_the_same_page_again_is_the_same_receipt_and_other_codes_another(page):
    draft = page.draft
    page.post("own", {"draft": draft, "codes": LINE})
    first = page.code
    page.post("own", {"draft": draft, "codes": LINE})
    assert page.code == first
    page.post("own", {"draft": draft, "codes": "c3" * 32})
    assert page.code != first
    assert len(opened()) == 2


@pytest.mark.parametrize("media", MEDIA)
def test_what_is_no_code_is_refused_whole_and_not_shown(page, media):
    answer = send(page, f"{LINE}\n{media}")
    assert answer.status_code == 400
    assert media not in page.page
    assert not Drop.objects.exists()


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "image/jpeg", "application/octet-stream", ""])
def test_a_body_that_is_no_plain_form_is_refused(page, kind):
    body = urlencode({"draft": page.draft, "codes": LINE})
    assert page.client.post("/en/own", body, content_type=kind).status_code == 400
    assert not Drop.objects.exists()


def test_a_file_part_is_refused(page, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with path.open("rb") as file:
        assert page.client.post("/en/own", {"draft": page.draft, "codes": file}).status_code == 400
    assert not Drop.objects.exists()


@pytest.mark.parametrize("size", [20_000, 300_000, 5_000_000])
def test_a_body_longer_than_codes_are_is_refused(page, size):
    assert send(page, LINE, more="x" * size).status_code == 413
    assert not Drop.objects.exists()


def test_too_many_codes_are_refused(page):
    assert send(page, "\n".join(f"{number:064x}" for number in range(21))).status_code == 413
    assert not Drop.objects.exists()


@pytest.mark.parametrize("codes", ["", "\r\n\n"])
def test_no_code_asks_for_one(page, codes):
    assert send(page, codes).status_code == 200
    assert page.title == "Error: A code of your own"


def test_an_adult_says_whom_the_picture_shows_and_loses_nothing(visitor):
    visitor.get("own")
    send(visitor)
    assert LINE in visitor.page
    assert not Drop.objects.exists()
    send(visitor, shows="me")
    assert visitor.code


def test_from_another_site_nothing_is_taken(page):
    body = urlencode({"draft": page.draft, "codes": LINE})
    answer = page.client.post("/en/own", body, content_type=FORM, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_page_that_cannot_be_read_gets_a_kind_page(page):
    page.post("own", {"draft": "nonsense", "codes": LINE})
    assert "Start again" in page.page


def test_the_receipt_shows_what_became_of_it_and_takes_it_back(page):
    send(page)
    code = page.code
    told(page, Sentence.OWN_KEPT)
    page.come_back(code)
    assert "Your codes are with us." in page.page
    assert "Take my codes back" in page.page
    visit = page.visit
    for _ in range(2):
        page.post("own", {"visit": visit})
        assert "coming off the list" in page.page
        assert Step.objects.filter(journey="own_picture", name="withdraw").count() == 1


@pytest.mark.parametrize("sentences", [[], [Sentence.OWN_PLAIN], [Sentence.OWN_KEPT, Sentence.OWN_WITHDRAWN]])
def test_what_is_not_on_the_list_is_not_offered_to_be_taken_back(page, sentences):
    send(page)
    code = page.code
    told(page, *sentences)
    page.come_back(code)
    assert page.visit
    assert "Take my codes back" not in page.page


@pytest.mark.parametrize("visit", ["", "nonsense", NEVER_GIVEN])
def test_without_a_receipt_that_was_shown_nothing_is_taken_back(page, visit):
    assert page.post("own", {"visit": visit}).status_code == 200
    assert "Start again" in page.page
    assert not Step.objects.exists()


def test_work_that_was_done_goes_ahead_of_what_was_not(page):
    challenge, bits = page.asked_work
    send(page, work=work(challenge, bits))
    assert Drop.objects.get().proof == bits
    page.get("own?voice=13-17")
    send(page)
    assert sorted(Drop.objects.values_list("proof", flat=True)) == [0, bits]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
@pytest.mark.parametrize("voice", ["adult", "13-17", "8-12"])
def test_the_page_with_its_styles_weighs_less_than_25_kilobytes_compressed(visitor, language, voice):
    visitor.language = language
    visitor.get(f"own?voice={voice}")
    names = re.findall(r'(?:href|src)="/static/([^"]+)"', visitor.page)
    parts = ["public/own/pdq.js", "public/own/reading.js", "public/own/selftest.js", "public/own/sha256.js"]
    files = [Path(finders.find(name)).read_bytes() for name in [*names, *parts]]
    assert sum(len(gzip.compress(each)) for each in [visitor.page.encode(), *files]) < 25_000


@pytest.mark.parametrize("voice", ["adult", "13-17", "8-12"])
def test_the_page_keeps_quiet_and_leads_somewhere(visitor, voice):
    answer = visitor.get(f"own?voice={voice}")
    assert {name: answer.headers.get(name) for name in QUIET} == QUIET
    assert not re.search(r"child|abuse|report|picture", visitor.title, re.IGNORECASE)
    for target in set(re.findall(r'<a [^>]*href="(/[^"#]*)"', visitor.page)):
        assert visitor.client.get(target.replace("&amp;", "&")).status_code == 200, target


def test_it_is_found_from_the_page_about_oneself(visitor):
    visitor.get("me?voice=8-12")
    assert 'href="/en/own?voice=8-12"' in visitor.page


def test_codes_do_not_show_in_a_draft(page):
    send(page)
    assert line_of(Print(sha256=SHA)) not in page.page
