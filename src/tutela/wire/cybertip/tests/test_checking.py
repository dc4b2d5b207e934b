"""Each kind of fault with its place and with what would be right; what is tolerated is a note."""

import pytest

from tutela.wire.cybertip import check
from tutela.wire.cybertip.checking import MOST_FINDINGS
from tutela.wire.cybertip.tests.documents import FILE, REPORT
from tutela.wire.form import Weight
from tutela.wire.xmltree import parse

SUMMARY = "report/incidentSummary"
PERSON = "report/personOrUserReported"


def found(raw, old, new, root="report"):
    text = raw.decode()
    assert old in text
    return check(parse(text.replace(old, new, 1).encode()), root)


@pytest.mark.parametrize(
    ("old", "new", "rule", "place", "right"),
    [
        ("<platform>Quay Pictures</platform>", "", "", "", ""),
        (" <incidentSummary>", " <other/><incidentSummary>", "element", "report/other", "<incidentSummary>"),
        ("<url>", "text<url>", "text", "report/internetDetails[1]/webPageIncident", "only elements"),
        (">Online Entice", ">Entice", "value", f"{SUMMARY}/incidentType", "Child Sex Tourism"),
        ("<spam/>", "<spam>false</spam>", "value", f"{SUMMARY}/reportAnnotations/spam", "leave the element out"),
        ("<spam/>", "<spam/><spam/>", "number", f"{SUMMARY}/reportAnnotations/spam[2]", "at most 1"),
        ('fleaCountry="CH"', 'fleaCountry="Swiss"', "value",
         "report/lawEnforcement/servedLegalProcessInternational/@fleaCountry", "two capital letters"),
        ('"+41"', '"0041"', "value", "report/reporter/reportingPerson/phone/@countryCallingCode", "+41"),
        ("<port>443", "<port>many", "value", f"{PERSON}/ipCaptureEvent/port", "whole number"),
        ("<ipAddress>192.0.2.1</ipAddress>", "", "missing", f"{PERSON}/ipCaptureEvent/ipAddress", "one"),
        (' type="Linked"', "", "attribute", f"{PERSON}/associatedAccount/@type", "missing"),
        (' type="Linked"', ' type="Linked" kind="x"', "attribute", f"{PERSON}/associatedAccount/@kind", "type"),
        ("<espIdentifier>u-1</espIdentifier>", "<espIdentifier><a/></espIdentifier>", "element",
         f"{PERSON}/espIdentifier", "only text"),
        ("<victimPerson><age>12</age></victimPerson>", "", "missing", "report/victim/victimPerson", "one"),
        ("<chatImIncident>", "<chatImIncident/><emailIncident/><chatImIncident>", "number", "report/internetDetails[2]/"
         "emailIncident", "only one of"),
        ("<report>", '<report xmlns="urn:example">', "root", "report", "<report>"),
    ],
)  # fmt: skip
def test_a_fault_of_a_report(old, new, rule, place, right):
    findings = [each for each in found(REPORT, old, new) if each.weight is Weight.FAULT]
    assert (rule, place) in [(each.rule, each.place) for each in findings] or not rule
    assert any(right in each.message for each in findings) or not rule
    assert bool(findings) is bool(rule)


def test_what_stands_too_late_is_told_with_what_it_stands_before():
    raw = REPORT.replace(b"  <platform>Quay Pictures</platform>\n", b"")
    raw = raw.replace(b"</incidentDateTime>\n", b"</incidentDateTime><platform>Quay</platform>\n")
    (fault,) = [each for each in check(parse(raw), "report") if each.weight is Weight.FAULT]
    assert (fault.rule, fault.line) == ("order", 6)
    assert "before <incidentDateTime>" in fault.message


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("</fileDetails>", "<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress></ipCaptureEvent></fileDetails>", "number"),
        ('<details type="EXIF"><nameValuePair>', '<details><nameValuePair type="EXIF">', "attribute"),
        (' hashType="MD5"', "", "attribute"),
        ("<fileAnnotations>", "<potentialMeme>true</potentialMeme><fileAnnotations>", "number"),
        (">B2<", ">C1<", "value"),
        ("<reportId>100001</reportId>", "", "missing"),
    ],
)
def test_a_fault_of_a_file(old, new, rule):
    assert rule in [each.rule for each in found(FILE, old, new, "fileDetails") if each.weight is Weight.FAULT]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("<spam/>", "<unheard>of</unheard>", "annotation"),
        ("<spam/>", "<potentialAggravatingFactors>x</potentialAggravatingFactors>", "newer"),
        ("<report>", '<report xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="report">', "type"),
    ],
)
def test_what_is_tolerated_is_noted(old, new, rule):
    findings = found(REPORT, old, new)
    assert {each.weight for each in findings} == {Weight.NOTE}
    assert rule in [each.rule for each in findings]


def test_findings_are_bounded_and_never_repeat_what_was_there():
    raw = b"<report>" + b"<secret>a secret</secret>" * 1000 + b"</report>"
    findings = check(parse(raw), "report")
    assert len(findings) == MOST_FINDINGS
    assert not any("a secret" in str(each) for each in findings)
