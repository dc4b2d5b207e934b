import json
import subprocess
import sys
from pathlib import Path

import pytest

from tutela.cli.main import ADDED_HELP, COMMANDS, main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert (code, [name for name in COMMANDS if f"  {name}" not in out]) == (0, [])
    assert "node" in ADDED_HELP


def test_help_imports_no_command() -> None:
    script = "import sys; from tutela.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    script += "print([name for name in sys.modules if name.startswith('tutela.') and 'cli' not in name])"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown.endswith("['tutela.errors']\n")


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version")[1].startswith("0.")


@pytest.mark.parametrize("arguments", [["bogus"], ["custody", "verify"], ["custody", "verify", "x"], ["--wrong"]])
def test_wrong_use_exits_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, _, err = run(capsys, *arguments)
    assert (code, "Traceback" in err) == (2, False)


def test_what_cannot_be_read_exits_3_with_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.tlog-proof")
    code, _, err = run(capsys, "custody", "verify", missing, "--policy", missing)
    assert (code, err) == (3, f"{missing}: No such file or directory\n")


def test_json_errors_are_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "policy").write_bytes(b"{}")
    (tmp_path / "a.tlog-proof").write_bytes(b"no proof")
    arguments = ["custody", "verify", str(tmp_path / "a.tlog-proof"), "--policy", str(tmp_path / "policy"), "--json"]
    code, _, err = run(capsys, *arguments)
    assert (code, json.loads(err)["error"], json.loads(err)["place"]) == (1, "invalid", "line 1")
