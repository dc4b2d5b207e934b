"""Facts travel sealed and come back as they were."""

import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela_node.intake.facts import (
    LISTS,
    MOST,
    Concern,
    Facts,
    FileFacts,
    bounded,
    facts_values,
    parse_facts,
    read_facts,
    write_facts,
)

WORDS = st.text(string.ascii_lowercase + "é界 .@:", max_size=40)
FILES = st.builds(FileFacts, name=WORDS, label=WORDS, viewed=st.booleans(), known=st.booleans())
FACTS = st.builds(
    Facts,
    concern=st.sampled_from(Concern),
    at_risk=st.booleans(),
    happened_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    files=st.lists(FILES, max_size=3).map(tuple),
    **{name: st.lists(WORDS, max_size=3).map(tuple) for name in LISTS},
)


@given(FACTS)
def test_facts_come_back_as_they_were(facts):
    assert parse_facts(write_facts(facts)) == facts


def test_what_was_not_said_is_not_written_and_counts_as_no():
    assert facts_values(Facts()) == {}
    assert parse_facts(b"") == read_facts({}) == Facts()
    assert not read_facts({"files": [{"name": "f"}]}).files[0].viewed


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"concern": "weather"}, "concern"),
        ({"at_risk": "yes"}, "at_risk"),
        ({"accounts": "one"}, "accounts"),
        ({"ips": ["192.0.2.1"] * (MOST + 1)}, "ips"),
        ({"files": [{"viewed": 1}]}, "files.viewed"),
        ({"happened_at": "2026-11-26T10:00:00"}, "happened_at"),
        ([], "facts"),
    ],
)
def test_what_breaks_the_form_is_refused_with_its_field(values, place):
    with pytest.raises(Invalid) as refused:
        read_facts(values)
    assert refused.value.place == place


def test_a_moment_keeps_its_zone():
    moment = datetime(2026, 11, 26, 10, tzinfo=timezone(timedelta(hours=3)))
    assert parse_facts(write_facts(Facts(happened_at=moment))).happened_at == moment


def test_lists_are_bounded_and_hold_each_value_once():
    assert bounded(["b", "", "a", "b", "x" * 5000]) == ("b", "a")
    assert len(bounded(map(str, range(5000)))) == MOST


def test_facts_reach_no_log():
    assert "192.0.2.7" not in repr(Facts(ips=("192.0.2.7",)))
