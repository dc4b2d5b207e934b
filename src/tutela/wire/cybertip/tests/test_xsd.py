"""The published schema says what the table says."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tutela.wire.cybertip.checking import check_shape
from tutela.wire.cybertip.table import TYPES
from tutela.wire.cybertip.tests.documents import REPORT, spoil
from tutela.wire.cybertip.xsd import schema
from tutela.wire.form import is_refused
from tutela.wire.xmltree import parse

CHECK = etree.XMLSchema(etree.fromstring(schema()))


def test_it_is_a_schema_with_every_type():
    assert schema() == schema()
    assert all(f'name="{name}"'.encode() in schema() for name in TYPES)


def test_the_example_is_valid():
    CHECK.assertValid(etree.fromstring(REPORT))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_it_judges_as_the_table_does(data):
    raw = spoil(data.draw)
    found = check_shape(parse(raw).root, "report")
    if any(each.rule == "annotation" for each in found) or b">1<" in raw:
        return
    assert CHECK.validate(etree.fromstring(raw)) is not is_refused(found)
