"""`tutela match` from the outside: what is found, through which list, and the exit code."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer import Typer
from typer.testing import CliRunner

from tutela.cli.givenlists import ended
from tutela.cli.match import match_paths
from tutela.errors import Invalid
from tutela.hashlists import ListEntry
from tutela.media import fingerprint
from tutela.media.tests.recordings import melody, sound, video
from tutela.scanning.containers.tests.samples import tarred, zipped


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "rings.png"
    path.parent.mkdir()
    pixels = bytes((x * x + 3 * y * y) // 200 % 256 for y in range(256) for x in range(256))
    Image.frombytes("L", (256, 256), pixels).save(path)
    return path


@pytest.fixture
def hash_list(tmp_path: Path, picture: Path) -> Path:
    path, prints = tmp_path / "list.csv", fingerprint(picture.read_bytes())
    far_md5 = hashlib.md5(b"other").hexdigest()
    path.write_text(f"id,md5,pdq\nrings,{prints.md5},{prints.pdq}\nother,{far_md5},\n")
    return path


def run(*arguments: object) -> tuple[int, list[dict[str, Any]]]:
    app = Typer()
    app.command()(match_paths)
    result = CliRunner().invoke(app, [*(str(each) for each in arguments), "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_a_picture_is_found_by_its_digest_and_by_its_pdq_hash(hash_list: Path, picture: Path) -> None:
    code, (line,) = run("--list", hash_list, picture.parent)
    assert code == 1
    assert line["path"] == str(picture)
    assert [(each["entry"], each["algorithm"], each["class"]) for each in line["matches"]] == [
        ("rings", "md5", "exact"),
        ("rings", "pdq", "near"),
    ]
    assert line["matches"][0] | {"list": str(hash_list), "distance": 0, "via": "plain"} == line["matches"][0]


def test_a_scaled_picture_is_found_near(hash_list: Path, picture: Path) -> None:
    with Image.open(picture) as whole:
        whole.resize((200, 200)).save(picture.with_name("small.png"))
    _, lines = run("--list", hash_list, picture.with_name("small.png"))
    assert [(each["entry"], each["algorithm"]) for each in lines[0]["matches"]] == [("rings", "pdq")]


def test_hashes_are_found_as_text_in_either_case(hash_list: Path) -> None:
    digest = hashlib.md5(b"other").hexdigest()
    code, lines = run("--list", hash_list, digest.upper(), f"MD5:{digest}", "00" * 32)
    assert code == 1
    assert [len(line["matches"]) for line in lines] == [1, 1, 0]


def test_nothing_found_is_zero_and_unreadable_is_three(hash_list: Path) -> None:
    assert run("--list", hash_list, "00" * 16)[0] == 0
    code, lines = run("--list", hash_list, "no-such-file", "md5:zz")
    assert code == 3
    assert all("error" in line for line in lines)


def test_a_list_that_cannot_be_read_ends_it(hash_list: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_text("no list")
    with pytest.raises(Invalid, match="bad"):
        run("--list", hash_list, "--list", bad, "00" * 16)
    with pytest.raises(FileNotFoundError):
        run("--list", tmp_path / "absent", "00" * 16)


def test_withdrawn_entries_do_not_match(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"id,md5,deleted\n1,{'ab' * 16},\n1,,yes\n")
    assert run("--list", path, "ab" * 16)[0] == 0


def test_a_list_may_have_its_own_threshold(hash_list: Path, picture: Path) -> None:
    with Image.open(picture) as whole:
        whole.resize((200, 200)).save(picture.with_name("small.png"))
    (near,) = run("--list", hash_list, picture.with_name("small.png"))[1][0]["matches"]
    assert near["distance"] > 0
    own = f"{hash_list}:threshold={near['distance'] - 1}"
    assert run("--list", own, picture.with_name("small.png"))[0] == 0


def test_known_good_lists_are_told_apart(hash_list: Path, picture: Path) -> None:
    code, (line,) = run("--list", hash_list, "--known-good", hash_list, picture)
    assert (code, line["known_good"], len(line["matches"])) == (1, [str(hash_list)], 2)
    assert run("--list", hash_list, "--known-good", hash_list, f"md5:{'0' * 32}")[1][0]["known_good"] == []


def test_a_list_of_known_good_files_is_not_looked_for(tmp_path: Path, picture: Path) -> None:
    header = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"'
    (tmp_path / "nsrl.txt").write_text(f'{header}\n"{"A" * 40}","{"B" * 32}","00000000","a",1,1,"1",""\n')
    with pytest.raises(Invalid, match="--known-good"):
        run("--list", tmp_path / "nsrl.txt", picture)


def test_an_entry_whose_end_has_come_counts_as_withdrawn() -> None:
    entry = ListEntry(id="a", hashes=(("md5", "0" * 32),), expires=date(2026, 3, 2))
    assert [ended(entry, date(2026, 3, day)).deleted for day in (1, 2, 3)] == [False, True, True]
    assert not ended(replace(entry, expires=None), date(2026, 3, 2)).deleted


def test_a_frame_of_a_video_meets_a_listed_picture(tmp_path: Path) -> None:
    film, listed = tmp_path / "film.mp4", tmp_path / "list.csv"
    film.write_bytes(video())
    listed.write_text(f"id,pdq\ne1,{fingerprint(film.read_bytes()).frames[2].pdq}\n")
    code, (line,) = run("--list", listed, film)
    (match,) = line["matches"]
    assert (code, match["entry"], match["distance"], match["via"]) == (1, "e1", 0, "frame 20")


def test_keyframes_alone_meet_a_listed_one(tmp_path: Path) -> None:
    film, listed = tmp_path / "film.mp4", tmp_path / "list.csv"
    film.write_bytes(video())
    frames = fingerprint(film.read_bytes()).frames
    listed.write_text(f"id,pdq\ne0,{frames[0].pdq}\ne1,{frames[1].pdq}\n")
    matches = [run("--list", listed, film, *more)[1][0]["matches"] for more in ((), ("--keyframes",))]
    assert [[each["entry"] for each in some if each["distance"] == 0] for some in matches] == [["e0", "e1"], ["e0"]]


def test_a_picture_inside_an_archive_is_found(hash_list: Path, picture: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(zipped({"w": b"w", "in.tar": tarred({"rings.png": picture.read_bytes()})}))
    code, lines = run("--list", hash_list, path)
    names = ["", "/w", "/in.tar", "/in.tar/rings.png"]
    assert (code, [line["path"] for line in lines]) == (1, [f"{path}{name}" for name in names])
    alone = run("--list", hash_list, picture)[1][0]["matches"]
    assert lines[-1]["matches"] == alone
    assert run("--list", hash_list, path, "--no-inside")[0] == 0


def test_what_cannot_be_read_inside_is_said(hash_list: Path, tmp_path: Path) -> None:
    data = bytearray(zipped({"secret": b"words"}))
    data[data.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    code, lines = run("--list", hash_list, tmp_path / "a.zip")
    assert (code, lines[1]["error"]) == (3, "encrypted")


def test_a_sound_meets_a_listed_one(tmp_path: Path) -> None:
    pytest.importorskip("chromaprint")
    (tmp_path / "a.mp3").write_bytes(sound(melody(12)))
    listed = tmp_path / "list.csv"
    listed.write_text(f"id,algorithm,value\ne1,chromaprint,{fingerprint((tmp_path / 'a.mp3').read_bytes()).audio}\n")
    code, (line,) = run("--list", listed, tmp_path / "a.mp3")
    (match,) = line["matches"]
    assert (code, match["entry"], match["algorithm"], match["percent"]) == (1, "e1", "chromaprint", 100.0)
