"""`tutela hash`: fingerprints of files, one line for each.

Rules:
- folders are walked in the order of their names; links to folders are not followed
- what cannot be read is a line too, and stops nothing
- pictures are decoded in a separate process: a file made to break a decoder ends that process, not the walk
- exit codes: 0 fine, 3 an input could not be read
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from tutela.cli.givenforms import Forms, Keyframes, asked_forms
from tutela.media import Fingerprints, Isolated

UNREADABLE = 3

_FIELDS = (
    "kind", "sha256", "sha1", "md5", "pdq", "pdq_quality", "width", "height", "size", "truncated", "problem",
    "seconds", "audio", "frames", "variants",
)  # fmt: skip
Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, and folders to walk.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def hash_paths(paths: Paths, variants: Forms = "none", keyframes: Keyframes = False, as_json: AsJson = False) -> None:
    """Print the fingerprints of files: SHA-256, SHA-1, MD5, and PDQ for pictures."""
    failed = False
    with Isolated(variants=asked_forms(variants), keyframes=keyframes) as isolated:
        for path in _with_progress(list(chain.from_iterable(map(_files, paths)))):
            line = _line(path, isolated)
            failed = failed or "error" in line
            typer.echo(json.dumps(line) if as_json else _readable(line))
    if failed:
        raise typer.Exit(UNREADABLE)


def _files(path: Path) -> Iterator[Path | OSError]:
    if not path.is_dir():
        yield path
        return
    unread: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=unread.append):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names))
    yield from unread


def _with_progress(found: list[Path | OSError]) -> Iterable[Path | OSError]:
    console = Console(stderr=True)
    return track(found, description="Hashing", console=console, disable=not console.is_terminal)


def _line(path: Path | OSError, isolated: Isolated) -> dict[str, Any]:
    if isinstance(path, OSError):
        return {"path": str(path.filename), "error": _reason(path)}
    try:
        fingerprints = _fingerprints(path, isolated)
    except OSError as error:
        return {"path": str(path), "error": _reason(error)}
    values = asdict(fingerprints)
    return {"path": str(path), **{name: values[name] for name in _FIELDS}}


def _fingerprints(path: Path, isolated: Isolated) -> Fingerprints:
    if path.exists() and not path.is_file():
        raise OSError(None, "not a regular file")
    return isolated.fingerprint_path(path)


def _reason(error: OSError) -> str:
    return error.strerror or "could not be read"


def _readable(line: dict[str, Any]) -> str:
    path = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line["path"])
    if "error" in line:
        return f"{path}: {line['error']}"
    perceptual = f"pdq:{line['pdq']} quality:{line['pdq_quality']}" if line["pdq"] else line["problem"]
    return f"{path}: sha256:{line['sha256']} {perceptual}"
