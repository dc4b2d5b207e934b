"""Tables of reports: other delimiters, encodings and names; bad rows that stop nothing; bounds."""

import io
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Invalid, TutelaError
from tutela.hashlists.entry import Problem
from tutela.wire import csvreports
from tutela.wire.csvreports import CsvReport

TABLE = "url,reference,seen_at,note,hash\nhttps://host.example/1,Q-1,2026-01-31T12:00:00Z,a note,{}\n".format("ab" * 16)


def read(text, encoding="utf-8", **names):
    return list(csvreports.read(io.BytesIO(text.encode(encoding)), **names))


def test_a_row_is_a_report():
    (row,) = read(TABLE)
    assert (row.line, row.address, row.reference, row.note) == (2, "https://host.example/1", "Q-1", "a note")
    assert (row.seen_at, row.hashes) == (datetime(2026, 1, 31, 12, tzinfo=UTC), (f"md5:{'ab' * 16}",))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_guessed(delimiter, encoding):
    (row,) = read(f"url{delimiter}note\nhttps://host.example/é{delimiter}déjà\n", encoding)
    assert (row.address, row.note) == ("https://host.example/é", "déjà")


def test_other_names_and_told_names_are_known():
    (row,) = read("Reported URL;Ticket;Date;SHA-256\nhttps://a.example/;7;2026-01-31;" + "cd" * 32 + "\n")
    assert (row.reference, row.hashes) == ("7", (f"sha256:{'cd' * 32}",))
    (row,) = read("Adresse,Was\nhttps://a.example/,x\n", names={"adresse": "url", "Was": "note"})
    assert (row.address, row.note) == ("https://a.example/", "x")


@pytest.mark.parametrize(
    "bad",
    [
        "https://a.example/,,never,,",
        ",Q,,,",
        "https://a.example/,,,,xyz",
        "a,b,c,d,e,f",
        'a,"b',
        "a\0,,,,",
        "a" * 70000,
    ],
)
def test_a_bad_row_is_a_problem_with_its_line_and_stops_nothing(bad):
    good = TABLE.splitlines()[1]
    before, problem, after = read(f"{TABLE}{bad}\n{good}\n")
    assert [isinstance(each, CsvReport) for each in (before, after)] == [True, True]
    assert (problem.place, after.line) == ("line 3", 4)
    assert "never" not in problem.message


def test_rows_are_bounded(monkeypatch):
    found = read("url\n" + "https://a.example/\n" * (csvreports.MOST_ROWS + 5))
    assert len(found) == csvreports.MOST_ROWS + 1
    assert isinstance(found[-1], Problem)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "reference\nQ-1\n", "\0\n"])
def test_a_table_without_a_known_column_is_refused(text):
    with pytest.raises(Invalid, match="line 1"):
        read(text)


def test_flags_addresses_and_accounts():
    head = "url,ip,host,service,account,viewed,urgent\n"
    (row,) = read(f"{head}https://a.example/,192.0.2.1,A.example,Chat,Somebody,yes,1\n")
    assert (row.ip, row.host, row.account) == ("192.0.2.1", "a.example", "chat:Somebody")
    assert (row.is_viewed, row.is_urgent) == (True, True)
    (problem,) = read(f"{head}https://a.example/,1.2.3,,,,,\n")
    assert problem.message.startswith("ip: ")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body):
    with suppress(TutelaError):
        list(csvreports.read(io.BytesIO(b"url,note\n" + body)))
    with suppress(TutelaError):
        list(csvreports.read(io.BytesIO(body)))
