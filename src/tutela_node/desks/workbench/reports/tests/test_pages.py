"""The pages about reports: what was referred, what is asked, what a flood brought, what somebody writes down."""

import html
import re

import pytest
from django.urls import reverse

from tutela_node.foundation.models import AuditRecord, PendingEvent
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, entries, referral_actions
from tutela_node.intake.floods import Standing
from tutela_node.intake.models import EntryDraft, Question, Referral, Report
from tutela_node.intake.rules import Form, Sheet
from tutela_node.intake.tests.dropping import Reporter

pytestmark = pytest.mark.django_db
TYPED = {"channel": "phone", "address": "https://pictures.example/a/1", "words": "a caller found it", "voice": "adult"}


@pytest.fixture
def report(db):
    reporter = Reporter()
    reporter.finish(Sheet(words="it began in a game", form=Form.OWN, happening="grooming"))
    made = actions.open_draft(SYSTEM, draft=reporter.draft).report
    referral_actions.refer(SYSTEM, report=made, happening="grooming")
    return made


def flood(number):
    for _ in range(number):
        reporter = Reporter(proof=0)
        reporter.finish(Sheet(words="the very same words", pace=1))
        actions.open_draft(SYSTEM, draft=reporter.draft)
    return list(Report.objects.filter(standing=Standing.QUARANTINED).values_list("id", flat=True))


def test_the_police_read_take_and_answer(sign_in, pavel, report):
    client, page = sign_in(pavel), reverse("reports:referral", args=[report])
    assert "grooming" in client.get(reverse("reports:referrals")).content.decode()
    assert "it began in a game" in client.get(page).content.decode()
    assert AuditRecord.objects.filter(verb="referral.read", subject=report, actor=pavel.id).exists()
    assert client.post(reverse("reports:take", args=[report])).status_code == 302
    assert client.post(reverse("reports:take", args=[report])).status_code == 422
    answer = reverse("reports:answer", args=[report])
    assert client.post(answer, {"note": "x"}).status_code == 422
    assert client.post(answer, {"outcome": "acted", "note": "case 12"}).status_code == 302
    assert Referral.objects.get().state == "answered"


def test_the_hotline_sees_where_it_stands_and_takes_nothing(sign_in, mira, report):
    client = sign_in(mira)
    page = client.get(reverse("reports:referral", args=[report])).content.decode()
    assert "Take it" not in page
    assert client.post(reverse("reports:take", args=[report])).status_code == 403


@pytest.mark.parametrize("name", ["mira", "pavel"])
def test_a_question_is_asked_beside_the_report(sign_in, request, name, report):
    client = sign_in(request.getfixturevalue(name))
    ask = reverse("reports:ask", args=[report])
    assert client.post(ask, {"text": " "}).status_code == 422
    assert client.post(ask, {"text": "On which day?"}).status_code == 302
    assert Question.objects.count() == 1
    assert "On which day?" in client.get(reverse("triage:report", args=[report])).content.decode()


def test_what_is_chosen_is_released_or_discarded(sign_in, mira):
    first, second, third = flood(23)
    client, page = sign_in(mira), reverse("reports:quarantine")
    assert "3 reports wait" in client.get(page).content.decode()
    assert client.post(page, {"do": "release"}).status_code == 422
    assert client.post(page, {"do": "release", "report": [str(first)]}).status_code == 302
    assert client.post(page, {"do": "discard", "report": [str(second)]}).status_code == 302
    standing = dict(Report.objects.values_list("id", "standing"))
    assert (standing[first], standing[second], standing[third]) == ("open", "discarded", "quarantined")
    assert PendingEvent.objects.filter(subject=first).count() > 1


def test_a_credit_is_discarded_as_it_was_seen(sign_in, mira):
    flood(23)
    client, discard = sign_in(mira), reverse("reports:discard")
    page = client.get(reverse("reports:quarantine")).content.decode()
    before = re.search(r'name="before" value="([^"]+)"', page).group(1)
    seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
    asked = {"credit": "-3", "before": html.unescape(before), "seen": seen}
    for wrong in ({"credit": "x"}, {"before": "x"}, {"seen": ""}):
        assert client.post(discard, asked | wrong).status_code == 422
    assert "What waits has changed" in client.post(discard, asked | {"seen": "2"}).content.decode()
    assert client.post(discard, asked).status_code == 302
    assert Report.objects.filter(standing=Standing.DISCARDED).count() == 3


def test_figures_count_and_name_nobody(sign_in, mira, report):
    page = sign_in(mira).get(reverse("reports:figures")).content.decode()
    assert re.findall(r"<dd>(\d+)</dd>", page) == ["1", "1", "0"]


def begun(client):
    client.post(reverse("reports:entries"))
    return EntryDraft.objects.get().id


def test_what_is_typed_is_kept_field_by_field_and_survives(sign_in, mira):
    client = sign_in(mira)
    entry = begun(client)
    save = reverse("reports:save", args=[entry])
    assert client.post(save, TYPED | {"words": "a cal"}, headers={"X-Saved-By": "script"}).status_code == 204
    page = sign_in(mira).get(reverse("reports:enter", args=[entry])).content.decode()  # another session, after a crash
    assert "a cal</textarea>" in page
    assert client.post(save, TYPED).status_code == 302
    assert entries.entry(mira, entry).answers["words"] == "a caller found it"


def test_a_report_is_entered_and_its_code_is_shown_once(sign_in, mira):
    client = sign_in(mira)
    entry = begun(client)
    page = client.post(reverse("reports:enter", args=[entry]), TYPED | {"language": "fr"}).content.decode()
    assert len(re.findall(r"<span>[0-9A-Z]{5}</span>", page)) == 4
    made = Report.objects.get()
    assert (made.channel, made.language, made.standing) == ("phone", "fr", "open")
    assert client.get(reverse("reports:enter", args=[entry])).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"address": "two words"}, "Line 1 is no address"),
        ({"address": "", "words": ""}, "Write an address, or a few words"),
        ({"channel": "public"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(sign_in, mira, wrong, said):
    client = sign_in(mira)
    entry = begun(client)
    answer = client.post(reverse("reports:enter", args=[entry]), TYPED | {"language": "en"} | wrong)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert entries.entry(mira, entry).answers["channel"] == wrong.get("channel", "phone")
    assert not Report.objects.exists()


def test_what_a_colleague_writes_does_not_exist_for_others(sign_in, mira, timo):
    entry = begun(sign_in(mira))
    for name in ("enter", "save", "drop"):
        assert sign_in(timo).post(reverse(f"reports:{name}", args=[entry]), TYPED).status_code == 404
    assert sign_in(mira).post(reverse("reports:drop", args=[entry])).status_code == 302
    assert not EntryDraft.objects.exists()


@pytest.mark.parametrize("page", ["reports:enter", "reports:save"])
def test_what_is_too_long_is_shown_again(sign_in, mira, page):
    client = sign_in(mira)
    entry = begun(client)
    answer = client.post(reverse(page, args=[entry]), TYPED | {"language": "en", "words": "quay " * 40_000})
    shown = answer.content.decode()
    assert (answer.status_code, "more than a report holds" in shown) == (422, True)
    assert shown.count("quay ") == 40_000
    assert TYPED["address"] in shown
