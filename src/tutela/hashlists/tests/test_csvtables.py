"""Tables for other programs: what is written is read again, all columns are there, and nothing is made up."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.hashlists import FORMATS, Header, ListEntry, MediaKind, Problem, Purpose, sniff
from tutela.hashlists.csvtables import ICSE, NSRL, NSRL3, Table, write

TABLES = {"icse": ICSE, "nsrl": NSRL, "nsrl3": NSRL3}


def digits(length: int) -> st.SearchStrategy[str]:
    return st.binary(min_size=length, max_size=length).map(bytes.hex)


ENTRIES = st.lists(
    st.builds(
        lambda number, md5, sha1, sha256, kind: ListEntry(
            id=f"e{number}", hashes=(("md5", md5), ("sha1", sha1), ("sha256", sha256)), kind=kind
        ),
        st.integers(0, 10**9),
        digits(16),
        digits(20),
        digits(32),
        st.sampled_from([None, *MediaKind]),
    ),
    max_size=6,
)


def written(entries: list[ListEntry], table: Table) -> tuple[bytes, dict[str, int]]:
    out = io.BytesIO()
    left_out = write(entries, out, table)
    return out.getvalue(), dict(left_out)


@settings(max_examples=40, deadline=None)
@given(ENTRIES, st.sampled_from(sorted(TABLES)))
def test_what_is_written_is_read_again(entries: list[ListEntry], name: str) -> None:
    data, left_out = written(entries, TABLES[name])
    assert sniff(data[:4096]).name == name
    read = [each for each in FORMATS[name].read(io.BytesIO(data)) if isinstance(each, ListEntry)]
    held = set(TABLES[name].digests)
    assert [dict(each.hashes) for each in read] == [
        {name: value for name, value in each.hashes if name in held} for each in entries
    ]
    assert left_out == ({"sha256 values": len(entries)} if entries and name != "nsrl3" else {})
    if name == "icse":
        assert [(each.id, each.kind) for each in read] == [(each.id, each.kind) for each in entries]


def test_all_columns_are_there_and_what_is_not_known_is_empty() -> None:
    entry = ListEntry(id="7", hashes=(("md5", "ab" * 16), ("pdna", "abc")), kind=MediaKind.IMAGE)
    data, left_out = written([entry], ICSE)
    assert data.decode().splitlines() == [";".join(ICSE.columns), f"{'ab' * 16};;abc;7;;;;;;;image;"]
    assert left_out == {}
    full = ListEntry(id="a", hashes=(("md5", "ab" * 16), ("sha1", "cd" * 20)))
    assert written([full], NSRL)[0].decode().splitlines()[1] == f'"{"CD" * 20}","{"AB" * 16}","","a","","","",""'


@pytest.mark.parametrize(
    ("entry", "table", "why"),
    [
        (ListEntry(id="a", deleted=True), ICSE, "deletions"),
        (ListEntry(id="a", hashes=(("pdq", "0" * 64),)), ICSE, "entries without a value that the table holds"),
        (ListEntry(id="a", hashes=(("md5", "0" * 32),)), NSRL, "entries without sha1"),
    ],
)
def test_what_has_no_place_is_left_out_and_counted(entry: ListEntry, table: Table, why: str) -> None:
    data, left_out = written([entry], table)
    assert len(data.splitlines()) == 1
    assert left_out[why] == 1


def test_formulas_stay_out() -> None:
    entry = ListEntry(id="=1+1", hashes=(("md5", "0" * 32),))
    data, left_out = written([entry], ICSE)
    assert b"=1+1" not in data
    assert left_out == {"Image ID a spreadsheet would run": 1}
    assert not [each for each in FORMATS["icse"].read(io.BytesIO(data)) if isinstance(each, Problem)]


def test_the_formats_write_and_say_what_they_are_for() -> None:
    for name in TABLES:
        out = io.BytesIO()
        write_as = FORMATS[name].write
        assert write_as is not None
        write_as([], out, Header(name="a", number=1, created=datetime(2026, 1, 1, tzinfo=UTC)))
        assert out.getvalue()
    assert FORMATS["nsrl"].purpose == FORMATS["nsrl3"].purpose == Purpose.KNOWN_GOOD
