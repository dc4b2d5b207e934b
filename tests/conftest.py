"""What the tests of several folders share: the cast of the node's tests, and where the cases are.

The cases are data from public projects, kept beside the project and never copied into it. Nothing here starts Django.
"""

import os
from pathlib import Path

import pytest

from tutela_node.conftest import ada, harbour, mira, noor, olga, pavel, timo

__all__ = ["ada", "harbour", "mira", "noor", "olga", "pavel", "timo"]
BESIDE = Path(__file__).resolve().parents[1].parent / "shared" / "cases"


@pytest.fixture(scope="session")
def cases() -> Path:
    folder = Path(os.environ.get("TUTELA_CASES", BESIDE))
    if folder.is_dir():
        return folder
    reason = f"the cases are not at {folder}; set TUTELA_CASES to their folder"
    if os.environ.get("TUTELA_REQUIRE_CASES"):
        pytest.fail(reason)
    pytest.skip(reason)
