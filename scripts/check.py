"""What ./check runs, in order, with the time each part took; the first that fails stops it.

The tests run twice: on SQLite, and on a PostgreSQL that this script starts on a free port and stops again. Pages,
kit and contracts do not touch the database differently, so the second run holds what does.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
sys.path.insert(0, str(ROOT))

from tests.simulators.postgres import Postgres, find_postgres  # noqa: E402  # the project's own simulators


def main() -> int:
    slow = "--slow" in sys.argv[1:]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    if slow:
        env.setdefault("TUTELA_KILLS", "50")
    marks = ["-n", "2", "--dist", "loadfile", *([] if slow else ["-m", "not slow"])]
    parts: list[tuple[str, list[str]]] = [
        ("style", ["ruff", "check", "."]),
        ("format", ["ruff", "format", "--check", "."]),
        ("types", ["mypy"]),
        ("tests on SQLite", ["pytest", *marks]),
    ]
    for name, command in parts:
        if code := _part(name, command, env):
            return code
    return _on_postgres(marks, env)


def _on_postgres(marks: list[str], env: dict[str, str]) -> int:
    if find_postgres() is None:
        print("PostgreSQL is not installed: the second database is skipped", flush=True)
        return 1 if os.environ.get("CI") else 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tutela-pg-", dir="/tmp")))
        server = stack.enter_context(Postgres(folder))
        command = ["pytest", *marks, "-m", "not slow", "src/tutela_node", "tests/journeys"]
        return _part("tests on PostgreSQL", command, {**env, "TUTELA_DATABASE": server.url})


def _part(name: str, command: list[str], env: dict[str, str]) -> int:
    print(f"== {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=env, check=False).returncode  # noqa: S603
    print(f"== {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
