"""Containers through the scanner: found, named, gone on with, and known-good ones left alone."""

import bz2
import gzip
import hashlib
import json
import lzma
import random
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
import rars

from tutela.hashlists import ListEntry
from tutela.media import fingerprint
from tutela.scanning import Given, Lists, Options
from tutela.scanning.containers.libarchives import library
from tutela.scanning.containers.tests.compound import compound
from tutela.scanning.containers.tests.foreign import by_libarchive, cab, file_4, file_5, lha, rar_4, rar_5
from tutela.scanning.containers.tests.samples import drawn, mailed, paged, sevened, tarred, zipped
from tutela.scanning.journal import SUFFIX
from tutela.scanning.listing import write
from tutela.scanning.looking import Eye
from tutela.scanning.options import Ask

Run = Callable[..., tuple[int, list[dict[str, object]], dict[str, object], str]]
MADE: dict[str, Callable[[str, bytes], bytes]] = {
    "zip": lambda name, data: zipped({"words": b"words", name: data}),
    "tar": lambda name, data: tarred({"words": b"words", name: data}),
    "tar.gz": lambda name, data: gzip.compress(tarred({"words": b"words", name: data})),
    "gz": lambda name, data: gzip.compress(data),
    "bz2": lambda name, data: bz2.compress(data),
    "xz": lambda name, data: lzma.compress(data),
    "pdf": lambda name, data: paged(drawn(1, "JPEG"), attached={name: data}),
    "eml": lambda name, data: bytes(mailed({name: data})),
    "mbox": lambda name, data: b"From a@site.example Mon\n" + bytes(mailed({name: data})),
    "7z": lambda name, data: sevened({"words": b"words", name: data}),
    "doc": lambda name, data: compound({"WordDocument": bytes(5000), "Data": b"words" + data}),
    "html": lambda name, data: b'<html><img src="data:image/png;base64,' + b64encode(data) + b'">',
    "zip.bz2": lambda name, data: bz2.compress(zipped({name: data})),
    "rar, stored": lambda name, data: rar_4(file_4(b"words", b"words"), file_4(name.encode(), data)),
    "rar behind a program": lambda name, data: b"MZ" + bytes(5000) + rar_5(file_5(name, data)),
}


@pytest.mark.parametrize("sort", MADE)
def test_a_listed_picture_is_found_inside(run: Run, root: Path, listed: Path, tmp_path: Path, sort: str) -> None:
    picture = (root / "3.png").read_bytes()
    (tmp_path / "file").write_bytes(MADE[sort]("3.png", picture))
    code, lines, _, _ = run(tmp_path / "file", "--list", listed)
    found = [line for line in lines if line["matches"]]
    assert code == 1
    assert [line["sha256"] for line in found] == [fingerprint(picture).sha256]


