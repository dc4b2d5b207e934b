"""Rules beyond the schema: each is a warning with its place, and none where it is kept."""

from datetime import UTC, datetime

import pytest

from tutela.wire.cybertip import check
from tutela.wire.cybertip.tests.documents import FILE, REPORT
from tutela.wire.form import Weight, is_refused
from tutela.wire.xmltree import parse

ODD = ("hash", "address")  # notes: nothing that the documentation asks for
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def found(raw, old="", new="", root="report"):
    """The warnings of a document in which something was replaced, by rule and place."""
    text = raw.decode()
    assert old in text
    findings = check(parse(text.replace(old, new, 1).encode()), root, now=NOW)
    assert not is_refused(findings)
    return [(each.rule, each.place) for each in findings if each.weight is Weight.WARNING or each.rule in ODD]


def test_the_examples_break_no_rule():
    assert found(REPORT) == []
    assert found(FILE, root="fileDetails") == []


REPORTER, PERSON = "report/reporter/reportingPerson", "report/personOrUserReported"


@pytest.mark.parametrize(
    ("old", "new", "rule", "place"),
    [
        ("07:08:09Z", "07:08:09", "zone", "report/incidentSummary/incidentDateTime"),
        ("2024-05-06T07:08:09Z", "2027-05-06T07:08:09Z", "future", "report/incidentSummary/incidentDateTime"),
        (">ann@quay.example<", "><", "reporter-email", f"{REPORTER}/email"),
        (">ann@quay.example<", ">ann at quay<", "look", f"{REPORTER}/email"),
        (">a test message</escalate", "> </escalate", "blank", "report/incidentSummary/escalateToHighPriority"),
        (">a test message</escalate", f">{'x' * 3001}</escalate", "length",
         "report/incidentSummary/escalateToHighPriority"),
        (">Quay Pictures<", f">{'x' * 257}<", "length", "report/incidentSummary/platform"),
        ("https://pages.example/a/1", "pages.example/a/1", "look", "report/internetDetails[1]/webPageIncident/url"),
        ("https://pages.example/u/1", "/u/1", "look", f"{PERSON}/profileUrl"),
        ("<ipAddress>192.0.2.1", "<ipAddress>192.0.2.256", "look", f"{PERSON}/ipCaptureEvent/ipAddress"),
        ("<port>443", "<port>70000", "range", f"{PERSON}/ipCaptureEvent/port"),
        ("<port>443", "<port>0", "range", f"{PERSON}/ipCaptureEvent/port"),
        ("<age>40", "<age>151", "range", f"{PERSON}/personOrUserReportedPerson/age"),
        (' verified="true" verif', ' verified="false" verif', "verified", f"{REPORTER}/email/@verificationDate"),
        ('disabledDate="2024-05-06T08:00:00Z">true', 'disabledDate="2024-05-06T08:00:00Z">false', "disabled",
         f"{PERSON}/accountTemporarilyDisabled/@disabledDate"),
        ('Z">true</accountT', 'Z" userNotifiedDate="2024-05-07T08:00:00Z">true</accountT', "notified",
         f"{PERSON}/accountTemporarilyDisabled/@userNotifiedDate"),
        ('Z">true</accountT', 'Z" reenabledDate="2024-05-05T08:00:00Z">true</accountT', "sequence",
         f"{PERSON}/accountTemporarilyDisabled/@reenabledDate"),
        ("<countryCode>CH", "<countryCode>US", "location", f"{PERSON}/estimatedLocation/region"),
        ("</personOrUserReported>\n <v", "</personOrUserReported><personOrUserReported/>\n <v", "one-person",
         "report/personOrUserReported[2]"),
        ("</email>\n  </reportingPerson>", "</email><address><state>AK</state><nonUsaState>Bern</nonUsaState></address>"
         "</reportingPerson>", "address", f"{REPORTER}/address/nonUsaState"),
        ("<report>", '<report><batchedReport reason="VIRAL_POTENTIAL_MEME"/>', "batched", "report/victim"),
    ],
)  # fmt: skip
def test_a_rule_of_reports_is_warned_of(old, new, rule, place):
    assert (rule, place) in found(REPORT, old, new)


@pytest.mark.parametrize(
    ("old", "new", "rule", "place"),
    [
        ("https://pages.example/a/1", "not a url", "look", "fileDetails/locationOfFile"),
        ("0123456789abcdef0123456789abcdef", "0123", "hash", "fileDetails/originalFileHash"),
        ("0123456789abcdef0123456789abcdef", "g" * 32, "hash", "fileDetails/originalFileHash"),
        ("<name>Make", f"<name>{'x' * 65}", "length", "fileDetails/details/nameValuePair/name"),
        ("<fileAnnotations>", "<fileRelevance>Supplemental Reported</fileRelevance><fileAnnotations>", "supplemental",
         "fileDetails/industryClassification"),
    ],
)  # fmt: skip
def test_a_rule_of_files_is_warned_of(old, new, rule, place):
    assert (rule, place) in found(FILE, old, new, "fileDetails")


def test_a_future_moment_is_found_only_with_a_clock():
    raw = REPORT.replace(b"2024-05-06T07:08:09Z", b"2027-05-06T07:08:09Z")
    assert not [each for each in check(parse(raw), "report") if each.rule == "future"]
