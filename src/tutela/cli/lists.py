"""`tutela lists`: describe a hash list, or write it in another format; signed lists are in `signedlists.py`.

Rules:
- a row that cannot be read is named on standard error with its place and stops nothing
- what the other format has no place for is counted and told on standard error
- a list that may hold other than harmless files is never written as one of known-good files
- the new file appears at once and whole, readable by its owner only, for hash lists are confidential
- exit codes: 0 fine, 1 problems where `--strict` was given, 2 usage, 3 the list could not be read
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from tutela.cli.listfiles import Seen, appearing, opened_list, placed, purpose_of
from tutela.cli.listwords import bad_title, figures, parsed_title
from tutela.cli.signedlists import app as signed_app
from tutela.cli.signedlists import described_header, header_of_list
from tutela.custody import VerifierKey
from tutela.errors import Invalid, VerificationFailed
from tutela.hashlists import FORMATS, Header, Purpose, verify

PROBLEMS = 1
NAMES = ", ".join(FORMATS)
WRITTEN = ", ".join(name for name, form in FORMATS.items() if form.write)

app = typer.Typer(help="Read, convert, describe and sign hash lists.", no_args_is_help=True)
app.add_typer(signed_app)
From = Annotated[
    str | None,
    typer.Option("--from", metavar="F", help=f"{NAMES}, or a JSON file that maps columns; default: found out."),
]
To = Annotated[str, typer.Option("--to", metavar="G", help=f"{WRITTEN}.")]
Good = Annotated[bool, typer.Option("--known-good", help="IN is a list of harmless files; for nsrl and nsrl3.")]
Title = Annotated[str, typer.Option(metavar="NAME[:NUMBER[:TIME]]", help="Header of a native list; default IN:1:now.")]


@app.command()
def info(
    path: Annotated[Path, typer.Argument(metavar="LIST", help="The list to describe.")],
    form: From = None,
    publisher: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="Check the signature with this verifier key.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when a row could not be read.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
) -> None:
    """Count the entries of a list by algorithm and kind, its deletions and its problems; say what a signed list is."""
    seen, said = Seen(path), _signed(path, publisher or [])
    with opened_list(path, form, is_told=True) as read:
        for _ in seen.entries(read):
            pass
    told = {"list": str(path), **said, **seen.figures()}
    typer.echo(json.dumps(told) if as_json else figures(told))
    if strict and seen.problems:
        raise typer.Exit(PROBLEMS)


def _signed(path: Path, publishers: list[str]) -> dict[str, object]:
    """What a signed list says of itself, and whether its signature was checked; nothing for any other list."""
    header = header_of_list(path)
    if header is None and publishers:
        raise VerificationFailed("not a signed list", place=str(path))
    if header is None:
        return {}
    if publishers:
        with placed(path), path.open("rb") as stream:
            verify(stream, publishers=[VerifierKey.parse(text) for text in publishers])
    return {**described_header(header), "signature": "verified" if publishers else "unverified"}


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="The list to read.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.")],
    to: To,
    form: From = None,
    title: Title = "",
    known_good: Good = False,
) -> None:
    """Write the list IN to OUT in another format."""
    write = FORMATS[to].write if to in FORMATS else None
    if write is None:
        raise typer.BadParameter(f"use one of {WRITTEN}", param_hint="--to")
    good = known_good or purpose_of(source, form) == Purpose.KNOWN_GOOD
    if FORMATS[to].purpose == Purpose.KNOWN_GOOD and not good:
        message = f"{to} holds known-good files only; is this a list of such? Then say --known-good"
        raise Invalid(message, place=str(source))
    header, seen = _header(title, source), Seen(source)
    with opened_list(source, form) as read, appearing(out) as target:
        left_out = write(seen.entries(read), target, header)
    for what, count in sorted(left_out.items()):
        typer.echo(f"{out}: left out {what}: {count}", err=True)


def _header(title: str, source: Path) -> Header:
    name, number, moment = parsed_title(title)
    try:
        return Header(name=name or source.stem, number=1 if number is None else number, created=moment)
    except ValueError:
        raise bad_title() from None
