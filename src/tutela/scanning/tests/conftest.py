"""A folder of generated pictures, a list that has some of them, and a scan from the outside."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tutela.media import fingerprint


def picture(path: Path, seed: int, side: int = 128) -> Path:
    """A pattern of its own for each seed."""
    pixels = bytes((x * x * (seed % 7 + 1) + y * (seed * 13 + 5) + x * y // (seed + 2)) // 64 % 256
                   for y in range(side) for x in range(side))  # fmt: skip
    Image.frombytes("L", (side, side), pixels).save(path)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "inner").mkdir(parents=True)
    for seed in range(6):
        picture(folder / f"{seed}.png", seed)
    picture(folder / "inner" / "7.png", 7)
    (folder / "empty").touch()
    (folder / "words.txt").write_bytes(b"words")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (folder / "link").symlink_to("words.txt")
    return folder


@pytest.fixture
def listed(tmp_path: Path, root: Path) -> Path:
    """A list with `3.png` and `inner/7.png`."""
    path, rows = tmp_path / "list.csv", ["id,md5,pdq"]
    for name in ("3.png", "inner/7.png"):
        prints = fingerprint((root / name).read_bytes())
        rows.append(f"{name},{prints.md5},{prints.pdq}")
    path.write_text("\n".join(rows) + "\n")
    return path


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tutela.cli.main", "scan", *(str(each) for each in arguments), "--json"]


Ran = tuple[int, list[dict[str, Any]], dict[str, Any], str]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Ran]:
    """Exit code, lines, summary, errors."""

    def scan(*arguments: object, out: Path = tmp_path / "out.jsonl") -> Ran:
        done = subprocess.run(command(*arguments, "--out", out), capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in out.read_bytes().splitlines()] if out.exists() else []
        summary = json.loads(done.stdout)["summary"] if done.stdout else {}
        return done.returncode, lines, summary, done.stderr

    return scan
