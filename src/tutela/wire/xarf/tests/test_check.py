"""Each rule is asserted, and each fault says where and what would be right without repeating what was there."""

import pytest

from tutela.wire.findings import MOST_FINDINGS, Weight
from tutela.wire.xarf import check
from tutela.wire.xarf.rules import types
from tutela.wire.xarf.tests.reports import PARTY, item, report


def broken(value):
    return [fault.place for fault in check(value) if fault.weight is Weight.FAULT]


def test_a_good_report_has_no_broken_rule():
    assert broken(report(evidence=[item()], tags=["a:b"], confidence=1)) == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"timestamp": "2026-02-30T12:00:00Z"}, "/timestamp"),
        ({"timestamp": "2026-01-31 12:00"}, "/timestamp"),
        ({"xarf_version": "3.0.0"}, "/xarf_version"),
        ({"report_id": "7"}, "/report_id"),
        ({"reporter": None}, "/reporter"),
        ({"sender": {**PARTY, "contact": "desk"}}, "/sender/contact"),
        ({"sender": {**PARTY, "domain": "-line.example"}}, "/sender/domain"),
        ({"sender": {**PARTY, "more": 1}}, "/sender"),
        ({"url": "host.example/item"}, "/url"),
        ({"url": "https://höst.example/"}, "/url"),
        ({"url": None}, "/url"),
        ({"classification": "a1"}, "/classification"),
        ({"source_port": 0}, "/source_port"),
        ({"source_port": True}, "/source_port"),
        ({"confidence": 1.01}, "/confidence"),
        ({"description": "x" * 1001}, "/description"),
        ({"tags": ["A"]}, "/tags/0"),
        ({"tags": ["a:b"] * 21}, "/tags"),
        ({"evidence": [item(), item(payload=7)]}, "/evidence/1/payload"),
        ({"evidence": [item(hash="sha3:00")]}, "/evidence/0/hash"),
        ({"evidence": [item(size=5242881)]}, "/evidence/0/size"),
        ({"dns_records": {"a": ["2001:db8::1"]}}, "/dns_records/a/0"),
        ({"hash_values": {"sha256": "ab"}}, "/hash_values/sha256"),
        ({"type": "spam"}, "/type"),
        ({"category": "other"}, "/category"),
    ],
)
def test_a_broken_rule_is_told_with_its_place(changes, place):
    assert place in broken(report(**changes))


def test_a_field_may_need_another():
    spam = report(category="messaging", type="spam", protocol="smtp", url=None)
    assert broken(spam) == ["/smtp_from", "/source_port"]
    assert broken({**spam, "protocol": "sms"}) == []


def test_an_attack_from_an_address_names_its_port():
    scan = report(category="connection", type="port_scan", protocol="tcp", first_seen="2026-01-31T12:00:00Z")
    assert broken(scan) == ["/source_port"]
    assert broken({**scan, "source_identifier": "net.example"}) == []


def test_one_of_two_is_enough():
    shared = report(category="copyright", type="p2p", p2p_protocol="other", swarm_info={}, detection_method=None)
    assert broken(shared) == ["/swarm_info"]
    assert broken({**shared, "swarm_info": {"info_hash": "ab" * 20}}) == []


def test_nothing_of_the_report_is_in_a_message():
    said = str(check(report(url="secret word", classification="secret", reporter={"secret": "word"})))
    assert "secret" not in said


@pytest.mark.parametrize("value", [None, 7, "x", [], [1], True])
def test_what_is_no_report_is_said_to_be_none(value):
    assert broken(value) == [""]


def test_faults_are_bounded():
    assert len(check(report(nameservers=[7] * 5000))) == MOST_FINDINGS


def test_all_seven_categories_and_their_types_are_known():
    assert len({category for category, _ in types()}) == 7
    assert len(types()) == 32
