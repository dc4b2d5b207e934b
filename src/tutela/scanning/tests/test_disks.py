"""Disk images and web archives: files, deleted ones, pictures in free space, addresses."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tutela.media import fingerprint
from tutela.scanning.carving import carve

from .conftest import picture

pytest.importorskip("pytsk3")
Run = Callable[..., tuple[int, list[dict[str, object]], dict[str, object], str]]
needs = pytest.mark.skipif


def _ext4(root: Path, image: Path) -> Path:
    root.joinpath("link").unlink(missing_ok=True)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", root, image, "8M"], check=True, capture_output=True)
    return image


def _members(lines: list[dict[str, object]]) -> dict[object, object]:
    return {line["member"]: line["sha256"] for line in lines if line["member"]}


@needs(shutil.which("mke2fs") is None, reason="needs e2fsprogs")
def test_a_raw_image_is_looked_into(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    code, lines, summary, _ = run(_ext4(root, tmp_path / "disk.dd"), "--list", listed)
    found = _members(lines)
    for name in ("3.png", "inner/7.png", "words.txt", "empty"):
        assert found[name] == fingerprint((root / name).read_bytes()).sha256
    assert (code, summary["files"], summary["matched"]) == (1, 1, 2)
    assert [line["member"] for line in lines if line["matches"]] == ["3.png", "inner/7.png"]


@needs(shutil.which("mke2fs") is None, reason="needs e2fsprogs")
def test_a_picture_in_free_space_is_found(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    lost, image = (root / "3.png").read_bytes(), _ext4(root, tmp_path / "disk.dd")
    with image.open("r+b") as stream:
        stream.seek(6 * 1024 * 1024)
        stream.write(lost)
    _, lines, _, _ = run(image, "--list", listed)
    assert _members(lines)[f"$carved/{6 * 1024 * 1024}"] == fingerprint(lost).sha256


@needs(shutil.which("mke2fs") is None or shutil.which("ewfacquire") is None, reason="needs e2fsprogs and ewf-tools")
def test_a_split_set_of_e01_says_what_the_raw_image_says(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    (root / "noise.bin").write_bytes(fingerprint(b"").sha256.encode() + Image.effect_noise((1600, 1600), 90).tobytes())
    image = _ext4(root, tmp_path / "disk.dd")
    _, raw, _, _ = run(image, "--list", listed, out=tmp_path / "raw.jsonl")
    folder = tmp_path / "set"
    folder.mkdir()
    made = ["ewfacquire", "-u", "-q", "-t", str(folder / "disk"), "-S", "1048576", "-c", "deflate:none", str(image)]
    subprocess.run(made, check=True, capture_output=True)
    _, lines, _, _ = run(folder, "--list", listed)
    assert (folder / "disk.E02").exists()
    assert _members(lines) == _members(raw)


def test_a_web_archive_is_looked_into(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    body = (root / "3.png").read_bytes()
    http = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://site.example/a.png\r\n"
    head += "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
    head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    (tmp_path / "a.warc").write_bytes(head.encode() + http + b"\r\n\r\n")
    code, lines, _, _ = run(tmp_path / "a.warc", "--list", listed)
    assert (code, [line["member"] for line in lines]) == (1, ["", "http://site.example/a.png"])
    assert lines[1]["sha256"] == fingerprint(body).sha256


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_carving_finds_the_exact_octets(tmp_path: Path, form: str) -> None:
    made = io.BytesIO()
    Image.open(picture(tmp_path / "a.png", 3)).save(made, form)
    run = bytes(1024) + made.getvalue() + b"\x55" * 3000
    assert list(carve(run)) == [(1024, made.getvalue())]


@settings(max_examples=300, deadline=None)
@given(
    start=st.sampled_from([b"\xff\xd8\xff\xe0\0\4ab\xff\xda\0\2", b"\x89PNG\r\n\x1a\n\0\0\0\1IDAT"]),
    rest=st.binary(max_size=1500),
)
def test_fuzz_carving_ends_and_stays_inside(start: bytes, rest: bytes) -> None:
    run = start + rest
    assert all(data and data == run[at : at + len(data)] for at, data in carve(run))
