"""Lists as people keep them: every row with its place, bad rows included."""

import pytest

from tutela.errors import Invalid, Limited
from tutela.feeds import read_rows


def test_lines() -> None:
    found = read_rows("\ufeffa.example\r\n\n # note\n b.example \n".encode()).rows
    assert [(row.place, row.text) for row in found] == [("line 1", "a.example"), ("line 4", "b.example")]


def test_json() -> None:
    entries = b'["a.example",{"domain":"b.example","include_subdomains":false}]'
    found = read_rows(b'{"origin":"rpz.a.example","serial":9,"entries":%b}' % entries)
    assert (found.origin, found.serial) == ("rpz.a.example", 9)
    assert [(row.text, row.include_subdomains) for row in found.rows] == [("a.example", True), ("b.example", False)]


@pytest.mark.parametrize("entry", ["1", "null", "{}", '{"domain":1}', '{"domain":"a.example","note":"x"}', "[]"])
def test_a_bad_entry_is_kept_as_a_problem(entry: str) -> None:
    first, second = read_rows(f'{{"entries":[{entry},"a.example"]}}'.encode()).rows
    assert (first.place, first.text, bool(first.problem)) == ("entries[0]", "", True)
    assert second.text == "a.example"


def test_a_long_line_is_a_problem_of_that_line() -> None:
    first, second = read_rows(b"a" * 9000 + b"\nb.example").rows
    assert (first.text, second.text) == ("", "b.example")
    assert "8192" in first.problem


@pytest.mark.parametrize(
    "raw",
    [b"\xff", b"{", b'{"entries":{}}', b'{"a":1}', b'{"serial":true,"entries":[]}', b'{"entries":' + b"[" * 90000],
)
def test_a_file_in_neither_form(raw: bytes) -> None:
    with pytest.raises(Invalid):
        read_rows(raw)


def test_a_file_too_large() -> None:
    with pytest.raises(Limited):
        read_rows(b" " * (64 * 1024 * 1024 + 1))
