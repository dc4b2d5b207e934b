"""Our rules of XARF 4 against the published schemas and samples, and on reports that were changed at random.

The schemas are judged with formats asserted. What differs is said in `docs/guides/reporting-by-machine.md`.
"""

import copy
import json
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutela.wire.form import Weight, is_refused
from tutela.wire.xarf import check, read
from tutela.wire.xarf.rules import types

BASE = "https://xarf.org/schemas/v4/"
ATOMS = [
    *(None, True, False, 0, 1, -1, 1.0, 1.5, 65535, 65536, "", "x", "a b", "csam", "content", [], {}, ["x"], [1], [{}]),
    *("192.0.2.1", "192.0.2.256", "2001:db8::1", "fe80::1%e", "https://a.example/x", "http://a b", "//a", "a:b"),
    *("http://[::1]/", "http://[::g]/", "http://ex%zz/", "a@b.example", "a@", "@b", "a..b@c.example", "DE", "de"),
    *("2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-01T23:59:60Z", "2024-01-01T00:00:60Z", "2024-01-01"),
    *("2024-01-01T00:00:00", "2024-01-01T24:00:00Z", "2024-13-01T00:00:00Z", "4.0.0", "4.2", "5.0.0", "DE\n"),
    *("d41d8cd98f00b204e9800998ecf8427e", "sha256:ab", "sha3:ab", "md5:", "x" * 201, "x" * 501, "x" * 1001),
    *("a:b", "A:b", "CVE-2024-1", "CVE-2024-12345", "host.example", "-bad.example", "host_x.example", "a" * 64 + ".b"),
    *("550e8400-e29b-41d4-a716-446655440000", "550e8400e29b41d4a716446655440000", "baseline", "A1", "hash_match"),
]
NAMES = ["url", "domain", "tags", "evidence", "confidence", "hash_values", "dns_records", "whois", "asn", "media_type",
         "source_port", "platform", "perpetrator_indicators", "type", "category", "classification"]  # fmt: skip


def samples(cases: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted((cases / "xarf" / "samples").iterdir())]


@pytest.fixture(scope="module")
def judge(cases):
    """The published verdict on a report of category content; other categories have no schema in the cases."""
    folder = cases / "xarf" / "schemas"

    def load(uri: str) -> object:
        return json.loads((folder / uri.removeprefix(BASE)).read_text())

    known = {}
    for path in (folder / "types").glob("content-*.json"):
        schema = load(f"{BASE}types/{path.name}")
        name = next((part["properties"]["type"]["const"] for part in schema["allOf"] if "properties" in part
                     and "type" in part["properties"]), "")  # fmt: skip
        known[name] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, retriever=load)
    return known


def test_every_type_of_the_master_schema_is_known(cases):
    master = json.loads((cases / "xarf" / "schemas" / "xarf-v4-master.json").read_text())
    (pairs,) = (part["anyOf"] for part in master["allOf"] if "anyOf" in part)
    wanted = {(p["properties"]["category"]["const"], t) for p in pairs for t in p["properties"]["type"]["enum"]}
    assert set(types()) == wanted


def test_every_sample_is_accepted(cases):
    for sample in samples(cases):
        (found,) = read(json.dumps(sample).encode())
        assert not found.is_broken, found.findings


def test_hashes_of_evidence_that_do_not_hold_are_told(cases):
    doubtful = [
        sample["type"]
        for sample in samples(cases)
        for each in read(json.dumps(sample).encode())[0].findings
        if each.weight is Weight.WARNING and each.place == "/evidence/0/hash"
    ]
    assert "csam" in doubtful
    assert "blocklist" not in doubtful


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_reports_are_judged_as_the_schemas_judge_them(cases, judge, data):
    _compare(cases, judge, data)


@pytest.mark.slow
@settings(max_examples=20_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_many_changed_reports_are_judged_as_the_schemas_judge_them(cases, judge, data):
    _compare(cases, judge, data)


def _compare(cases, judge, data):
    base = [sample for sample in samples(cases) if sample["category"] == "content"]
    examples = [each for path in sorted((cases / "xarf" / "schemas" / "types").iterdir())
                for each in json.loads(path.read_text()).get("examples", ())]  # fmt: skip
    report = copy.deepcopy(data.draw(st.sampled_from([*base, *examples])))
    kind = report["type"]
    for _ in range(data.draw(st.integers(1, 3))):
        _change(report, data)
    ours = check(report)
    if report.get("type") != kind or report.get("category") != "content":
        assert is_refused(ours) or (report["category"], report["type"]) in types()
        return
    assert is_refused(ours) is not judge[kind].is_valid(report), (report, ours)


def _change(report, data):
    places = list(_places(report))
    parent, name = data.draw(st.sampled_from(places))
    what = data.draw(st.sampled_from(["away", "other", "other", "other", "more"]))
    if what == "away":
        del parent[name]
    elif what == "other":
        parent[name] = copy.deepcopy(data.draw(st.sampled_from(ATOMS)))
    else:
        target = parent if isinstance(parent, dict) else report
        target[data.draw(st.sampled_from(NAMES))] = copy.deepcopy(data.draw(st.sampled_from(ATOMS)))


def _places(value):
    for name, each in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, name
        if isinstance(each, dict | list):
            yield from _places(each)
