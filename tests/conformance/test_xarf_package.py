"""What the published `xarf` package writes, we accept; what we write, it accepts."""

import json
import warnings
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tutela.wire.form import Weight
from tutela.wire.xarf import item, party, read, write

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    theirs = pytest.importorskip("xarf", reason="the package `xarf` is not installed")

PARTY = {"org": "Example Line", "contact": "desk@line.example", "domain": "line.example"}
WHAT = {
    "csam": {"url": "https://host.example/1", "classification": "baseline", "detection_method": "hash_match"},
    "csem": {"url": "https://host.example/1", "exploitation_type": "grooming", "detection_method": "user_report"},
    "phishing": {"url": "https://host.example/1"},
}


@pytest.mark.parametrize("kind", WHAT)
def test_its_output_is_accepted_without_a_fault(kind):
    evidence = theirs.create_evidence("text/plain", b"a test message", description="a note")
    made = theirs.create_report(
        category="content", type=kind, source_identifier="192.0.2.1", reporter=PARTY, sender=PARTY,
        evidence=[evidence], **WHAT[kind],
    )  # fmt: skip
    (found,) = read(made.report.model_dump_json(by_alias=True, exclude_none=True).encode())
    assert [each for each in found.findings if each.weight is not Weight.NOTE] == []
    assert found.evidence[0].data == b"a test message"


@pytest.mark.parametrize("kind", WHAT)
def test_it_accepts_our_output(kind):
    who = party(org="Example Line", contact="desk@line.example", domain="line.example")
    note = item(content_type="text/plain", data=b"a test message", description="a note")
    fields = {"category": "content", "type": kind, "source_identifier": "192.0.2.1", "reporter": who, "sender": who}
    body = write(
        {**fields, "evidence": [note], **WHAT[kind]},
        report_id=UUID("550e8400-e29b-41d4-a716-446655440000"),
        at=datetime(2026, 1, 31, 12, tzinfo=UTC),
    )
    assert theirs.parse(json.loads(body)).errors == []
