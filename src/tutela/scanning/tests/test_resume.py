"""A scan that was ended goes on without a repeat or a gap."""

import json
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tutela.scanning.journal import SUFFIX

from .conftest import command, picture

Run = Callable[..., tuple[int, list[dict[str, object]], dict[str, object], str]]


@pytest.fixture
def many(root: Path) -> Path:
    for seed in range(300):
        picture(root / "inner" / f"many{seed}.png", seed, 96)
    return root


def _killed(arguments: list[object], out: Path, lines: int, number: int = signal.SIGKILL) -> None:
    """Start a scan and end it when the output has so many lines, or when it is through."""
    child = subprocess.Popen(command(*arguments, "--out", out), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while child.poll() is None and (not out.exists() or out.read_bytes().count(b"\n") < lines):
        time.sleep(0.01)
    child.send_signal(number)
    child.wait()


def _check_equal(out: Path, whole: list[dict[str, object]]) -> None:
    assert [json.loads(line) for line in out.read_bytes().splitlines()] == whole


def test_torn_ends_are_cut_and_done_again(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    _, whole, summary, _ = run(root, "--list", listed)
    out, journal = tmp_path / "out.jsonl", tmp_path / f"out.jsonl{SUFFIX}"
    lines, marks = out.read_bytes().splitlines(keepends=True), journal.read_bytes().splitlines(keepends=True)
    for kept in range(len(lines)):
        out.write_bytes(b"".join(lines[:kept]) + lines[kept][: len(lines[kept]) // 2])
        journal.write_bytes(marks[0] + marks[-1][:40])
        code, again, counted, _ = run(root, "--list", listed, "--resume")
        assert (code, again, counted["matches"]) == (1, whole, summary["matches"])
        if kept == 2:
            break


@pytest.mark.slow
def test_killed_at_any_time_the_scan_goes_on(run: Run, many: Path, listed: Path, tmp_path: Path) -> None:
    _, whole, summary, _ = run(many, "--list", listed, out=tmp_path / "whole.jsonl")
    out, work = tmp_path / "out.jsonl", tmp_path / "work"
    work.mkdir()
    arguments: list[object] = [many, "--list", listed, "--workers", 2, "--work", work, "--resume"]
    chance = random.Random(5)
    for _ in range(6):
        _killed(
            arguments, out, chance.randrange(1, 260), chance.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
        )
    code, lines, counted, _ = run(*arguments, out=out)
    assert (code, lines) == (1, whole)
    assert {**counted, "seconds": 0, "files_per_second": 0} == {**summary, "seconds": 0, "files_per_second": 0}
    assert not list(work.iterdir())


def test_another_scan_is_not_gone_on_with(run: Run, root: Path, listed: Path) -> None:
    run(root, "--list", listed)
    assert "--resume" in run(root, "--list", listed)[3]
    code, _, _, said = run(root, "--list", listed, "--threshold", 5, "--resume")
    assert (code, "other values of: options" in said) == (1, True)
    listed.write_text(listed.read_text() + f"more,{'1' * 32},\n")
    assert "other values of: lists" in run(root, "--list", listed, "--resume")[3]


def test_a_finished_scan_gone_on_with_says_the_same(run: Run, root: Path, listed: Path) -> None:
    _, lines, summary, _ = run(root, "--list", listed)
    _, again, counted, _ = run(root, "--list", listed, "--resume")
    assert (again, counted["files"], counted["matches"]) == (lines, summary["files"], summary["matches"])


def test_a_full_disk_ends_the_scan_which_then_goes_on(run: Run, root: Path, listed: Path, tmp_path: Path) -> None:
    for number in range(3_000):
        (root / "inner" / f"{number}").touch()
    out, most = tmp_path / "out.jsonl", 1 << 20
    full = subprocess.run(
        command(root, "--list", listed, "--out", out),
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )  # fmt: skip
    assert (full.returncode, json.loads(full.stderr.splitlines()[-1])["message"]) == (3, "File too large")
    assert os.path.getsize(out) <= most
    _, lines, summary, _ = run(root, "--list", listed, "--resume")
    assert (len(lines), len({str(line["path"]) for line in lines}), summary["files"]) == (3_011, 3_011, 3_011)
