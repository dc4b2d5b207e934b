"""`tutela lists`: describe a hash list, or write it in another format.

Rules:
- a row that cannot be read is named on standard error with its place and stops nothing
- what the other format has no place for is counted and told on standard error
- the new file appears at once and whole, readable by its owner only, for hash lists are confidential
- exit codes: 0 fine, 1 problems where `--strict` was given, 2 usage, 3 the list could not be read
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from tutela.cli.listfiles import Seen, opened_list
from tutela.hashlists import FORMATS, Header

PROBLEMS = 1
NAMES = ", ".join(FORMATS)
WRITTEN = ", ".join(name for name, form in FORMATS.items() if form.write)

app = typer.Typer(help="Read, convert and describe hash lists.", no_args_is_help=True)
From = Annotated[
    str | None,
    typer.Option("--from", metavar="F", help=f"{NAMES}, or a JSON file that maps columns; default: found out."),
]
To = Annotated[str, typer.Option("--to", metavar="G", help=f"{WRITTEN}.")]
Title = Annotated[str, typer.Option(metavar="NAME[:NUMBER[:TIME]]", help="Header of a native list; default IN:1:now.")]


@app.command()
def info(
    path: Annotated[Path, typer.Argument(metavar="LIST", help="The list to describe.")],
    form: From = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when a row could not be read.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
) -> None:
    """Count the entries of a list by algorithm and kind, its deletions and its problems."""
    seen = Seen(path)
    with opened_list(path, form) as read:
        for _ in seen.entries(read):
            pass
    figures = {"list": str(path), **seen.figures()}
    typer.echo(
        json.dumps(figures) if as_json else "\n".join(f"{name}: {_text(each)}" for name, each in figures.items())
    )
    if strict and seen.problems:
        raise typer.Exit(PROBLEMS)


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="The list to read.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.")],
    to: To,
    form: From = None,
    title: Title = "",
) -> None:
    """Write the list IN to OUT in another format."""
    write = FORMATS[to].write if to in FORMATS else None
    if write is None:
        raise typer.BadParameter(f"use one of {WRITTEN}", param_hint="--to")
    header, seen = _header(title, source), Seen(source)
    with opened_list(source, form) as read, _appearing(out) as target:
        left_out = write(seen.entries(read), target, header)
    for what, count in sorted(left_out.items()):
        typer.echo(f"{out}: left out {what}: {count}", err=True)


def _header(title: str, source: Path) -> Header:
    name, _, rest = title.partition(":")
    number, _, created = rest.partition(":")
    try:
        moment = datetime.fromisoformat(created) if created else datetime.now(UTC).replace(microsecond=0)
        return Header(name=name or source.stem, number=int(number or "1"), created=moment)
    except ValueError:
        raise typer.BadParameter(
            "expected a name, a whole number and a time with its zone", param_hint="--title"
        ) from None


@contextmanager
def _appearing(out: Path) -> Iterator[BinaryIO]:
    """A new file beside `out` that takes its place when all went well, and is gone when not."""
    handle, made = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        Path(made).replace(out)
    finally:
        Path(made).unlink(missing_ok=True)


def _text(figure: object) -> str:
    if isinstance(figure, dict):
        return ", ".join(f"{name} {count}" for name, count in figure.items()) or "none"
    return str(figure)
