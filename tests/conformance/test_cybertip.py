"""Our validator against the rule cases of the CyberTipline interface, and against its schema."""

import json
from pathlib import Path

import pytest
from conformance.xsd_documents import Schema, spoilt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tutela.errors import TutelaError
from tutela.wire.cybertip import check_file_details, check_report
from tutela.wire.cybertip.shapes import ANY, shape_of
from tutela.wire.form import is_refused

COUNT = 31


def refused(case: dict[str, str], *, strict: bool) -> bool:
    check = check_report if case["endpoint"] == "/submit" else check_file_details
    try:
        return is_refused(check(case["xml"].encode()), strict=strict)
    except TutelaError:
        return True


@pytest.mark.parametrize("number", range(COUNT))
def test_rule_case(cases: Path, number: int) -> None:
    found = json.loads((cases / "cybertip" / "rule_cases.json").read_text())["cases"]
    case = found[number]
    assert len(found) == COUNT
    assert refused(case, strict=True) is not case["expect_accept"], case["id"]
    if case["layer"] == "business":
        assert not refused(case, strict=False), case["id"]


@pytest.fixture(scope="module")
def schema(cases: Path) -> Schema:
    return Schema(cases / "cybertip" / "cybertip_2025-11.xsd")


def is_tolerated(schema: Schema, raw: bytes) -> bool:
    """Whether we take on purpose what the schema of November 2025 refuses (docs/guides/cybertip.md)."""
    found = check_report(raw) if raw.startswith(b"<report") else check_file_details(raw)
    return any(each.rule in ("newer", "annotation") for each in found) or schema.is_fixed_otherwise(raw)


def ours(raw: bytes) -> bool:
    found = check_report(raw) if raw.startswith(b"<report") else check_file_details(raw)
    return not is_refused(found)


@pytest.mark.parametrize("root", ["report", "fileDetails"])
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_the_schema_makes_is_accepted(schema: Schema, root: str, data: st.DataObject) -> None:
    raw = etree.tostring(data.draw(Schema.document(schema, root)))
    assert schema.accepts(raw)
    assert ours(raw)


@pytest.mark.parametrize("root", ["report", "fileDetails"])
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_spoilt_is_judged_as_the_schema_does(schema: Schema, root: str, data: st.DataObject) -> None:
    raw = etree.tostring(data.draw(spoilt(schema, root)))
    if not is_tolerated(schema, raw):
        assert ours(raw) is schema.accepts(raw)


@pytest.mark.slow
@pytest.mark.parametrize("root", ["report", "fileDetails"])
@settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_thousands_of_spoilt_documents_are_judged_as_the_schema_does(
    schema: Schema, root: str, data: st.DataObject
) -> None:
    raw = etree.tostring(data.draw(spoilt(schema, root)))
    if not is_tolerated(schema, raw):
        assert ours(raw) is schema.accepts(raw)


XS = "{http://www.w3.org/2001/XMLSchema}"
OUR_NAME = {"nameValue": "nameValuePair"}


def declared(node: etree._Element) -> tuple[list[tuple[str, int, str]], dict[str, bool]]:
    """The elements that a type of the schema takes, in order, each with its bounds; and its attributes."""
    elements = [
        (str(each.get("name") or each.get("ref")), int(each.get("minOccurs", "1")), each.get("maxOccurs", "1"))
        for each in node.iter(f"{XS}element")
        if each is not node
        and not any(above.tag == f"{XS}element" for above in each.iterancestors() if above is not node)
    ]
    direct = [each for each in node.iter(f"{XS}attribute") if f"{XS}element" not in _above(each, node)]
    return elements, {str(each.get("name")): each.get("use") == "required" for each in direct}


def _above(each: etree._Element, top: etree._Element) -> list[str]:
    found = []
    for above in each.iterancestors():
        if above is top:
            break
        found.append(str(above.tag))
    return found


def test_the_table_has_every_element_of_the_schema_in_its_order(cases: Path) -> None:
    root = etree.parse(str(cases / "cybertip" / "cybertip_2025-11.xsd")).getroot()
    compared = 0
    for node in root:
        shape = shape_of(OUR_NAME.get(str(node.get("name")), str(node.get("name"))))
        if node.tag not in (f"{XS}element", f"{XS}complexType") or shape is None:
            continue
        elements, attributes = declared(node)
        parts = [each for part in shape.parts for each in part.elements if not each.newer]
        ours = [(each.name, each.least, "unbounded" if each.most == ANY else str(each.most)) for each in parts]
        assert ours == elements, node.get("name")
        assert {name: each.required for name, each in shape.attributes.items()} == attributes, node.get("name")
        compared += 1
    assert compared >= 34
