"""Every address says who may come in, and each role gets in or is turned away exactly so."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from routes import DESKS, Route, all_views, routes, settings_of

from tutela_node.foundation.permissions import Permission, Role

pytestmark = pytest.mark.django_db

PEOPLE = (Role.ANALYST, Role.SENIOR, Role.POLICE, Role.AUDITOR, Role.OPERATOR)
SIGN_IN = "/sign-in/login/"
OWN_REPORTS = "api:GET/api/v1/reports"  # an empty list, where there are none
JSON = {"/api/v1/match": {"sha256": "00" * 32}}  # the library reads a body before it asks who sent it


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a visit ended."""

    status: int
    location: str

    @property
    def was_refused(self) -> bool:
        return self.status in (401, 403) or self.location.startswith(f"{SIGN_IN}?next=")


@pytest.fixture(params=DESKS)
def desk(request: pytest.FixtureRequest) -> Iterator[str]:
    with override_settings(**settings_of(request.param)):
        yield request.param


def visit(client: Client, route: Route) -> Seen:
    """A GET, or the method that the address takes instead; whatever it wrote is checked, then undone."""
    with transaction.atomic():
        answer = client.get(route.path)
        if answer.status_code == 405 or route.method not in ("", "GET"):
            allowed = answer.headers.get("Allow", "").split(",")
            method = route.method or next(each.strip() for each in allowed if each.strip() != "OPTIONS")
            data = json.dumps(JSON.get(route.path, {}))
            answer = client.generic(method, route.path, data, content_type="application/json")
        seen = Seen(status=answer.status_code, location=answer.headers.get("Location", ""))
        try:
            connection.check_constraints()
        except IntegrityError:
            seen = Seen(status=500, location="")  # that is how the commit would have ended
        transaction.set_rollback(True)
    return seen


def walked(client: Client, desk: str, roles: frozenset[Role], *, is_known: bool) -> list[str]:
    """The routes that do not answer as they declare, for somebody with these roles."""
    wrong = []
    for route in routes(desk):
        seen = visit(client, route)
        allowed = _allowed(route, roles, is_known=is_known)
        if seen.status >= 500 and seen.status != 503:
            wrong.append(f"{route} broke with {seen.status}")
        elif seen.was_refused is allowed:
            wrong.append(f"{route} answered {seen.status} and should {'let in' if allowed else 'refuse'}")
    return wrong


def _allowed(route: Route, roles: frozenset[Role], *, is_known: bool) -> bool:
    if "public" in route.who:
        return True
    if not is_known:
        return False
    return "signed in" in route.who or any(isinstance(door, Permission) and roles & door.roles for door in route.who)


@pytest.mark.parametrize(("path", "view"), all_views())
def test_every_view_says_who_may_come_in(path: str, view: object) -> None:
    doors = getattr(view, "who", ())
    assert doors, f"{path} does not say who may come in"
    assert all(door in ("public", "signed in") or isinstance(door, Permission) for door in doors)


@pytest.mark.parametrize("desk", DESKS, indirect=True)
def test_a_stranger_gets_in_where_everybody_may(desk: str) -> None:
    assert not walked(Client(), desk, frozenset(), is_known=False)


@pytest.mark.parametrize("role", [*PEOPLE, None])
@pytest.mark.parametrize("desk", ["workbench"], indirect=True)
def test_a_person_gets_in_where_the_role_may(desk: str, role: Role | None) -> None:
    client = Client()
    client.force_login(_somebody(role))
    assert not walked(client, desk, frozenset({role} if role else ()), is_known=True)


@pytest.mark.parametrize("desk", ["api"], indirect=True)
def test_a_token_gets_in_where_its_scopes_may(desk: str) -> None:
    doors = {door for route in routes(desk) for door in route.who if isinstance(door, Permission)}
    for scope in sorted(door.name for door in doors):
        client = Client(headers={"Authorization": f"Bearer {_token(scope)}"})
        for route in routes(desk):
            allowed = "public" in route.who or any(getattr(door, "name", "") == scope for door in route.who)
            assert visit(client, route).was_refused is not allowed, f"{route} with the scope {scope}"


@pytest.mark.parametrize("desk", ["api"], indirect=True)
@pytest.mark.parametrize("token", ["nonsense", f"tut_{'0' * 32}_{'0' * 43}"])
def test_a_bad_token_opens_nothing(desk: str, token: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {token}"})
    assert not walked(client, desk, frozenset(), is_known=False)


@pytest.mark.parametrize("desk", ["api"], indirect=True)
def test_a_token_without_an_agreement_sends_and_asks_nothing(desk: str) -> None:
    """It may still read what became of its own organisation's reports; here there are none."""
    closed = [route for route in routes(desk) if "public" not in route.who and str(route) != OWN_REPORTS]
    scopes = {door.name for route in closed for door in route.who}
    client = Client(headers={"Authorization": f"Bearer {_token(*(scopes - {'intake.test'}), agreed=False)}"})
    assert {visit(client, route).status for route in closed} <= {403, 404}


def _somebody(role: Role | None) -> object:
    from tutela_node.accounts.models import Person
    from tutela_node.conftest import _person

    actor = _person("Somebody Else", "hotline", *([str(role)] if role else []))
    return Person.objects.get(id=actor.id)


def _token(*scopes: str, agreed: bool = True) -> str:
    from tutela_node.accounts import actions
    from tutela_node.foundation.permissions import SYSTEM

    home = actions.create_organisation(SYSTEM, name=f"Host {'-'.join(scopes)}", kind="provider", country="XA", email="")
    for kind in ("intake", "matcher", "takedown") if agreed else ():
        actions.sign_agreement(SYSTEM, organisation=home, kind=kind, basis="XA-CPA-12", days=9)
    return actions.issue_token(SYSTEM, organisation=home, name="walk", scopes=list(scopes), days=9)
