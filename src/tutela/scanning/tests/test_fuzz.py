"""Hostile bytes: lines from a process that was taken over, web archives, disk images, journals."""

import contextlib
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutela.errors import Conflict, Invalid
from tutela.scanning import disks, webarchives
from tutela.scanning.journal import SUFFIX, Journal
from tutela.scanning.lines import Match, Seen, from_wire, to_wire
from tutela.scanning.options import Options

_quick = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), max_size=6)


def _mutated(data: bytes, cuts: list[tuple[int, bytes]]) -> bytes:
    made = bytearray(data)
    for at, octets in cuts:
        at %= len(made)
        made[at : at + len(octets)] = octets
    return bytes(made)


_SEEN = Seen(
    sha256="a" * 64,
    known_good=("g",),
    matches=(
        Match(
            list="l", entry="e", category="", algorithm="pdq", distance=3, match_class="near", via="plain", percent=1.5
        ),
    ),
)


def test_a_line_crosses_the_border_whole() -> None:
    assert from_wire(to_wire(_SEEN)) == _SEEN


@_quick
@given(cuts=_CUTS, noise=st.binary(max_size=300))
def test_fuzz_a_line_of_a_process_is_a_line_or_invalid(cuts: list[tuple[int, bytes]], noise: bytes) -> None:
    for frame in (_mutated(to_wire(_SEEN), cuts), noise):
        with contextlib.suppress(Invalid):
            assert isinstance(from_wire(frame), Seen)


def _warc() -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nwords"
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://site.example/\r\nWARC-Record-ID: <urn:x:1>\r\n"
    head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    return (head.encode() + http + b"\r\n\r\n") * 3


@_quick
@given(cuts=_CUTS)
def test_fuzz_a_web_archive_ends_and_never_raises(cuts: list[tuple[int, bytes]]) -> None:
    pytest.importorskip("fastwarc")
    data = _mutated(_warc(), cuts)
    webarchives.is_web_archive(data[:64])
    assert len(list(webarchives.members(io.BytesIO(data), Options(), lambda: None))) <= 1000


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("mke2fs") is None, reason="needs e2fsprogs")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=_CUTS)
def test_fuzz_a_disk_image_ends_and_never_raises(tmp_path_factory, cuts: list[tuple[int, bytes]]) -> None:
    pytest.importorskip("pytsk3")
    folder = tmp_path_factory.mktemp("disk")
    (folder / "files").mkdir()
    (folder / "files" / "words.txt").write_bytes(b"words")
    image = folder / "disk.dd"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", folder / "files", image, "1M"], check=True, capture_output=True)
    data = image.read_bytes()
    image.write_bytes(_mutated(data[:8192], [(at, octets) for at, octets in cuts]) + data[8192:])
    assert len(list(disks.members(bytes(image), Options(), lambda: None))) < 1000
    shutil.rmtree(folder)


@_quick
@given(damage=st.binary(max_size=60))
def test_fuzz_a_damaged_journal_is_refused_or_gone_on_with(tmp_path: Path, damage: bytes) -> None:
    out = tmp_path / "out.jsonl"
    out.write_bytes(b"")
    begun = json.dumps({"format": "tutela-scan-1", "root": "x"}).encode() + b"\n"
    (tmp_path / f"out.jsonl{SUFFIX}").write_bytes(begun + damage)
    try:
        with Journal(out, {"root": "x"}, resume=True) as journal:
            assert journal.mark.octets == 0
    except (Invalid, Conflict):
        pass
