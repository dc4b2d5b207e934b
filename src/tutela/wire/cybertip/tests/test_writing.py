"""Documents from plain values, and answers: what is written is read again."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.wire.cybertip import check_report
from tutela.wire.cybertip.answers import Code, Response, read_response, write_done, write_response
from tutela.wire.cybertip.saying import report_said
from tutela.wire.cybertip.writing import write_document
from tutela.wire.xmltree import parse

VALUES = {
    "reporter": {"reportingPerson": {"email": [{"=": "ann@quay.example", "@type": "Work"}], "firstName": "Ann"}},
    "incidentSummary": {
        "incidentDateTime": datetime(2024, 5, 6, 7, 8, tzinfo=UTC),
        "incidentType": "Child Sex Tourism",
        "reportAnnotations": {"spam": None},
    },
    "internetDetails": [{"webPageIncident": {"url": ["https://a.example/1", "https://a.example/2"]}}],
    "victim": {"victimPerson": {"dateOfBirth": date(2015, 1, 2), "age": 9}},
}


def test_values_in_any_order_are_written_in_the_order_of_the_table():
    raw = write_document("report", VALUES)
    assert check_report(raw) == ()
    assert report_said(parse(raw)).urls == ("https://a.example/1", "https://a.example/2")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"unheard": 1}, "report/unheard"),
        ({"victim": {}}, "report/victim/victimPerson"),
        ({"incidentSummary": {"incidentType": "no"}}, "incidentType"),
        ({"additionalInfo": "\0"}, "report/additionalInfo"),
        ({"additionalInfo": object()}, "report/additionalInfo"),
        ({"victim": {"victimPerson": {"age": datetime(2024, 1, 1)}}}, "age"),  # noqa: DTZ001  # without its zone
    ],
)
def test_nothing_wrong_is_written(change, place):
    with pytest.raises(Invalid) as refused:
        write_document("report", VALUES | change)
    assert place in refused.value.place


@given(st.sampled_from(Code), st.text(), st.none() | st.integers(0, 2**62), st.sampled_from(["", "ab12"]))
def test_an_answer_is_read_as_it_was_written(code, text, report, file):
    read = read_response(write_response(Response(code=code, description=text, report=report, file=file, md5=file)))
    assert (read.code, read.report, read.file, read.md5) == (code, report, file, file)


def test_the_last_answer_lists_the_files():
    assert read_response(write_done(100001, ("a", "b"))).files == ("a", "b")


@pytest.mark.parametrize("raw", [b"<report/>", b"<reportResponse><responseCode>x</responseCode></reportResponse>"])
def test_what_is_no_answer_is_refused(raw):
    with pytest.raises(Invalid):
        read_response(raw)
