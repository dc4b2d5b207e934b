"""`tutela package`: check an evidence package offline, with the keys of a policy file.

Rules:
- the policy comes from the reader's side; nothing in the package says whom to trust
- a sealed file (age) is opened into a private temporary folder, which is removed whatever happens, because `age`
  authenticates the end of a file last; set TMPDIR to choose the disk
- exit codes: 0 verified, 1 something does not hold (with its place), 2 usage, 3 a file could not be read
"""

import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from tutela.custody import parse_policy
from tutela.custody.log import read_bounded
from tutela.custody.policy import MAX_POLICY
from tutela.packages import VerifiedPackage, verify_package
from tutela.packages.record import time_text
from tutela.sealing import open_age_file

AGE = b"age-encryption.org/v1\n"
MAX_IDENTITY = 64 * 1024

app = typer.Typer(help="Check an evidence package.", no_args_is_help=True)


@app.callback()
def package() -> None:
    """Check an evidence package."""


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The package: a .tar, or the .age file around it.")],
    policy: Annotated[Path, typer.Option(help="The policy file: which logs and package keys are trusted.")],
    identity: Annotated[Path | None, typer.Option(help="The age key file that opens a sealed package.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say what was verified as JSON.")] = False,
) -> None:
    """Verify a package; exit code 1 and the place when something does not hold."""
    trusted = parse_policy(read_bounded(policy, MAX_POLICY))
    with _opened(path, identity) as archive, _bar(archive.stat().st_size) as progress:
        verified = verify_package(archive, trusted, progress=progress)
    typer.echo(json.dumps(_described(verified)) if as_json else "\n".join(_lines(verified)))


@contextmanager
def _opened(path: Path, identity: Path | None) -> Iterator[Path]:
    with path.open("rb") as handle:
        is_sealed = handle.read(len(AGE)) == AGE
    if not is_sealed:
        yield path
        return
    if identity is None:
        raise typer.BadParameter("this file is sealed with age: give --identity with your key file")
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the folder is removed then too
    with tempfile.TemporaryDirectory(prefix="tutela-") as folder:
        plain = Path(folder) / "package.tar"
        open_age_file(path, plain, read_bounded(identity, MAX_IDENTITY).decode("utf-8", "replace"))
        yield plain


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    console = Console(stderr=True)
    columns = ("Verifying", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("verify", total=total)
        yield lambda size: progress.advance(task, size)


def _described(verified: VerifiedPackage) -> dict[str, object]:
    record = verified.record
    log = {"origin": record.origin, "size": verified.checkpoint.size, "root": verified.checkpoint.root.hex()}
    leaves = {leaf.event: leaf for leaf in verified.leaves}
    events = [{**asdict(entry), "kind": leaves[entry.event].kind} for entry in record.events]
    return {
        "verified": "package",
        "id": record.id,
        "created_at": record.created_at,
        "signed_by": verified.signed_by,
        "bytes": verified.size,
        "case": asdict(record.facts),
        "exhibits": [asdict(exhibit) for exhibit in record.exhibits],
        "events": events,
        "log": log,
    }


def _lines(verified: VerifiedPackage) -> Iterator[str]:
    record, facts = verified.record, verified.record.facts
    yield f"Package {record.id} of {record.created_at}: verified"
    yield f"  archive    canonical, {verified.size} bytes, {len(record.members)} files as listed"
    yield f"  signature  by {verified.signed_by}, a key of the policy"
    yield f"  case       {facts.reference}; {facts.organisation} to {facts.recipient}; {facts.legal_basis}"
    yield f"  released   by {facts.released_by_first} and {facts.released_by_second}"
    yield f"  verdict    {facts.verdict_code} under {facts.verdict_scheme}"
    for exhibit in record.exhibits:
        yield f"  exhibit    {exhibit.number}: {exhibit.size} bytes, SHA-256 {exhibit.sha256}"
    yield f"  log        {record.origin}, {verified.checkpoint.size} events, root {verified.checkpoint.root.hex()}"
    for leaf, entry in zip(verified.leaves, record.events, strict=True):
        yield f"  event      {entry.index}: {leaf.kind} at {time_text(leaf.at, 'at')}, opened and in the log"
