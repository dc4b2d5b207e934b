"""XARF 1 to 3: judged by its own rules, with what it says in the places of version 4."""

import base64
import json

import pytest

from tutela.wire.findings import Weight
from tutela.wire.xarf import read

WHO = {"ReporterOrg": "Example Line", "ReporterOrgDomain": "line.example", "ReporterOrgEmail": "desk@line.example"}
TOLD = {"ReportClass": "Content", "Date": "2026-01-31T12:00:00Z", "SourceIp": "192.0.2.1", "SourcePort": 80}


def old(kind="ChildAbuse", *, version="3", who=WHO, beside=None, **told):
    report = {name: value for name, value in ({**TOLD, "ReportType": kind} | told).items() if value is not None}
    whole = {"Version": version, "ReporterInfo": who, "Disclosure": True, "Report": report, **(beside or {})}
    return read(json.dumps(whole).encode())[0]


def faults(found):
    return [each.place for each in found.findings if each.weight is Weight.FAULT]


@pytest.mark.parametrize("version", ["1", "2", "3", "3.0.0"])
@pytest.mark.parametrize("kind", ["ChildAbuse", "ChildSexualAbuseMaterial", "child-abuse"])
def test_abuse_of_children_is_about_children_with_its_address(kind, version):
    found = old(kind, version=version, SourceUrl="https://host.example/1")
    assert (faults(found), found.is_about_children) == ([], True)
    assert found.addresses == ("https://host.example/1",)
    assert found.text("source_identifier") == "192.0.2.1"


@pytest.mark.parametrize(
    ("kind", "category"),
    [("Spam", "messaging"), ("DOS", "connection"), ("DDoS", "connection"), ("LoginAttack", "connection"),
     ("Login-Attack", "connection"), ("PortScan", "connection"), ("Phishing", "content"), ("Malware", "content"),
     ("Botnet", "infrastructure"), ("WebCrawler", "connection"), ("Exploit", "")],
)  # fmt: skip
def test_a_report_that_keeps_version_3_needs_nothing_of_version_4(kind, category):
    found = old(kind, ReportClass="Activity")
    assert (faults(found), found.value["category"]) == ([], category)
    assert any(each.weight is Weight.NOTE for each in found.findings)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [("OpenService", "ServiceName", "dns"), ("Copyright", "InfringedMaterial", "a song"),
     ("Trademark", "TrademarkedMaterial", "a logo"), ("Harassment", "HarassmentDescription", "a test message")],
)  # fmt: skip
def test_what_a_type_needs_is_told_where_it_is_absent(kind, name, value):
    more = {"Harasser": "a name"} if kind == "Harassment" else {}
    more["ReportClass"] = {"OpenService": "Vulnerability", "Harassment": "Activity"}.get(kind, "Content")
    assert faults(old(kind, **more, **{name: value})) == []
    assert old(kind, **more).is_broken


@pytest.mark.parametrize(
    ("field", "value"),
    [("Date", "yesterday"), ("SourceIp", "192.0.2.256"), ("SourcePort", 70_000), ("SourceUrl", "host"),
     ("DestinationPort", "mh"), ("DestinationPort", [80, -1]), ("ReportSubType", []), ("ByteCount", "many"),
     ("Samples", [{"ContentType": "text/plain", "Base64Encoded": "no", "Payload": "x"}]), ("Custom", {"a": [5]}),
     ("FileHash", {"HashValue": "00", "HashAlgorithm": "crc"}), ("ReportType", 4), ("FirstSeen", "never")],
)  # fmt: skip
def test_a_value_that_breaks_version_3_is_a_fault_in_its_place(field, value):
    assert any(place.startswith(f"/Report/{field}") for place in faults(old(**{field: value})))


def test_a_version_that_there_is_not_is_told_and_read_all_the_same():
    found = old(version="draft", SourceUrl="https://host.example/1")
    assert "/Version" in faults(found)
    assert (found.is_about_children, found.addresses) == (True, ("https://host.example/1",))


