"""`tutela wire`: whether a report that is sent to a node, or comes from one, has the form it should have.

Rules:
- the form is told by the file's own bytes, unless it is named; everything found is shown, with its place
- what was written in the report is never repeated
- exit codes: 0 nothing to refuse (warnings and notes may be shown), 1 refused, 3 input could not be read as any form
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from tutela.errors import Invalid, Limited
from tutela.wire.form import Finding, Form, is_refused
from tutela.wire.forms import FORMS, recognise

REFUSED = 1
MOST_BYTES = 64 << 20

app = typer.Typer(help="Reports in the forms in which they travel.", no_args_is_help=True)


@app.callback()
def wire() -> None:
    """Reports in the forms in which they travel."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document, or - for standard input.")],
    form: Annotated[str | None, typer.Option(help="Its form, where it is not to be told by its bytes.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse what breaks a rule beyond the form, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Recognise the form of a report and say what is wrong in it, and where."""
    raw = _read(file)
    known = _named(form) if form else recognise(raw)
    findings = known.check(raw)
    refused = is_refused(findings, strict=strict)
    if as_json:
        found = [_row(each) for each in findings]
        typer.echo(json.dumps({"path": str(file), "form": known.name, "refused": refused, "findings": found}))
    else:
        for each in findings:
            typer.echo(f"{file}: {each.weight}: {each}")
        typer.echo(f"{file}: {known.title}: {'refused' if refused else 'accepted'}")
    raise typer.Exit(REFUSED if refused else 0)


def _read(file: Path) -> bytes:
    if str(file) == "-":
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    else:
        with file.open("rb") as handle:
            raw = handle.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Limited(f"has more than the {MOST_BYTES} bytes that are read", place=str(file))
    return raw


def _named(name: str) -> Form:
    for form in FORMS:
        if form.name == name:
            return form
    raise Invalid(f"must be one of {', '.join(form.name for form in FORMS)}", place="--form")


def _row(each: Finding) -> dict[str, object]:
    return {
        "weight": str(each.weight),
        "rule": each.rule,
        "place": each.place,
        "line": each.line,
        "message": each.message,
    }
