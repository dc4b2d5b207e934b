"""A list of ours has one spelling, survives the way through bytes, and says when it was cut."""

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.hashlists import (
    Admission,
    Header,
    ListEntry,
    NativeList,
    Problem,
)
from tutela.hashlists.native import read, write
from tutela.hashlists.tests.signing import entries as signed_entries

HEADER = Header(name="demo", number=7, created=datetime(2026, 11, 21, 10, tzinfo=UTC), scheme="ncmec")
entries = st.builds(
    lambda entry, deleted: replace(entry, expires=None, tags=(), admitted=None, deleted=deleted),
    signed_entries,
    st.booleans(),
)  # what format 1 has a place for


def written(*given_entries: ListEntry) -> bytes:
    out = io.BytesIO()
    write(given_entries, out, header=HEADER)
    return out.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.lists(entries, max_size=4))
def test_what_is_written_is_read_again_and_written_the_same(given_entries: list[ListEntry]) -> None:
    data = written(*given_entries)
    again = NativeList(io.BytesIO(data))
    assert again.header == HEADER
    assert list(again) == given_entries
    assert all(rfc8785.dumps(json.loads(line)) == line for line in data.splitlines())


ONE = ListEntry(id="1", hashes=(("md5", "ab" * 16),))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"null",
        b"not json",
        b"[" * 5000,
        b'{"id": "1"}',
        b'{"hashes":[["md5","%s"]],"id":""}' % (b"ab" * 16),
        b'{"hashes":[["md5","%s"]],"id":"1"}' % (b"AB" * 16),
        b'{"hashes":[["md5"]],"id":"1"}',
        b'{"hashes":[["md5",1]],"id":"1"}',
        b'{"hashes":[["md5","%s"]],"id":"1","id":"2"}' % (b"ab" * 16),
        b'{"feedback":[["md5",true,0]],"hashes":[["md5","%s"]],"id":"1"}' % (b"ab" * 16),
        b'{"id":"1"}',
        b'{"id":1}',
        b'{"x":"1"}',
        b"\xff",
        b'{"hashes":[],"id":"' + b"x" * 300_000 + b'"}',
    ],
)
def test_a_bad_line_is_a_problem_and_the_rest_is_read(line: bytes) -> None:
    parts = written(ONE, ONE).splitlines(keepends=True)
    parts[1] = line + b"\n"
    problem, entry = list(read(io.BytesIO(b"".join(parts))))
    assert isinstance(problem, Problem)
    assert problem.place.startswith("line 2")
    assert entry == ONE


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 3), (0, 1, 2, 3, 1), (0, 1, 2, 1, 3), (0,)])
def test_a_list_that_was_cut_or_joined_is_refused_at_its_end(order: tuple[int, ...]) -> None:
    lines = written(ONE, ONE).splitlines(keepends=True)
    with pytest.raises(Invalid):
        list(read(io.BytesIO(b"".join(lines[number] for number in order))))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{}",
        b'{"created":"2026-11-21T10:00:00Z","format":"tutela-hashlist-2","name":"demo","number":7}',
        b'{"created":"2026-11-21T10:00:00Z","format":"tutela-hashlist-3","name":"demo","number":7}',
        b'{"created":"2026-11-21T10:00:00Z","format":"tutela-hashlist-1","name":"demo","number":0}',
        b'{"created":"2026-11-21T10:00:00","format":"tutela-hashlist-1","name":"demo","number":7}',
        b'{"created":"2026-11-21T10:00:00Z","format":"tutela-hashlist-1","name":"demo","number":true}',
    ],
)
def test_a_bad_header_is_refused_at_once(header: bytes) -> None:
    with pytest.raises(Invalid, match="line 1"):
        read(io.BytesIO(header + b"\n"))


def test_what_could_not_be_read_is_not_written() -> None:
    out = io.BytesIO()
    left_out = write([ListEntry(id="", hashes=ONE.hashes), ONE], out, header=HEADER)
    assert left_out == {"entries with a bad id": 1}
    assert list(read(io.BytesIO(out.getvalue()))) == [ONE]


def test_what_only_format_2_has_a_place_for_is_counted() -> None:
    out = io.BytesIO()
    more = replace(ONE, id="2", tags=("a",), expires=date(2027, 1, 1), admitted=Admission(id="d", at=HEADER.created))
    assert write([ONE, more], out, header=HEADER) == {"admissions": 1, "days of expiry": 1, "tags": 1}
    assert list(read(io.BytesIO(out.getvalue()))) == [ONE, replace(ONE, id="2")]
