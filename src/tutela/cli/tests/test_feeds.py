"""`tutela feeds render` from files as people keep them."""

import json
import stat
from pathlib import Path

from typer.testing import CliRunner, Result

from tutela.cli.feeds import app
from tutela.feeds import Entry, is_listed, parse_zone, read_hashes
from tutela.urls import canonicalise

RUN = CliRunner()


def render(folder: Path, content: str, *options: str) -> Result:
    (folder / "in").write_text(content, encoding="utf-8")
    return RUN.invoke(app, ["render", *options, str(folder / "in"), str(folder / "out")])


def test_lines_become_a_zone(tmp_path: Path) -> None:
    answer = render(tmp_path, "# list\nb.example\n\nhttps://a.example/\n", "--format", "rpz", "--serial", "7")
    zone = parse_zone((tmp_path / "out").read_bytes())
    assert answer.exit_code == 0, answer.output
    assert (zone.serial, zone.entries) == (7, (Entry("a.example"), Entry("b.example")))


def test_json_says_origin_and_serial_and_options_go_before(tmp_path: Path) -> None:
    content = {
        "origin": "rpz.a.example",
        "serial": 3,
        "entries": [{"domain": "b.example", "include_subdomains": False}],
    }
    render(tmp_path, json.dumps(content), "--format", "rpz", "--serial", "4")
    zone = parse_zone((tmp_path / "out").read_bytes())
    assert (zone.origin, zone.serial) == ("rpz.a.example", 4)
    assert zone.entries == (Entry("b.example", include_subdomains=False),)


def test_bad_rows_are_named_and_the_rest_is_written(tmp_path: Path) -> None:
    answer = render(tmp_path, "a.example\nco.uk\nhttp://b.example/page\nA.example.\n*.c.example\n", "--format", "rpz")
    assert answer.exit_code == 1
    places = [line.split(":")[0] for line in answer.stderr.splitlines()]
    assert places[:4] == ["line 2", "line 3", "line 4", "line 5"]
    assert "b.example" not in answer.stderr
    assert parse_zone((tmp_path / "out").read_bytes()).entries == (Entry("a.example"),)


def test_nothing_is_written_when_nothing_can_be_listed(tmp_path: Path) -> None:
    answer = render(tmp_path, "com\n192.0.2.1\n", "--format", "rpz")
    assert answer.exit_code == 3
    assert not (tmp_path / "out").exists()


def test_hashes_with_a_new_key_that_only_the_owner_reads(tmp_path: Path) -> None:
    answer = render(tmp_path, "a.example\nhttp://b.example/x?y\n", "--format", "hashes")
    key_path = tmp_path / "out.key"
    key32, keyed = bytes.fromhex(key_path.read_text()), read_hashes((tmp_path / "out").read_bytes())
    assert answer.exit_code == 0
    assert stat.S_IMODE(key_path.stat().st_mode) == 0o600
    assert is_listed(canonicalise("https://www.a.example/anything"), keyed, key32=key32)
    assert not is_listed(canonicalise("https://b.example/"), keyed, key32=key32)


def test_the_same_key_gives_the_same_list(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("00" * 32)
    options = ("--format", "hashes", "--key-file", str(tmp_path / "key"))
    render(tmp_path, "a.example\nb.example\n", *options)
    first = (tmp_path / "out").read_bytes()
    render(tmp_path, "b.example\na.example\n", *options)
    assert (tmp_path / "out").read_bytes() == first


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("short")
    missing = RUN.invoke(app, ["render", "--format", "rpz", str(tmp_path / "none"), str(tmp_path / "out")])
    broken = render(tmp_path, '{"entries": 1}', "--format", "rpz")
    key = render(tmp_path, "a.example", "--format", "hashes", "--key-file", str(tmp_path / "key"))
    assert [answer.exit_code for answer in (missing, broken, key)] == [3, 3, 3]
