"""`tutela node organisation`: who takes part in what, and to which keys something may be sealed for them."""

import json
from typing import Annotated
from uuid import UUID

import typer

from tutela.errors import Invalid

app = typer.Typer(no_args_is_help=True, help="Organisations, and the keys of those who receive something.")
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for a program instead of text")]


@app.callback()
def _loaded() -> None:
    """Organisations, and the keys of those who receive something."""
    from tutela_node.desks.cli.main import load_django

    load_django()


@app.command("list")
def organisation_list(as_json: AsJson = False) -> None:
    """Every organisation, with its kind and the labels of its keys."""
    from tutela_node.accounts import queries

    keys: dict[UUID, list[str]] = {}
    for key in queries.recipient_keys():
        keys.setdefault(key.organisation, []).append(key.label)
    for each in queries.organisations():
        labels = keys.get(each.id, [])
        row = {"id": str(each.id), "name": each.name, "kind": str(each.kind), "country": each.country, "keys": labels}
        text = f"{each.id}  {each.name}  {each.kind}, {each.country}" + "".join(f"  [{label}]" for label in labels)
        typer.echo(json.dumps(row) if as_json else text)


@app.command("add")
def organisation_add(
    name: str,
    kind: Annotated[str, typer.Option(help="hotline, police, provider, ministry or peer")],
    country: Annotated[str, typer.Option(help="its country's two letters")],
    email: Annotated[str, typer.Option(help="where it is written to")] = "",
) -> None:
    """Register an organisation."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    made = actions.create_organisation(SYSTEM, name=name, kind=kind, country=country, email=email)
    typer.echo(str(made))


@app.command("key")
def organisation_key(
    name: str,
    public: Annotated[str, typer.Argument(help="an age public key, age1…")],
    label: Annotated[str, typer.Option(help="whose key it is there, such as a unit")],
) -> None:
    """Register a key to which packages and copies of lists may be sealed for an organisation."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    actions.register_recipient_key(SYSTEM, organisation=organisation_named(name), public=public, label=label)
    typer.echo(f"registered: {label}")


@app.command("contact")
def organisation_contact(
    name: str,
    person: Annotated[str, typer.Argument(help="who is reached: a person or a desk")],
    purpose: Annotated[str, typer.Option(help="urgent, reports, legal or technical")],
    email: Annotated[str, typer.Option(help="a mail address")] = "",
    phone: Annotated[str, typer.Option(help="a telephone number, with + for the country")] = "",
) -> None:
    """Add whom to reach at an organisation, and what for; print the contact's id."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    home = organisation_named(name)
    made = actions.add_contact(SYSTEM, organisation=home, purpose=purpose, name=person, email=email, phone=phone)
    typer.echo(str(made))


@app.command("contacts")
def organisation_contacts(name: str, as_json: AsJson = False) -> None:
    """Whom to reach at an organisation; for what is urgent first."""
    from tutela_node.accounts import queries

    for each in queries.contacts(organisation_named(name)):
        row = {"id": str(each.id), "purpose": str(each.purpose), "name": each.name}
        row |= {"email": each.email, "phone": each.phone}
        typer.echo(json.dumps(row) if as_json else "  ".join(value for value in row.values() if value))


@app.command("remove-contact")
def organisation_remove_contact(
    contact: Annotated[UUID, typer.Argument(help="its id, as “contacts” prints it")],
) -> None:
    """Remove a contact."""
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    actions.remove_contact(SYSTEM, contact=contact)
    typer.echo("removed")


def organisation_named(name: str) -> UUID:
    """Raises Invalid."""
    from tutela_node.accounts import queries

    found = {each.name: each.id for each in queries.organisations()}
    if name not in found:
        raise Invalid("there is no organisation of that name", place=name)
    return found[name]
