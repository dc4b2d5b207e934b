"""What `init` and `user` do: keys, tables, first people. Safe to repeat: nothing that exists is replaced."""

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pyrage
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tutela_node.accounts import actions, queries
from tutela_node.desks.cli.exampleland import people as exampleland
from tutela_node.foundation import keys
from tutela_node.foundation.errors import Missing, Unavailable
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.foundation.profile import current

PLACE = "exampleland.json"


def prepare(*, with_exampleland: bool) -> Iterator[str]:
    """Makes what is missing and says each thing that it made."""
    settings.TUTELA.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in keys.make_missing():
        yield f"made the key {name}"
    call_command("migrate", verbosity=0, interactive=False)
    yield "the tables are up to date"
    if with_exampleland and not (settings.TUTELA.data / PLACE).exists():
        _add_exampleland()
        yield f"added Exampleland; its passwords, token and police key are in {settings.TUTELA.data / PLACE}"


def check_made() -> None:
    """Raises Missing where `init` has not made the tables, Unavailable when the database does not answer."""
    try:
        known = connection.introspection.table_names()
    except DatabaseError:
        raise Unavailable("the database does not answer, or `tutela node init` was never run here") from None
    if "step" not in known:
        raise Missing("there is no node here yet: run `tutela node init`", place=str(settings.TUTELA.data))


def add_person(*, email: str, name: str, roles: list[str], organisation: str, language: str) -> str:
    """Makes a person with a random first password and returns it."""
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        home = _organisation(organisation, "hotline")
        person = actions.add_person(
            SYSTEM, email=email, name=name, organisation=home, password=password, language=language
        )
        for role in roles:
            actions.grant_role(SYSTEM, person=person, role=role)
    return password


def _add_exampleland() -> None:
    """The people and the file with their passwords, or neither: killed anywhere, it can be run again."""
    part = settings.TUTELA.data / f"{PLACE}.part"
    is_known = exampleland.PEOPLE[0].email in {person.email for person in queries.people()}
    if not (is_known and part.exists()):
        with transaction.atomic():
            _write_private(part, json.dumps(_exampleland(), indent=1).encode())
    os.replace(part, settings.TUTELA.data / PLACE)


def _exampleland() -> dict[str, object]:
    with transaction.atomic():
        homes = {name: _organisation(name, kind) for name, kind in exampleland.ORGANISATIONS}
        provider, police = homes[exampleland.PROVIDER], homes[exampleland.POLICE]
        for kind in ("intake", "matcher"):
            actions.sign_agreement(SYSTEM, organisation=provider, kind=kind, basis="XA-CPA-12", days=365)
        token = actions.issue_token(SYSTEM, organisation=provider, name="exercise", scopes=exampleland.SCOPES, days=365)
        identity = pyrage.x25519.Identity.generate()
        key = actions.register_recipient_key(
            SYSTEM, organisation=police, public=str(identity.to_public()), label="Evidence desk"
        )
    passwords = {
        person.email: add_person(
            email=person.email,
            name=person.name,
            roles=list(person.roles),
            organisation=person.organisation,
            language=person.language,
        )
        for person in exampleland.PEOPLE
    }
    return {"passwords": passwords, "token": token, "police_key": str(identity), "recipient": str(key)}


def _organisation(name: str, kind: str) -> UUID:
    known = {each.name: each.id for each in queries.organisations()}
    return known.get(name) or actions.create_organisation(
        SYSTEM, name=name, kind=kind, country=current().code, email=""
    )


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
