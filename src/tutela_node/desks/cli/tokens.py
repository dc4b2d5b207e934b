"""`tutela node token`: what organisations' programs show. The raw token is printed once, when it is issued."""

import json
from typing import Annotated
from uuid import UUID

import typer

from tutela.errors import Invalid
from tutela_node.desks.cli.organisations import organisation_named

app = typer.Typer(no_args_is_help=True, help="Tokens of organisations' programs, and the agreements they rest on.")
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for a program instead of text")]
Reason = Annotated[str, typer.Option(help="why; it is part of the log")]


@app.callback()
def _loaded() -> None:
    """Tokens of organisations' programs, and the agreements they rest on."""
    from tutela_node.desks.cli.main import load_django

    load_django()


@app.command("list")
def token_list(as_json: AsJson = False) -> None:
    """Every token, with its scopes, its end, and why it is suspended."""
    from tutela_node.accounts import queries

    for each in queries.tokens():
        row = {
            "token": each.id.hex,
            "organisation": each.organisation_name,
            "name": each.name,
            "scopes": list(each.scopes),
            "expires": each.expires_at.isoformat(),
            "revoked": bool(each.revoked_at),
            "suspended": each.suspended_for,
        }
        state = "revoked" if each.revoked_at else f"suspended: {each.suspended_for}" if each.suspended_at else "in use"
        text = f"{each.id.hex}  {each.organisation_name}: {each.name}  until {each.expires_at:%Y-%m-%d}  {state}"
        typer.echo(json.dumps(row) if as_json else text)


@app.command("issue")
def token_issue(
    organisation: str,
    name: str,
    scope: Annotated[list[str], typer.Option(help="such as hashlists.look_up; repeatable")],
    days: Annotated[int, typer.Option(min=1, help="how long it is valid")] = 365,
) -> None:
    """Issue a token to an organisation and print it; it is shown once."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    typer.echo(
        actions.issue_token(SYSTEM, organisation=organisation_named(organisation), name=name, scopes=scope, days=days)
    )


@app.command("agree")
def token_agree(
    organisation: str,
    basis: Annotated[str, typer.Option(help="the law or the contract it rests on")],
    kind: Annotated[str, typer.Option(help="intake, matcher, takedown, blocking or hashlists")] = "matcher",
    days: Annotated[int, typer.Option(min=1)] = 365,
    host: Annotated[
        list[str] | None, typer.Option(help="a host whose addresses a question may name; repeatable")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="refuse reports that break a rule beyond their form, too")
    ] = False,
) -> None:
    """Record an agreement with an organisation: without one, its tokens open nothing."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    home = organisation_named(organisation)
    hosts = tuple(host or ())
    actions.sign_agreement(SYSTEM, organisation=home, kind=kind, basis=basis, days=days, hosts=hosts, strict=strict)
    typer.echo(f"recorded: {kind} with {organisation} for {days} days")


@app.command("revoke")
def token_revoke(token: str) -> None:
    """End a token for good."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    actions.revoke_token(SYSTEM, token=_id(token))
    typer.echo("revoked")


@app.command("suspend")
def token_suspend(token: str, reason: Reason) -> None:
    """Let a token look nothing up until it is resumed."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    was_asking = actions.suspend_token(SYSTEM, token=_id(token), reason=reason)
    typer.echo("suspended" if was_asking else "it was suspended already, or is not there")


@app.command("resume")
def token_resume(token: str, reason: Reason) -> None:
    """Let a suspended token look things up again."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    actions.resume_token(SYSTEM, token=_id(token), reason=reason)
    typer.echo("resumed")


def _id(text: str) -> UUID:
    try:
        return UUID(hex=text)
    except ValueError:
        raise Invalid("a token is named by the 32 digits that `token list` shows", place="token") from None
