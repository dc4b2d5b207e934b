"""`tutela node lists`: bring a list file into the node from the shell, on the same way as from the workbench."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from tutela.errors import Invalid, Unavailable

app = typer.Typer(no_args_is_help=True, help="Hash lists of the node.")
OCTETS = 1 << 20
MOST = 1 << 38


@app.callback()
def _loaded() -> None:
    """Hash lists of the node."""
    from tutela_node.desks.cli.main import load_django

    load_django()


@app.command("import")
def list_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the file of the list")],
    name: Annotated[str, typer.Option(help="name of the list; one that is there is brought up to date")],
    format: Annotated[str, typer.Option(help="its format; found out from the file when it is not named")] = "",
    column: Annotated[
        list[str] | None, typer.Option(help="a column of a table and its field, such as Hash=md5; repeatable")
    ] = None,
    trusted: Annotated[bool, typer.Option(help="the list is trusted")] = False,
    known_good: Annotated[bool, typer.Option(help="files known to be harmless: they never match")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for a program instead of text")] = False,
) -> None:
    """Import a list file of any size. Killed, it goes on with the worker; problems are told with their places."""
    from tutela_node.foundation.permissions import Actor, Role
    from tutela_node.hashlists import holding, overview
    from tutela_node.hashlists.rules import ImportState, Purpose
    from tutela_node.journeys import list_imported

    actor = Actor(id=None, name="operator at the shell", roles=frozenset({Role.OPERATOR}))
    with holding.receive(MOST) as holder, file.open("rb") as source:
        while piece := source.read(OCTETS):
            holder.write(piece)
        held = holder.seal()
    id = list_imported.begin_import(
        actor,
        name=name,
        format=format,
        mapping=_columns(column or []),
        held=held,
        trusted=trusted,
        purpose=Purpose.KNOWN_GOOD if known_good else Purpose.KNOWN,
    )
    while (made := overview.read_import(actor, id)).state is ImportState.RUNNING:
        if not as_json and sys.stderr.isatty():
            typer.echo(f"\r{made.percent or 0:3d} %  {made.position} rows  {made.rate}/s ", err=True, nl=False)
        if not list_imported.advance(id):
            time.sleep(0.2)
    row = {"import": str(id), "list": made.list_name, "state": str(made.state), "read": made.read, "added": made.added}
    row |= {"withdrawn": made.withdrawn, "quarantined": made.quarantined, "problems": made.problem_count}
    if as_json:
        typer.echo(json.dumps({**row, "places": [dict(each) for each in made.problems]}, ensure_ascii=False))
    else:
        typer.echo("  ".join(f"{key}: {value}" for key, value in row.items()))
        for problem in made.problems:
            typer.echo(f"{problem['place']}: {problem['message']}")
    if made.state is not ImportState.DONE:
        raise Unavailable(made.trouble or "the import was cancelled", place=str(file))


@app.command()
def publisher() -> None:
    """Print the key with which recipients verify the copies of lists that this node hands out."""
    from tutela_node.hashlists import copy_building

    typer.echo(copy_building.publisher())


@app.command()
def whose(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a list that was found somewhere")],
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for a program instead of text")] = False,
) -> None:
    """Say whose copies of our list a found list holds canaries of; exit code 1 when there are any."""
    from tutela.cli.listfiles import opened_list
    from tutela_node.hashlists import alarms

    with opened_list(file, is_told=True) as read:
        found = alarms.whose(read)
    if as_json:
        rows = [{"copy": copy, "recipient": name, "canaries": count} for (copy, name), count in found.items()]
        typer.echo(json.dumps({"copies": rows}))
    else:
        for (copy, name), count in found.items():
            typer.echo(f"{copy}  {name}: {count} canaries")
        if not found:
            typer.echo("no canary of ours; that proves nothing: they can be taken out by comparing copies")
    if found:
        raise typer.Exit(1)


def _columns(given: list[str]) -> dict[str, str]:
    columns = {}
    for each in given:
        column, mark, field = each.rpartition("=")
        if not mark or not column or not field:
            raise Invalid("write a column, an equals sign and a field, such as Hash=md5", place="--column")
        columns[column] = field
    return columns
