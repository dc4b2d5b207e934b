"""The project's own source, for the tests that read it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"


def files() -> list[Path]:
    """Every Python file of the two packages, without migrations and tests."""
    skipped = {"migrations", "tests"}
    found = (path for path in SRC.rglob("*.py") if not skipped & set(path.relative_to(SRC).parts))
    return sorted(path for path in found if path.name != "conftest.py")


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    return str(path.relative_to(SRC))
