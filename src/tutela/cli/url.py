"""`tutela url`: the canonical form of an address, and the expressions under which a list may name it.

Rules:
- schemes other than http and https are taken where a host follows, because lists of others hold them
- `-` reads one address a line from standard input; a bad line is named on standard error and stops nothing
- exit codes: 0 fine, 3 an address could not be read
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from tutela.errors import TutelaError
from tutela.urls import Canonical, canonicalise, expressions

UNREADABLE = 3

app = typer.Typer(help="Canonical web addresses and their expressions.", no_args_is_help=True)
Address = Annotated[str, typer.Argument(metavar="URL", help="An address, or - for one a line on standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def canonical(url: Address, as_json: AsJson = False) -> None:
    """Print the canonical form of an address."""
    _each(url, _described if as_json else lambda canonical: [canonical.text])


@app.command(name="expressions")
def show_expressions(url: Address, as_json: AsJson = False) -> None:
    """Print the host and path expressions of an address, the most exact first."""
    _each(url, _expressed if as_json else lambda canonical: list(expressions(canonical)))


def _each(url: str, show: Callable[[Canonical], list[str]]) -> None:
    failed = False
    for place, text in _addresses(url):
        try:
            lines = show(canonicalise(text, schemes=None))
        except TutelaError as error:
            failed = True
            typer.echo(f"{place}: {error}", err=True)
        else:
            typer.echo("\n".join(lines))
    if failed:
        raise typer.Exit(UNREADABLE)


def _addresses(url: str) -> Iterator[tuple[str, str | bytes]]:
    if url != "-":
        yield "URL", url
        return
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if line.strip():
            yield f"line {number}", line


def _described(canonical: Canonical) -> list[str]:
    members = {
        "canonical": canonical.text,
        "scheme": canonical.scheme,
        "host": canonical.host,
        "port": canonical.port,
        "path": canonical.path,
        "query": canonical.query,
        "registrable_domain": canonical.registrable_domain,
        "is_ip": canonical.is_ip,
        "is_onion": canonical.is_onion,
        "is_public_suffix": canonical.is_public_suffix,
    }
    return [json.dumps(members, ensure_ascii=False)]


def _expressed(canonical: Canonical) -> list[str]:
    return [json.dumps({"canonical": canonical.text, "expressions": expressions(canonical)}, ensure_ascii=False)]
