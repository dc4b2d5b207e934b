"""What other forms say becomes facts: what the sender said, and nothing that was guessed."""

import io
import json
from datetime import UTC, datetime

import pytest

from tutela.wire import arf, csvreports, xarf
from tutela.wire.arf.tests.test_arf import FEEDBACK, built
from tutela.wire.mailread import read_mail
from tutela.wire.xarf.tests.reports import report
from tutela_node.intake import forms
from tutela_node.intake.documents import document_values
from tutela_node.intake.facts import facts_values


def of_xarf(**changes):
    (found,) = xarf.read(json.dumps(report(**changes)).encode())
    document = forms.of_xarf(found)
    document_values(document)
    return document


@pytest.mark.parametrize(
    ("kind", "concern"),
    [("grooming", "grooming"), ("sextortion", "extortion"), ("trafficking", "trafficking"), ("production", "abuse"),
     ("possession", "material")],
)  # fmt: skip
def test_what_is_done_to_a_child_is_the_concern(kind, concern):
    document = of_xarf(type="csem", exploitation_type=kind, detection_method="user_report")
    assert document.facts.concern == concern


def test_material_and_other_things_are_told_apart():
    assert of_xarf().facts.concern == "material"
    assert of_xarf(type="phishing").facts.concern == "other"


@pytest.mark.parametrize(
    ("how", "viewed", "known"),
    [("hash_match", False, True), ("manual_review", True, False), ("ai_detection", False, False)],
)  # fmt: skip
def test_a_person_looked_only_where_the_sender_says_so(how, viewed, known):
    (file,) = of_xarf(detection_method=how, hash_values={"md5": "ab" * 16}).facts.files
    assert (file.viewed, file.known, file.label) == (viewed, known, "baseline")


def test_accounts_and_addresses_are_taken_where_they_stand():
    who = {"account_id": "User-7", "ip_addresses": ["198.51.100.7", "x"]}
    facts = of_xarf(type="csem", exploitation_type="grooming", detection_method="user_report", platform="forum",
                    perpetrator_indicators=who, domain="host.example").facts  # fmt: skip
    assert facts.accounts == ("forum:user-7",)
    assert (facts.ips, facts.hosts, facts.suspect_known) == (("192.0.2.1", "198.51.100.7"), ("host.example",), True)


def test_nothing_that_is_not_said_is_said():
    facts = facts_values(of_xarf(source_identifier="somewhere", timestamp="x").facts)
    assert set(facts) == {"concern", "notes"}


@pytest.mark.parametrize("value", [7, None, [], {}, ["x"], {"a": {"b": 1.5}}])
@pytest.mark.parametrize(
    "name", ["perpetrator_indicators", "hash_values", "reporter", "url", "description", "platform"]
)
def test_values_of_another_kind_say_nothing_and_break_nothing(name, value):
    of_xarf(type="csem", **{name: value})


def test_a_row_of_a_table_keeps_its_head():
    (row,) = csvreports.read(io.BytesIO(b"url,note,ip,urgent\nhttps://a.example/,x,192.0.2.1,yes\n"))
    document = forms.of_csv(row, table="t")
    assert document.original == b"url,note,ip,urgent\nhttps://a.example/,x,192.0.2.1,yes\n"
    assert (document.facts.escalated, document.facts.ips, document.context["line"]) == (True, ("192.0.2.1",), 2)


def test_arf_says_when_and_from_where():
    raw = built(FEEDBACK + "Source-IP: 192.0.2.1\nArrival-Date: Sat, 31 Jan 2026 12:00:00 +0000\n")
    document = forms.of_arf(arf.read(raw), raw=raw)
    assert (document.facts.ips, document.facts.happened_at) == (("192.0.2.1",), datetime(2026, 1, 31, 12, tzinfo=UTC))
    assert document.context["incidents"] == 3


def test_the_same_mail_over_another_way_is_the_same():
    one, two = b"Message-ID: <1@a>\r\n\r\na\r\n", b"Received: x\r\nMessage-ID: <1@a>\r\n\r\na\r\n"
    other = b"Message-ID: <1@a>\r\n\r\nb\r\n"
    repeats = [forms.of_mail(read_mail(raw), raw=raw).repeat for raw in (one, two, other)]
    assert repeats[0] == repeats[1] != repeats[2]
