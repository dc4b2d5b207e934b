"""`tutela lists` from the outside: figures, conversions, problems and exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tutela.cli.lists import app
from tutela.errors import Invalid

MD5 = "ab" * 16


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(f"id,kind,md5,deleted\n1,image,{MD5},\n2,image,short,\n3,video,,yes\n")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def test_info_counts_and_names_problems(table: Path) -> None:
    result = run("info", table, "--json")
    assert result.exit_code == 0
    figures = json.loads(result.stdout)
    assert figures == {
        "list": str(table),
        "entries": 2,
        "algorithms": {"md5": 1},
        "kinds": {"image": 1, "video": 1},
        "deleted": 1,
        "problems": 2,
    }
    assert f"{table}, line 3, md5: expected 32" in result.stderr
    assert "short" not in result.stderr
    assert run("info", table, "--strict").exit_code == 1


def test_convert_there_and_back_keeps_the_entries(table: Path, tmp_path: Path) -> None:
    native, xml = tmp_path / "a.jsonl", tmp_path / "b.xml"
    assert run("convert", "--to", "native", "--title", "demo:3:2026-01-01T00:00:00Z", table, native).exit_code == 0
    assert run("convert", "--to", "ncmec", "--from", "native", native, xml).exit_code == 0
    header, *lines = native.read_text().splitlines()
    assert json.loads(header)["number"] == 3
    assert len(lines) == 3
    assert native.stat().st_mode & 0o777 == 0o600
    assert json.loads(run("info", xml, "--json").stdout)["entries"] == 2


def test_a_column_map_takes_the_place_of_a_format(tmp_path: Path) -> None:
    table, column_map = tmp_path / "t.txt", tmp_path / "map.json"
    table.write_text(f"Digest|No\n{MD5}|9\n")
    column_map.write_text('{"columns": {"Digest": "md5", "No": "id"}, "delimiter": "|"}')
    assert json.loads(run("info", "--from", column_map, table, "--json").stdout)["algorithms"] == {"md5": 1}


def test_a_list_that_cannot_be_read_leaves_no_file(tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.xml", tmp_path / "out.jsonl"
    bad.write_text("<html/>")
    result = run("convert", "--from", "ncmec", "--to", "native", bad, out)
    assert isinstance(result.exception, Invalid)
    assert result.exception.place.startswith(str(bad))
    assert [path.name for path in tmp_path.iterdir()] == ["bad.xml"]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--to", "tsv"),
        ("--to", "nothing"),
        ("--to", "csv", "--from", "nothing"),
        ("--to", "native", "--title", "a:b"),
    ],
)
def test_a_wrong_option_is_a_usage_error(table: Path, tmp_path: Path, wrong: tuple[str, ...]) -> None:
    assert run("convert", *wrong, table, tmp_path / "out").exit_code == 2


def test_known_good_tables_are_made_of_known_good_lists_only(table: Path, tmp_path: Path) -> None:
    listed = tmp_path / "t.csv"
    listed.write_text(f"id,md5,sha1\na,{MD5},{'cd' * 20}\n")
    refused = run("convert", "--to", "nsrl", listed, tmp_path / "a.txt")
    assert isinstance(refused.exception, Invalid)
    assert run("convert", "--to", "nsrl", "--known-good", listed, tmp_path / "a.txt").exit_code == 0
    assert run("convert", "--to", "nsrl", tmp_path / "a.txt", tmp_path / "b.txt").exit_code == 0
    assert (tmp_path / "a.txt").read_text().count(MD5.upper()) == 1
