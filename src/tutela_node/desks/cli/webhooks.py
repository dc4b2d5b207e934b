"""`tutela node webhook`: addresses of organisations that are told when a report of theirs changes."""

import json
from typing import Annotated
from uuid import UUID

import typer

from tutela.errors import Invalid
from tutela_node.desks.cli.organisations import organisation_named

app = typer.Typer(no_args_is_help=True, help="Addresses that are told when a report of their organisation changes.")
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for a program instead of text")]


@app.callback()
def _loaded() -> None:
    """Addresses that are told when a report of their organisation changes."""
    from tutela_node.desks.cli.main import load_django

    load_django()


@app.command("add")
def webhook_add(organisation: str, address: str) -> None:
    """Register an address of an organisation and print its id and its secret; the secret is shown once."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    id, secret = actions.register_webhook(SYSTEM, organisation=organisation_named(organisation), address=address)
    typer.echo(f"{id.hex}  {secret}")


@app.command("list")
def webhook_list(as_json: AsJson = False) -> None:
    """Every address, with how many calls it took, how many wait, how many were given up, and why."""
    from tutela_node.accounts import queries
    from tutela_node.accounts.rules import WEBHOOK_KIND
    from tutela_node.foundation.delivering import delivered

    for each in queries.webhooks():
        told = delivered(WEBHOOK_KIND, each.id)
        row = {
            "webhook": each.id.hex,
            "organisation": each.organisation_name,
            "address": each.address,
            "removed": each.removed_at is not None,
            "sent": told.sent,
            "waiting": told.waiting,
            "failed": told.failed,
            "last_sent": told.last_sent_at.isoformat() if told.last_sent_at else None,
            "problem": told.problem,
        }
        state = "removed" if each.removed_at else f"{told.sent} sent, {told.waiting} wait, {told.failed} given up"
        problem = f": {told.problem}" if told.problem else ""
        text = f"{each.id.hex}  {each.organisation_name}  {each.address}  {state}{problem}"
        typer.echo(json.dumps(row) if as_json else text)


@app.command("remove")
def webhook_remove(webhook: str) -> None:
    """Tell an address nothing more."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    try:
        id = UUID(hex=webhook)
    except ValueError:
        raise Invalid("a webhook is named by the 32 digits that `webhook list` shows", place="webhook") from None
    actions.remove_webhook(SYSTEM, webhook=id)
    typer.echo("removed")
