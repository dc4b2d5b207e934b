"""The triage pages: the urgent one first, what a report says and why it stands there, the search, the original."""

from dataclasses import replace

import pytest
from django.urls import reverse
from typer.testing import CliRunner

from tutela.cli.custody import app as custody
from tutela.custody import parse_leaf
from tutela_node.evidence.policy import policy_json
from tutela_node.evidence.sequencer import sequence
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions
from tutela_node.intake.documents import Document
from tutela_node.intake.entry_actions import begin_entry, enter_report
from tutela_node.intake.facts import Concern, Facts, FileFacts
from tutela_node.intake.rules import Channel, Sheet, Voice
from tutela_node.intake.sense import Found
from tutela_node.intake.sense_actions import weigh_report
from tutela_node.intake.triage import bundle_of

pytestmark = pytest.mark.django_db
URGENT = Facts(
    concern=Concern.GROOMING,
    at_risk=True,
    accounts=("chat.example:kite",),
    files=(FileFacts(name="f1", viewed=True),),
    notes=("an element that is not known was left aside",),
)


@pytest.fixture
def mira_window(sign_in, mira):
    return sign_in(mira)


@pytest.fixture
def pavel_window(sign_in, pavel):
    return sign_in(pavel)


@pytest.fixture
def olga_window(sign_in, olga):
    return sign_in(olga)


@pytest.fixture
def send(harbour):
    def run(facts=None, *, original=b"<report/>", problem=""):
        document = Document(channel=Channel.CYBERTIP, original=original, facts=facts or Facts(), problem=problem)
        report = actions.receive_document(replace(harbour, scopes=None), document=document).report
        weigh_report(SYSTEM, report=report, found=Found.UNCHECKED)
        return report

    return run


