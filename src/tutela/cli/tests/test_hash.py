"""`tutela hash`: a line for every file, also for those that cannot be read."""

import json
import os
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from tutela.cli.hash import UNREADABLE, hash_paths
from tutela.media import fingerprint
from tutela.media.tests.recordings import video

FIELDS = [
    *("path", "kind", "sha256", "sha1", "md5", "pdq", "pdq_quality"),
    *("width", "height", "size", "truncated", "problem"),
    *("seconds", "audio", "frames", "variants"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    Image.linear_gradient("L").save(tmp_path / "inner" / "steps.png")
    (tmp_path / "words.txt").write_bytes(b"words")
    return tmp_path


def _run(*arguments: object) -> tuple[int, list[str]]:
    app = typer.Typer()
    app.command("hash")(hash_paths)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout.splitlines()


def test_a_folder_is_walked_and_each_file_is_a_line(folder: Path) -> None:
    code, lines = _run("--json", folder)
    words, steps = map(json.loads, lines)
    assert code == 0
    assert list(words) == list(steps) == FIELDS
    assert steps["pdq"] == fingerprint((folder / "inner" / "steps.png").read_bytes()).pdq
    assert (words["kind"], words["size"], words["pdq"]) == ("other", 5, None)


def test_what_cannot_be_read_is_a_line_and_the_exit_code(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    code, lines = _run("--json", folder / "absent", folder / "pipe", folder / "words.txt")
    absent, pipe, words = map(json.loads, lines)
    assert code == UNREADABLE
    assert absent == {"path": str(folder / "absent"), "error": "No such file or directory"}
    assert pipe["error"] == "not a regular file"
    assert words["size"] == 5


def test_names_for_people_hold_no_control_signs(folder: Path) -> None:
    (folder / "a\x1b[2Jb").write_bytes(b"")
    code, lines = _run(folder)
    assert code == 0
    assert not any("\x1b" in line for line in lines)
    assert any("pdq:" in line for line in lines)


def test_keyframes_alone_are_fewer_and_say_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(video(60))
    every, few = (json.loads(_run("--json", *more, tmp_path)[1][0])["frames"] for more in ((), ("--keyframes",)))
    assert 0 < len(few) <= len(every)
    assert every[0] == few[0]
    assert all(frame["number"] == round(frame["seconds"] * 10) for frame in few)
