"""Bytes in, reports out: lists, bounds, version 3, evidence held against what is said of it."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Invalid, Limited, TutelaError
from tutela.wire.findings import Weight
from tutela.wire.xarf import digests, party, read, write
from tutela.wire.xarf import item as evidence
from tutela.wire.xarf.tests.reports import item, report

ID, AT = UUID("0192d5a0-7c1e-7b6a-8f00-0a1b2c3d4e5f"), datetime(2026, 1, 31, 12, tzinfo=UTC)
FIELDS = {name: report()[name] for name in ("source_identifier", "category", "type", "url", "classification")}


def sent(value, **bounds):
    return read(json.dumps(value).encode(), **bounds)


def doubts(value):
    return [fault.place for fault in sent(value)[0].findings if fault.weight is Weight.WARNING]


def test_a_report_leads_to_addresses_and_hashes():
    (found,) = sent(report(hash_values={"sha256": "AB" * 32, "photodna": "x"}))
    assert found.addresses == ("https://host.example/item/1",)
    assert found.hashes == (("sha256", "ab" * 32),)
    assert found.is_about_children
    assert found.occurred_at == AT


@pytest.mark.parametrize(
    ("changes", "addresses"),
    [({"redirect_chain": ["https://a.example/1", "https://b.example/2"]}, ("https://a.example/1", "https://b.example/2")),
     ({"linked_content": [{"target_url": "https://c.example/3"}, 7]}, ("https://c.example/3",)),
     ({"spam_indicators": {"suspicious_links": ["https://d.example/4"]}}, ("https://d.example/4",)),
     ({"screenshot_url": "https://e.example/5", "legitimate_site": "https://e.example/5"}, ())],
)  # fmt: skip
def test_every_address_that_leads_to_what_is_reported_is_told(changes, addresses):
    assert sent(report(**changes))[0].addresses[1:] == addresses


@pytest.mark.parametrize(
    "given",
    [{"file_hash": f"SHA1:{'AB' * 20}"}, {"file_info": {"file_hash": f"sha1:{'ab' * 20}"}},
     {"file_hashes": {"sha1": "ab" * 20}}],
)  # fmt: skip
def test_digests_are_told_wherever_a_type_has_them(given):
    assert sent(report(**given))[0].hashes == (("sha1", "ab" * 20),)


@pytest.mark.parametrize(
    ("changes", "is_about"),
    [({}, True), ({"category": "x"}, True), ({"type": " CSEM"}, True), ({"type": "spam", "tags": ["csam:a"]}, True),
     ({"type": "spam"}, False), ({"type": 7, "tags": [7]}, False)],
)  # fmt: skip
def test_a_report_about_children_is_known_also_where_its_form_is_wrong(changes, is_about):
    assert sent(report(**changes))[0].is_about_children is is_about


def test_each_report_of_a_list_has_its_own_bytes():
    one, two = json.dumps(report(), indent=1), json.dumps(report(tags=["a:b"], confidence=0.50))
    assert [each.raw.decode() for each in read(f" [{one} ,\n{two}]\n".encode())] == [one, two]


def test_each_report_of_a_list_stands_alone():
    good, bad = sent([report(), {"type": 7}])
    assert (good.is_broken, bad.is_broken) == (False, True)
    assert all(fault.place.startswith("/1/") for fault in bad.findings if fault.place != "/1")


@pytest.mark.parametrize("size", [0, 1, 70])
def test_evidence_is_held_against_its_hash_and_size(size):
    data = bytes(range(65, 65 + min(size, 26)))
    right = {"payload": base64.b64encode(data).decode(), "size": len(data), "hash": f"sha1:{digests(data)['sha1']}"}
    assert doubts(report(evidence=[item(**right)])) == []
    assert doubts(report(evidence=[item(**right | {"size": len(data) + 1})])) == ["/evidence/0/size"]
    assert doubts(report(evidence=[item(**right | {"hash": f"sha1:{'0' * 40}"})])) == ["/evidence/0/hash"]
    assert doubts(report(evidence=[item(**right | {"hash": "sha1:00"})])) == ["/evidence/0/hash"]


@pytest.mark.parametrize("before", [50, 51, 1000, 1001])
def test_media_is_seen_behind_any_number_of_items(before):
    picture = item(content_type="image/png", payload=base64.b64encode(b"\x89PNG\r\n\x1a\n").decode())
    (found,) = sent(report(evidence=[item()] * before + [picture, 7]))
    assert [each.may_be_media for each in found.evidence].count(True) == 1
    assert found.evidence[-1].may_be_media
    assert found.is_broken


def test_a_payload_that_is_no_base64_is_doubtful():
    assert doubts(report(evidence=[item(payload="base64_encoded_text")])) == ["/evidence/0/payload"]


@pytest.mark.parametrize(
    ("data", "kind", "is_media"),
    [
        (b"a test message", "text/plain", False),
        ('{"a": "é"}'.encode(), "application/json", False),
        (b"\x89PNG\r\n\x1a\n", "text/plain", True),
        (b"a test message", "image/svg+xml", True),
        (b"P1 2 2 0 1 1 0", "text/plain", True),
        (b"%PDF-1.7\n\xff", "application/pdf", True),
        (b'<img src="data:image/png;base64,AAAA">', "text/html", True),
        (b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA", "message/rfc822", True),
        (b"From: a@b.example\r\nSubject: a test message\r\n\r\n", "message/rfc822", False),
    ],
)
def test_what_is_not_plain_text_counts_as_media(data, kind, is_media):
    (found,) = sent(report(evidence=[item(content_type=kind, payload=base64.b64encode(data).decode())]))
    assert found.evidence[0].may_be_media is is_media


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"7", b'"x"', b"\xff", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": "\\ud800"}'),
        b"[" * 40 + b"]" * 40,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_report_is_refused(body):
    with pytest.raises((Invalid, Limited)):
        read(body)


def test_bounds_hold():
    with pytest.raises(Limited):
        sent(report(), max_bytes=100)
    with pytest.raises(Limited):
        sent([{}] * 1001)


def test_a_name_given_twice_is_told():
    (found,) = read(json.dumps(report()).encode()[:-1] + b', "type": "csem"}')
    assert any(fault.weight is Weight.WARNING for fault in found.findings)


def test_version_3_is_converted_with_a_note():
    old = {"ReportType": "Phishing", "Date": "2026-01-31T12:00:00Z", "Source": {"IP": "192.0.2.1"}}
    who = {"ReporterOrg": "Example Line", "ReporterOrgEmail": "desk@line.example"}
    (found,) = sent({"Version": "3", "ReporterInfo": who, "Report": {**old, "Url": "https://host.example/1"}})
    assert not found.is_broken
    assert (found.text("type"), found.addresses) == ("phishing", ("https://host.example/1",))
    assert found.findings[0].place == "/Version"


@pytest.mark.parametrize(
    ("kind", "extra", "fields"),
    [
        ("spam", {"Protocol": "smtp", "SMTPFrom": "a@b.example", "Subject": "a test message"},
         {"smtp_from": "a@b.example", "source_port": 25, "subject": "a test message"}),
        ("DDoS", {"Protocol": "udp", "DestinationIP": "203.0.113.1", "DestinationPort": 80},
         {"destination_ip": "203.0.113.1", "destination_port": 80, "first_seen": "2026-01-31T12:00:00Z"}),
    ],
)  # fmt: skip
def test_what_version_3_says_beside_is_put_in_its_place(kind, extra, fields):
    who = {"ReporterOrg": "Example Line", "ReporterContactEmail": "desk@line.example"}
    source = {"IP": "192.0.2.1", "Port": 25, "Type": "ip"}
    told = {"ReportType": kind, "Date": "2026-01-31T12:00:00Z", "Source": source, "AdditionalInfo": extra}
    (found,) = sent({"Version": "3.0.0", "ReporterInfo": who, "Report": told})
    assert not found.is_broken, found.findings
    assert fields.items() <= found.value.items()


@pytest.mark.parametrize("report", [7, [], {}, {"Source": 7, "AdditionalInfo": [], "Attachment": {"Data": 7}}])
def test_version_3_of_any_shape_breaks_nothing(report):
    assert sent({"Version": "3", "ReporterInfo": report, "Report": report})[0].is_broken


def test_what_is_written_is_read_without_a_fault():
    who = party(org="Example Line", contact="desk@line.example", domain="line.example")
    told = evidence(content_type="text/plain", data=b"a test message", description="a note")
    fields = {**FIELDS, "detection_method": "hash_match", "reporter": who, "sender": who, "evidence": [told]}
    (found,) = read(write({**fields, "_internal": {"a": 1}}, report_id=ID, at=AT))
    assert [fault for fault in found.findings if fault.weight is not Weight.NOTE] == []
    assert "_internal" not in found.value
    with pytest.raises(Invalid, match="/classification"):
        write({**fields, "classification": "A9"}, report_id=ID, at=AT)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_the_reader(body):
    with suppress(TutelaError):
        read(body)


@given(st.data())
def test_no_change_of_a_report_breaks_the_reader(data):
    body = bytearray(json.dumps([report(evidence=[item(hash="md5:00", size=6)])]).encode())
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=6)):
        body[at] = data.draw(st.integers(0, 255))
    with suppress(TutelaError):
        read(bytes(body))