def text(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def test_the_urgent_one_stands_before_the_others(pavel_window, send):
    send()
    send(URGENT)
    shown = text(pavel_window.get(reverse("triage:index")))
    assert shown.index("a child may be in danger now") < shown.index("a report was received")
    assert "1 case is to be read now." in shown


def test_a_report_says_why_it_stands_where_it_stands(mira_window, send):
    shown = text(mira_window.get(reverse("triage:report", args=[send(URGENT)])))
    for said in ("+50", "chat.example:kite", "no IP address", "left aside", "Urgency, 0 to 100"):
        assert said in shown


def test_who_opened_it_first_is_kept(mira_window, pavel_window, send):
    url = reverse("triage:report", args=[send(URGENT)])
    assert "not read" in text(mira_window.get(reverse("triage:index")))
    mira_window.get(url)
    assert "Mira" in text(pavel_window.get(url))
    assert "not read" not in text(pavel_window.get(reverse("triage:index")))


def test_the_original_is_text_and_its_reading_is_written_down(mira_window, send):
    report = send(original=b"<report>\x00\xff<script>alert(1)</script>", problem="is not well-formed, line 1")
    page = text(mira_window.get(reverse("triage:report", args=[report])))
    assert "is not well-formed, line 1" in page
    assert "alert" not in page
    shown = text(mira_window.post(reverse("triage:original", args=[report])))
    assert "&lt;script&gt;alert(1)" in shown
    assert AuditRecord.objects.filter(verb="report.original", subject=report).count() == 1


def test_filters_that_nobody_knows_narrow_nothing(mira_window, send):
    send(URGENT)
    shown = text(mira_window.get(reverse("triage:index") + "?band=x&concern=y&channel=z&days=9&after=nowhere"))
    assert "This is no place in the list" in shown
    assert "a child may be in danger now" in shown


def test_the_list_is_narrowed_by_what_a_report_is_about(mira_window, send):
    send(URGENT)
    assert "Nothing open is like that." in text(mira_window.get(reverse("triage:index") + "?concern=extortion"))
    assert "danger" in text(mira_window.get(reverse("triage:index") + "?concern=grooming&days=1&channel=cybertip"))


def test_a_report_is_found_by_what_it_names(mira_window, send):
    send(URGENT)
    assert "danger" in text(mira_window.post(reverse("triage:search"), {"text": "chat.example:KITE"}))
    assert "No report names it." in text(mira_window.post(reverse("triage:search"), {"text": "nobody@mail.example"}))
    assert "Write a number" in text(mira_window.post(reverse("triage:search"), {"text": " "}), 422)


def test_what_is_no_report_is_not_found(mira_window):
    assert mira_window.get(reverse("triage:report", args=[new_id()])).status_code == 404


def test_an_operator_reads_no_reports(olga_window, send):
    assert olga_window.get(reverse("triage:index")).status_code == 403


def test_a_case_is_taken_and_given_back(mira_window, pavel_window, send):
    report = send(URGENT)
    case = bundle_of(SYSTEM, report).id
    shown = text(mira_window.post(reverse("triage:take", args=[case]), {"report": report}, follow=True))
    assert "Give it back" in shown
    assert "has it" in text(pavel_window.get(reverse("triage:index")))
    refused = text(pavel_window.post(reverse("triage:take", args=[case]), {"report": "x"}, follow=True))
    assert "A colleague works on this case." in refused
    mira_window.post(reverse("triage:give-back", args=[case]), {"report": report})
    assert bundle_of(SYSTEM, report).taken_by is None


def test_what_does_not_belong_is_set_apart_on_a_page(mira_window, send):
    first, second = send(URGENT), send(URGENT)
    page = text(mira_window.get(reverse("triage:report", args=[first])))
    url = reverse("triage:sort", args=[bundle_of(SYSTEM, first).id])
    assert url in page
    shown = text(mira_window.get(url))
    assert "2 reports stand as one case." in shown
    assert "choose at least one report" in text(mira_window.post(url, {"why": "kept"}), 422).lower()
    assert "leave at least one report" in text(mira_window.post(url, {"report": [first, second]}), 422).lower()
    done = text(mira_window.post(url, {"report": [second], "why": "another"}, follow=True))
    assert "1 report is a case of its own now." in done
    assert bundle_of(SYSTEM, second).id != bundle_of(SYSTEM, first).id


def test_two_cases_are_joined_by_a_number(mira_window, send):
    first, second = send(URGENT), send(Facts(accounts=("mail.example:far",)))
    url = reverse("triage:join", args=[bundle_of(SYSTEM, second).id])
    wrong = text(mira_window.post(url, {"reference": "nothing", "why": "words that stay"}), 422)
    assert "there is no such report" in wrong.lower()
    assert "words that stay" in wrong
    number = triage_number(first)
    assert "They are one case now." in text(mira_window.post(url, {"reference": number}, follow=True))
    assert bundle_of(SYSTEM, second).count == 2


def test_the_receipt_of_a_report_is_downloaded_and_proves_its_bytes(mira_window, send, tmp_path):
    report = send(URGENT, original=b"<report>by mail</report>")
    url = reverse("triage:receipt", args=[report])
    assert "not signed yet" in text(mira_window.get(url, follow=True))
    sequence()
    answer = mira_window.get(url)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="receipt-{triage_number(report)}.json"'
    (tmp_path / "receipt.json").write_bytes(answer.content)
    (tmp_path / "policy.json").write_bytes(policy_json())
    (tmp_path / "mail").write_bytes(b"<report>by mail</report>")
    words = ["verify", str(tmp_path / "receipt.json"), "--policy", str(tmp_path / "policy.json")]
    assert CliRunner().invoke(custody, [*words, "--document", str(tmp_path / "mail")]).exit_code == 0
    assert AuditRecord.objects.filter(verb="report.read", subject=report).count() >= 1


def test_what_an_operator_entered_has_a_receipt(mira_window, mira):
    sheet = Sheet(urls=(), words="a test message", language="en", voice=Voice.ADULT)
    entered = enter_report(mira, entry=begin_entry(mira), channel=Channel.PHONE, sheet=sheet)
    sequence()
    answer = mira_window.get(reverse("triage:receipt", args=[entered.report]))
    assert parse_leaf(answer.json()["leaf"].encode()).kind == "report.entered"


def triage_number(report):
    return bundle_of(SYSTEM, report).head.reference