def test_a_person_who_reports_needs_no_organisation():
    who = {"ReporterType": "Person", "ReporterContactName": "A Person"}
    assert faults(old(who=who)) == []
    assert faults(old(who={"ReporterOrg": "Example Line"})) != []
    assert "/ReporterInfo" in faults(old(who={**WHO, "Phone": "1"}))


def test_who_complains_and_who_sends_are_told_apart():
    whom = {"ComplainantOrg": "Example Child", "ComplainantOrgEmail": "desk@child.example"}
    found = old(beside={"OnBehalfOf": whom})
    assert found.value["reporter"] == {
        "org": "Example Child", "contact": "desk@child.example", "domain": "child.example"}  # fmt: skip
    assert found.value["sender"]["org"] == "Example Line"


@pytest.mark.parametrize(
    ("flag", "payload"),
    [(True, base64.b64encode(b"a test").decode()), (False, "a test"), (None, "YSB0ZXN0"), (None, "a test")],
)
def test_samples_are_evidence_with_their_bytes(flag, payload):
    sample = {"ContentType": "text/plain", "Description": "a test message", "Payload": payload}
    found = old(Samples=[sample if flag is None else {**sample, "Base64Encoded": flag}])
    assert [(each.data, each.description) for each in found.evidence] == [(b"a test", "a test message")]
    assert (found.evidence[0].may_be_media, found.value["evidence"][0]["size"]) == (False, 6)


def test_a_picture_among_the_samples_counts_as_media():
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    words = [{"ContentType": "text/plain", "Data": "YSB0ZXN0"}]
    found = old(Attachment=words, Samples=[{"ContentType": "image/png", "Base64Encoded": True, "Payload": picture}])
    assert found.is_about_children
    assert [each.may_be_media for each in found.evidence] == [False, True]


def test_digests_times_and_words_have_their_places():
    told = {"FileHash": {"HashValue": "AB" * 20, "HashAlgorithm": "sha1"}, "ReporterNotes": "a test message",
            "ReportSubType": "Link Sharing", "ASN": 64496}  # fmt: skip
    found = old(**told)
    assert (found.hashes, found.text("description")) == ((("sha1", "ab" * 20),), "a test message")
    assert (found.value["tags"], found.value["asn"]) == (["subtype:link-sharing"], 64496)
    assert found.occurred_at is not None


def test_first_seen_and_several_ports():
    found = old("PortScan", FirstSeen="2026-01-30T12:00:00Z", DestinationPort=[22, 80], AttackCount=3)
    wanted = {"first_seen": "2026-01-30T12:00:00Z", "destination_port": 22, "attack_count": 3}
    assert wanted.items() <= found.value.items()
    assert faults(found) == []


@pytest.mark.parametrize(
    ("account", "source"),
    [({"AccountEmail": "a@b.example"}, "a@b.example"), ({"AccountIdentifier": "a-name"}, "a-name"), ({}, "")],
)
def test_an_account_is_a_source(account, source):
    found = old("PotentiallyCompromisedAccount", ReportClass="Activity", SourceIp=None, Account=account)
    assert found.text("source_identifier") == source
    assert found.is_broken is not bool(source)


def test_what_leaves_out_its_class_is_judged_as_version_4():
    assert "/protocol" in faults(old("Spam", ReportClass=None))
    assert faults(old("DDoS", ReportClass=None, Protocol="tcp")) == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [("Exploit", {"ReportClass": "Activity", "SourceIp": None, "SourceUrl": "https://host.example/1"}),
     ("WebCrawler", {"ReportClass": "Content"}), ("MadeUp", {})],
)  # fmt: skip
def test_a_type_that_version_4_does_not_have_keeps_all_of_version_3(kind, told):
    assert faults(old(kind, **told)) != []


def test_other_spellings_of_fields_are_read():
    told = {"SourceIp": None, "SourceIP": "192.0.2.7", "URL": "https://host.example/1", "Description": "a test message",
            "EvidenceSource": "honeypot"}  # fmt: skip
    found = old("Phishing", **told)
    assert faults(found) == []
    assert [found.text(name) for name in ("source_identifier", "url", "description", "evidence_source")] == [
        "192.0.2.7", "https://host.example/1", "a test message", "honeypot"]  # fmt: skip
