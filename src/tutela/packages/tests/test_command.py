"""`tutela package verify`, beside the packages it needs."""

import json
import os
from pathlib import Path
from typing import Any

import pyrage
import pytest

from tutela.cli.main import main
from tutela.sealing import seal_age_pieces

ALICE, BOB = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()


@pytest.fixture
def desk(archive: bytes, bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "package.tar").write_bytes(archive)
    (tmp_path / "policy.json").write_bytes(bench.policy.to_bytes())
    seal_age_pieces([archive], tmp_path / "package.age", [str(ALICE.to_public())])
    for name, identity in (("alice", ALICE), ("bob", BOB)):
        (tmp_path / name).write_text(f"# key file\n{identity}\n")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], desk: Path, name: str, *more: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["package", "verify", str(desk / name), "--policy", str(desk / "policy.json"), *map(str, more)])
    out, err = capsys.readouterr()
    assert list((desk / "tmp").iterdir()) == []
    return int(caught.value.code or 0), out, err


def test_a_package_is_verified_and_described(capsys: pytest.CaptureFixture[str], desk: Path) -> None:
    code, out, err = run(capsys, desk, "package.tar")
    assert (code, err) == (0, "")
    assert "by node.example/package, a key of the policy" in out
    assert out.count("opened and in the log") == 3


def test_a_sealed_package_is_verified_for_its_recipient_only(capsys: pytest.CaptureFixture[str], desk: Path) -> None:
    code, out, _ = run(capsys, desk, "package.age", "--identity", desk / "alice", "--json")
    assert (code, json.loads(out)["log"]["size"], len(json.loads(out)["exhibits"])) == (0, 12, 3)
    assert run(capsys, desk, "package.age", "--identity", desk / "bob")[0] == 1
    assert run(capsys, desk, "package.age")[0] == 2
    (desk / "package.age").write_bytes((desk / "package.age").read_bytes()[:-1])
    code, _, err = run(capsys, desk, "package.age", "--identity", desk / "alice")
    assert (code, "cut short" in err) == (1, True)


def test_a_changed_package_exits_1_and_names_the_place(capsys: pytest.CaptureFixture[str], desk: Path) -> None:
    data = bytearray((desk / "package.tar").read_bytes())
    data[-1025] ^= 1
    (desk / "package.tar").write_bytes(data)
    code, _, err = run(capsys, desk, "package.tar", "--json")
    assert (code, json.loads(err)["place"]) == (1, f"data/log/checkpoint, byte {len(data) - 1025}")


def test_what_cannot_be_read_exits_3(capsys: pytest.CaptureFixture[str], desk: Path) -> None:
    assert run(capsys, desk, "missing.tar")[0] == 3
    (desk / "policy.json").write_bytes(b"[]")
    assert run(capsys, desk, "package.tar")[0] == 3
    assert os.listdir(desk / "tmp") == []
