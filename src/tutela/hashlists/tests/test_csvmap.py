"""Tables with anything wrong in a row: its line is told and the other rows are read."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.hashlists import CsvMap, ListEntry, MediaKind, Problem, from_json
from tutela.hashlists.csvmap import DEFAULTS, read, write
from tutela.hashlists.entry import Classification, Source

MD5 = "ab" * 16
GOOD = f"good,{MD5}\n"


def ids(found: list[ListEntry | Problem]) -> list[str]:
    return [each.id for each in found if isinstance(each, ListEntry)]


def places(found: list[ListEntry | Problem]) -> list[str]:
    return [each.place for each in found if isinstance(each, Problem)]


def table(rows: str, mapping: CsvMap = DEFAULTS["csv"]) -> list[ListEntry | Problem]:
    return list(read(io.BytesIO(rows.encode()), mapping))


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        ("x,short\n", "line 3, md5"),
        ("x\n", "line 3"),
        ("x,\n", "line 3"),
        (f"x\0,{MD5}\n", "line 3"),
        ("x," + "a" * 5_000_000 + "\n", "line 3"),
        ('x,"' + "a" * 70_000 + '"\n', "line 3"),
        (f'"x,{MD5}\n', "line 3"),
        (f'"x"y,{MD5}\n', "line 3"),
        (f"{'x' * 600},{MD5}\n", "line 3, id"),
        (f"x,{MD5}{',' * 300}\n", "line 3"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_the_others_are_read(bad: str, place: str) -> None:
    found = table("id,md5\n" + GOOD + bad + GOOD * 20)
    assert ids(found) == ["good"] * 21
    assert places(found)[0] == place


def test_bytes_outside_the_encoding_cost_their_row() -> None:
    data = b"id,md5\n\xff\xfe\xff," + MD5.encode() + b"\n" + GOOD.encode()
    found = list(read(io.BytesIO(data)))
    assert (ids(found), places(found)) == (["good"], ["line 2"])


def test_values_beside_a_bad_one_are_kept() -> None:
    found = table(f"id,md5,sha1\nx,{MD5},short\n")
    assert places(found) == ["line 2, sha1"]
    assert found[-1] == ListEntry(id="x", hashes=(("md5", MD5),))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_byte_order_marks_and_line_ends_do_not_matter(encoding: str, ending: str) -> None:
    data = ("ID;MD5" + ending + f"1;{MD5.upper()}").encode(encoding)
    assert list(read(io.BytesIO(data), DEFAULTS["semicolon"])) == [ListEntry(id="1", hashes=(("md5", MD5),))]


def test_a_quoted_field_may_span_lines() -> None:
    found = table(f'md5,source_name,id\n{MD5},"two\nlines","a"\n{MD5},,b\n')
    assert ids(found) == ["a", "b"]


def test_the_default_table_of_pairs_has_no_header() -> None:
    found = table(f"md5,{MD5}\nPDQ,{'f0' * 32}\n", DEFAULTS["pairs"])
    assert [each.hashes for each in found if isinstance(each, ListEntry)] == [(("md5", MD5),), (("pdq", "f0" * 32),)]
    assert ids(found) == ["1", "2"]


def test_a_map_can_be_given_as_json() -> None:
    mapping = from_json(json.dumps({"columns": {"Digest": "md5", "No": "id"}, "delimiter": "\t", "kind": "video"}))
    assert table(f"No\tOther\tDigest\n5\t-\t{MD5}\n", mapping) == [
        ListEntry(id="5", kind=MediaKind.VIDEO, hashes=(("md5", MD5),))
    ]


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[]",
        "[" * 5000,
        '{"other": 1}',
        '{"delimiter": ",,"}',
        '{"encoding": "zip"}',
        '{"columns": {"a": 1}}',
        '{"columns": {"a": "MD5"}}',
        '{"header": 1}',
    ],
)
def test_a_bad_map_is_refused(bad: str) -> None:
    with pytest.raises(Invalid):
        from_json(bad)


@pytest.mark.parametrize("header", ["", "\n", "a,b\n", "id,kind\n", "md5,MD5\n", "md5\0\n", '"md5\n'])
def test_a_header_that_cannot_be_used_is_refused(header: str) -> None:
    with pytest.raises(Invalid, match="line 1"):
        table(header)


def test_a_mapped_column_that_is_missing_is_named() -> None:
    with pytest.raises(Invalid, match="Hash"):
        table("id,md5\n", CsvMap(columns={"id": "id", "Hash": "md5"}))


def test_what_is_written_is_read_again() -> None:
    entry = ListEntry(
        id="1",
        kind=MediaKind.IMAGE,
        hashes=(("md5", MD5), ("pdq", "f0" * 32)),
        source=Source(id="4", name='a "b", c'),
        classification=Classification(scheme="ncmec-industry", code="A1"),
    )
    out = io.BytesIO()
    assert write([entry, ListEntry(id="2", deleted=True)], out) == {}
    assert list(read(io.BytesIO(out.getvalue()))) == [entry, ListEntry(id="2", deleted=True)]


def test_what_a_spreadsheet_would_run_is_not_written() -> None:
    out = io.BytesIO()
    entry = ListEntry(id="1", hashes=(("md5", MD5),), source=Source(id="4", name="=1+1"))
    left_out = write([entry, ListEntry(id="@x", hashes=entry.hashes)], out)
    assert left_out == {"source_name a spreadsheet would run": 1, "entries whose id a spreadsheet would run": 1}
    assert b"=1+1" not in out.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from('ab,"\n\r\0=\ufeff'), max_size=60))
def test_whatever_stands_between_them_good_rows_are_read(noise: str) -> None:
    found = table("id,md5\n" + GOOD + noise + "\n" * 20 + GOOD)
    assert ids(found)[0] == "good"
    assert ids(found)[-1] == "good"
