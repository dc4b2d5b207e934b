"""`tutela feeds`: blocking lists for resolvers (DNS RPZ) and proxies (keyed hashes) from a file of domains.

Rules:
- a row that cannot be listed is named with its place and reason, never repeated, and stops nothing: exit code 1
- nothing is written when no row can be listed; what is written appears at once and whole
- the key of a hash list never goes into the list; a new key file can be read by its owner only
- exit codes: 0 fine, 1 some rows refused, 3 input could not be read
"""

import os
import secrets
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from tutela.errors import Invalid, TutelaError
from tutela.feeds import Entry, Row, Rows, Zone, admit, key_id, listed_expression, read_rows, render_hashes, render_zone
from tutela.feeds.rows import MAX_BYTES
from tutela.urls import Canonical, canonicalise

REFUSED, UNREADABLE = 1, 3
KEY_BYTES = 32
DEFAULT_ORIGIN = "rpz.localhost"
Listed = TypeVar("Listed")

app = typer.Typer(help="Blocking lists for resolvers and proxies.", no_args_is_help=True)


class Format(StrEnum):
    """What is written."""

    RPZ = "rpz"
    HASHES = "hashes"


@app.callback()
def feeds() -> None:
    """Blocking lists for resolvers and proxies."""


@app.command()
def render(
    format: Annotated[Format, typer.Option("--format", help="rpz: a DNS response-policy zone; hashes: keyed hashes.")],
    source: Annotated[Path, typer.Argument(metavar="IN", help="A domain or address a line, or JSON.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write.")],
    origin: Annotated[str | None, typer.Option(help=f"Zone name (rpz); default {DEFAULT_ORIGIN}.")] = None,
    serial: Annotated[int | None, typer.Option(help="Serial or version of this release; default 1.")] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="Key (hashes), 64 hex digits; default OUT.key, made new.")
    ] = None,
) -> None:
    """Write the list IN to OUT in one of the blocking formats."""
    rows = _read(source)
    version = next((number for number in (serial, rows.serial) if number is not None), 1)
    if format is Format.RPZ:
        rendered, refused = _zone(rows, origin=origin or rows.origin or DEFAULT_ORIGIN, serial=version)
    else:
        rendered, refused = _hashes(rows, key32=_key(key_file or Path(f"{out}.key")), version=version)
    _write(out, rendered)
    if refused:
        typer.echo(f"{refused} of {len(rows.rows)} rows were refused; the others are in {out}", err=True)
        raise typer.Exit(REFUSED)


def _read(source: Path) -> Rows:
    try:
        with source.open("rb") as file:
            return read_rows(file.read(MAX_BYTES + 1))
    except (OSError, TutelaError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        typer.echo(f"{source}: {reason}", err=True)
        raise typer.Exit(UNREADABLE) from None


def _zone(rows: Rows, *, origin: str, serial: int) -> tuple[bytes, int]:
    entries, refused = _usable(rows, lambda row: admit(_entry(row), origin=origin), lambda entry: entry.domain)
    contact = f"hostmaster@{origin}"
    zone = Zone(origin=origin, serial=serial, primary_ns="localhost", contact=contact, entries=tuple(entries))
    return render_zone(zone), refused


def _entry(row: Row) -> Entry:
    if "/" not in row.text:
        return Entry(row.text, include_subdomains=row.include_subdomains)
    canonical = canonicalise(row.text)
    if canonical.path != "/" or canonical.query is not None or canonical.port is not None:
        raise Invalid("this names a page or a port; a DNS zone blocks whole sites only: list it as a keyed hash")
    return Entry(canonical.host, include_subdomains=row.include_subdomains)


def _hashes(rows: Rows, *, key32: bytes, version: int) -> tuple[bytes, int]:
    listed, refused = _usable(rows, _address, listed_expression)
    typer.echo(f"key {key_id(key32)}", err=True)
    return render_hashes(listed, key32=key32, version=version), refused


def _address(row: Row) -> Canonical:
    if not row.include_subdomains:
        raise Invalid("a keyed hash of a host covers the names below it; leave include_subdomains out")
    return canonicalise(row.text)


def _usable(rows: Rows, check: Callable[[Row], Listed], name: Callable[[Listed], str]) -> tuple[list[Listed], int]:
    listed: dict[str, Listed] = {}
    first: dict[str, str] = {}
    refused = 0
    for row in rows.rows:
        try:
            item = _checked(row, check)
            if name(item) in listed:
                raise Invalid(f"this is listed already, at {first[name(item)]}")
        except TutelaError as error:
            refused += 1
            typer.echo(f"{row.place}: {error.message}", err=True)
        else:
            listed[name(item)], first[name(item)] = item, row.place
    if refused and not listed:
        typer.echo("no row can be listed; nothing is written", err=True)
        raise typer.Exit(UNREADABLE)
    return list(listed.values()), refused


def _checked(row: Row, check: Callable[[Row], Listed]) -> Listed:
    if row.problem:
        raise Invalid(row.problem)
    return check(row)


def _key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return _new_key(path)
    except (OSError, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        typer.echo(f"{path}: a key file holds {2 * KEY_BYTES} hex digits", err=True)
        raise typer.Exit(UNREADABLE)
    return key


def _new_key(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
    return key


def _write(out: Path, rendered: bytes) -> None:
    beside = out.with_name(f".{out.name}.part")
    beside.write_bytes(rendered)
    beside.replace(out)
