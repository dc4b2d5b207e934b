"""The cast of the node's tests: the same few people everywhere, as actors backed by rows.

Mira and Timo assess, Timo and Noor decide second, Pavel is of the police, Olga keeps the node running, Ada audits, and
Harbour is the program of a provider. Their rows are written directly, so that a test begins with an empty ledger.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tutela_node.accounts.models import Organisation
    from tutela_node.foundation.permissions import Actor

PASSWORD = "a long sentence for tests"  # noqa: S105  # of people who exist in tests only
HOTLINE = "Reporting line Exampleland"
POLICE = "Exampleland Police, child protection unit"
PROVIDER = "Harbour Hosting"
PROVIDER_SCOPES = ["hashlists.look_up", "intake.read_own", "intake.report"]


@pytest.fixture
def mira(db: None) -> "Actor":
    return _person("Mira Kade", "hotline", "analyst")


@pytest.fixture
def timo(db: None) -> "Actor":
    return _person("Timo Aho", "hotline", "analyst", "senior")


@pytest.fixture
def noor(db: None) -> "Actor":
    return _person("Noor Haddad", "hotline", "senior")


@pytest.fixture
def olga(db: None) -> "Actor":
    return _person("Olga Weiss", "hotline", "operator")


@pytest.fixture
def ada(db: None) -> "Actor":
    return _person("Ada Lind", "hotline", "auditor")


@pytest.fixture
def pavel(db: None) -> "Actor":
    return _person("Pavel Novak", "police", "police")


@pytest.fixture
def harbour(db: None) -> "Actor":
    from tutela_node.accounts.models import Token
    from tutela_node.foundation import clock
    from tutela_node.foundation.permissions import Actor, Role

    home, now = _organisation("provider"), clock.now()
    row = Token.objects.create(
        organisation=home,
        name="exercise",
        digest="0" * 64,
        scopes=PROVIDER_SCOPES,
        issued_at=now,
        expires_at=now + timedelta(days=1),
    )
    return Actor(
        id=row.id,
        name=f"{home.name}: exercise",
        roles=frozenset({Role.PROVIDER}),
        organisation=home.id,
        scopes=frozenset(PROVIDER_SCOPES),
    )


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    """Counted attempts of one test never limit the next."""
    yield
    from django.core.cache import cache

    cache.clear()


def _person(name: str, kind: str, *roles: str) -> "Actor":
    from tutela_node.accounts.models import Grant, Person
    from tutela_node.accounts.queries import actor_of
    from tutela_node.foundation import clock

    first = name.partition(" ")[0].lower()
    person = Person.objects.filter(email=f"{first}@{kind}.example").first() or Person.objects.create_user(
        f"{first}@{kind}.example", PASSWORD, name=name, organisation=_organisation(kind)
    )
    Grant.objects.bulk_create(Grant(person=person, role=role, granted_at=clock.now()) for role in roles)
    return actor_of(person)


def _organisation(kind: str) -> "Organisation":
    from tutela_node.accounts.models import Organisation

    name = {"hotline": HOTLINE, "police": POLICE, "provider": PROVIDER}[kind]
    row, _ = Organisation.objects.get_or_create(name=name, defaults={"kind": kind, "country": "XA"})
    return row
