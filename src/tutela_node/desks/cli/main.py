"""`tutela node`: the operator's commands. Django is loaded by the command that needs it, so that help stays quick."""

import json
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tutela.errors import Invalid
from tutela_node.desks.cli import lists, organisations, reports, tokens, webhooks

if TYPE_CHECKING:
    from tutela_node.evidence.fsck import Finding

app = typer.Typer(no_args_is_help=True, help="Set up, serve, check and show a national node.")
user = typer.Typer(no_args_is_help=True, help="People who sign in to the workbench.")
app.add_typer(user, name="user")
log = typer.Typer(no_args_is_help=True, help="The custody log.")
app.add_typer(log, name="log")
app.add_typer(organisations.app, name="organisation")
app.add_typer(tokens.app, name="token")
app.add_typer(lists.app, name="lists")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(reports.app, name="reports")
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for a program instead of text")]


def load_django(*, needs_tables: bool = True) -> None:
    """Loads every room; a node that was never made is named, before anything fails on its missing tables."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tutela_node.site.settings.all"
    django.setup()
    if needs_tables:
        from tutela_node.desks.cli import setup

        setup.check_made()


@app.command()
def init(exampleland: Annotated[bool, typer.Option(help="add Exampleland's people and organisations")] = False) -> None:
    """Make the data folder, the keys and the tables; safe to repeat, nothing is replaced."""
    load_django(needs_tables=False)
    from tutela_node.desks.cli import setup

    for line in setup.prepare(with_exampleland=exampleland):
        typer.echo(line)


@app.command()
def serve(
    role: Annotated[str, typer.Option(help="public, workbench, api, matcher, mail, worker or all")] = "all",
) -> None:
    """Serve one role, or all of them under one supervisor."""
    from tutela_node.desks.cli import serve as desk
    from tutela_node.desks.cli import supervise
    from tutela_node.desks.cli.supervise import ROLES

    if role not in (*ROLES, "all"):
        raise Invalid(f"is none of {', '.join(ROLES)}, all", place="--role")
    if role == "all":
        raise typer.Exit(supervise.supervise())
    desk.serve(role)


@app.command()
def fsck(as_json: AsJson = False) -> None:
    """Check SQLite's file, the custody log, the vault's files and the releases; exit 1 when anything is wrong."""
    load_django()
    from tutela_node.evidence.fsck import fsck as check
    from tutela_node.evidence.fsck import readable

    problems = 0
    for finding in chain(check(), readable("releases", _releases())):
        problems += finding.is_problem
        typer.echo(json.dumps(finding.as_dict()) if as_json else f"{finding.place}: {finding.message}")
    raise typer.Exit(1 if problems else 0)


def _releases() -> "Iterator[Finding]":
    from tutela_node.blocking import releasing
    from tutela_node.evidence.fsck import Finding

    found = list(releasing.check())
    for place, message in found:
        yield Finding(place=place, message=message, is_problem=True)
    if not found:
        yield Finding(place="releases", message="every named release is there and its signature holds")


@app.command()
def steps(as_json: AsJson = False) -> None:
    """What the stories still have to do, now or later; exit 1 when a step was given up."""
    load_django()
    from tutela_node.desks.cli import steps as desk

    lines, is_given_up = desk.lines(as_json=as_json)
    for line in lines:
        typer.echo(line)
    raise typer.Exit(1 if is_given_up else 0)


@app.command()
def filings(
    as_json: AsJson = False,
    refused: Annotated[bool, typer.Option("--refused", help="list the documents that were refused, and why")] = False,
) -> None:
    """Count the reports that came in several requests, by how they ended, and the documents that were refused."""
    load_django()
    from tutela_node.desks.cli import filings as desk

    for line in desk.refused(as_json=as_json) if refused else desk.counted(as_json=as_json):
        typer.echo(line)


@log.command("export")
def log_export(out: Annotated[Path, typer.Argument(help="the folder to write, made when new")]) -> None:
    """Write the custody log and its newest checkpoint, for `tutela custody verify`."""
    load_django()
    from tutela_node.desks.cli import steps as desk

    typer.echo(desk.export_log(out))


@app.command()
def policy(out: Annotated[Path, typer.Argument(help="where to write policy.json")]) -> None:
    """Write the policy file with which anybody verifies this node's packages and log: public keys only."""
    load_django()
    from tutela_node.evidence.policy import policy_json

    out.write_bytes(policy_json())
    typer.echo(f"wrote {out}")


@app.command()
def demo(
    as_json: AsJson = False,
    once: Annotated[bool, typer.Option("--once", help="play the case, print what proves each step, and stop")] = False,
) -> None:
    """Play one worked case in Exampleland through the real processes, as its four people would."""
    from tutela_node.desks.cli.demo import play

    raise typer.Exit(play.run(once=once, as_json=as_json))


@user.command("add")
def user_add(
    email: str,
    name: str,
    role: Annotated[list[str], typer.Option(help="analyst, senior, police, auditor or operator; repeatable")],
    organisation: Annotated[str, typer.Option(help="name of the organisation; made as a hotline when new")] = "Hotline",
    language: Annotated[str, typer.Option()] = "en",
) -> None:
    """Make a person and print the password for the first sign-in; it is shown once."""
    load_django()
    from tutela_node.desks.cli import setup

    password = setup.add_person(email=email, name=name, roles=role, organisation=organisation, language=language)
    typer.echo(f"{email} signs in with: {password}")


@user.command("list")
def user_list(as_json: AsJson = False) -> None:
    """Who can sign in, and with which roles."""
    load_django()
    from tutela_node.accounts import queries

    for person in queries.people():
        row = {"email": person.email, "name": person.name, "roles": sorted(person.roles)}
        typer.echo(json.dumps(row) if as_json else f"{person.email}  {person.name}  {', '.join(row['roles'])}")
