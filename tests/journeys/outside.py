"""Tools that know nothing of us: whether they are there, and what they say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


def need(program: str, package: str) -> str:
    """The path of a program. Without it the test is skipped; under CI it fails."""
    found = shutil.which(program, path=PATH)
    if found is None:
        reason = f"{program} is not installed (Debian: {package})"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return found


def run(*words: object, folder: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs a program in a folder, with none of the node's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUTELA_", "DJANGO_"))}
    command = [str(word) for word in words]
    return subprocess.run(command, cwd=folder, env=kept, input=given, capture_output=True, check=False, timeout=120)