@pytest.mark.skipif(library() is None, reason="needs libarchive")
def test_a_listed_picture_is_found_in_what_libarchive_reads(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    """In the process that is confined: with callbacks from C, and no file that could be written."""
    files = {"words": b"words" * 900, "3.png": (root / "3.png").read_bytes()}
    folder = tmp_path / "folder"
    folder.mkdir()
    made = rars.RarBuilder(format="rar50", solid=True)
    for name, data in files.items():
        made.add_bytes(data, name)
    made.write(str(folder / "a.rar"))
    (folder / "a.cab").write_bytes(cab(files))
    (folder / "a.lzh").write_bytes(lha(files))
    for form in ("xar", "ar_svr4", "cpio_newc", "iso9660"):
        (folder / form).write_bytes(by_libarchive(form, files))
    _, lines, _, _ = run(folder, "--list", listed)
    found = [str(line["path"]).removeprefix(f"{folder}/") for line in lines if line["matches"]]
    names = ("a.cab", "a.lzh", "a.rar", "ar_svr4", "cpio_newc", "iso9660", "xar")
    assert found == [f"{name}/3.png" for name in names]
    assert {line["problem"] for line in lines if line["member"]} == {""}


def test_a_picture_with_an_archive_behind_it_is_both(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    (tmp_path / "both.png").write_bytes(
        (root / "3.png").read_bytes() + zipped({"7": (root / "inner/7.png").read_bytes()})
    )
    _, lines, _, _ = run(tmp_path / "both.png", "--list", listed)
    matched = [[match["entry"] for match in line["matches"]] for line in lines]  # type: ignore[attr-defined]
    assert matched == [["3.png"], ["inner/7.png", "inner/7.png"]]


@pytest.mark.skipif(shutil.which("mke2fs") is None, reason="needs e2fsprogs")
def test_archives_on_a_disk_image_are_looked_into(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    pytest.importorskip("pytsk3")
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.zip").write_bytes(zipped({"b.tar": tarred({"3.png": (root / "3.png").read_bytes()})}))
    made = ["mke2fs", "-q", "-t", "ext4", "-d", files, tmp_path / "disk.dd", "4M"]
    subprocess.run(made, check=True, capture_output=True)
    _, lines, _, _ = run(tmp_path / "disk.dd", "--list", listed)
    names = ["", "a.zip", "a.zip/b.tar", "a.zip/b.tar/3.png"]
    assert [line["member"] for line in lines if not str(line["member"]).startswith("$")] == names


def _eye(folder: Path, *lists: Given, options: Options = Options()) -> Eye:  # noqa: B008  # it is frozen
    write(folder, lists)
    return Eye(Lists(folder), options, lambda: None)


_NOISE = random.Random(5).randbytes(60_000)
LARGE: dict[str, Callable[[bytes], bytes]] = {
    "zip": lambda data: zipped({"noise": _NOISE, "a": data}),
    "tar": lambda data: tarred({"noise": _NOISE, "a": data}),
    "tar.gz": lambda data: gzip.compress(tarred({"noise": _NOISE, "a": data})),
    "7z": lambda data: sevened({"noise": _NOISE, "a": data}),
    "pdf": lambda data: paged(drawn(1, "JPEG"), attached={"noise": _NOISE, "a": data}),
    "mbox": lambda data: b"".join(b"From a\n" + bytes(mailed({"a": each})) + b"\n" for each in (_NOISE, data)),
    "doc": lambda data: compound({"a": _NOISE, "b": bytes(100) + data}),
}


@pytest.mark.parametrize("sort", LARGE)
def test_a_container_larger_than_is_decoded_is_read_from_its_place(tmp_path: Path, root: Path, sort: str) -> None:
    picture, path = (root / "3.png").read_bytes(), tmp_path / "file"
    path.write_bytes(LARGE[sort](picture))
    eye = _eye(tmp_path / "lists", options=Options(max_bytes=50_000))
    whole = list(eye.look(Ask(path=bytes(path))))
    assert fingerprint(picture).sha256 in [seen.sha256 for seen in whole]
    assert any("50,000" in seen.problem for seen in whole[1:])
    assert list(eye.look(Ask(path=bytes(path), skip=2))) == whole[2:]


def test_a_scan_goes_on_in_the_middle_of_an_archive(tmp_path: Path, root: Path) -> None:
    inner = zipped({"3.png": (root / "3.png").read_bytes(), "w": b"w"})
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"inner.zip": inner, "5.png": (root / "5.png").read_bytes()}))
    eye = _eye(tmp_path / "lists")
    whole = list(eye.look(Ask(path=bytes(path))))
    assert [seen.member for seen in whole] == ["", "inner.zip", "inner.zip/3.png", "inner.zip/w", "5.png"]
    for skip in range(len(whole)):
        assert list(eye.look(Ask(path=bytes(path), skip=skip))) == whole[skip:]


def test_torn_in_the_middle_of_an_archive_the_scan_says_the_same(run: Run, root: Path, listed: Path, tmp_path: Path):
    (root / "2z.zip").write_bytes(zipped({f"{n}.png": (root / f"{n}.png").read_bytes() for n in range(6)}))
    _, whole, _, _ = run(root, "--list", listed)
    out, journal = tmp_path / "out.jsonl", tmp_path / f"out.jsonl{SUFFIX}"
    lines, marks = out.read_bytes().splitlines(keepends=True), journal.read_bytes().splitlines(keepends=True)
    middle = next(n for n, line in enumerate(lines) if json.loads(line)["member"]) + 2
    out.write_bytes(b"".join(lines[:middle]))
    journal.write_bytes(marks[0])
    assert run(root, "--list", listed, "--resume")[1] == whole


def test_a_known_good_archive_inside_is_not_looked_into(tmp_path: Path, root: Path) -> None:
    inner = zipped({"3.png": (root / "3.png").read_bytes()})
    (tmp_path / "a.zip").write_bytes(zipped({"inner.zip": inner}))
    entry = ListEntry(id="1", hashes=(("md5", hashlib.md5(inner).hexdigest()),))
    good = Given(name="good", entries=[entry], known_good=True)
    seen = list(_eye(tmp_path / "lists", good).look(Ask(path=bytes(tmp_path / "a.zip"))))
    assert [each.member for each in seen] == ["", "inner.zip"]
    assert seen[1].known_good == ("good",)
