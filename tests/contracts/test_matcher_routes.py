"""Every address of the match service says who may come in, and lets in or turns away exactly so."""

import subprocess
import sys

import pytest

from tutela_node.desks.matcher.desk import ROUTES
from tutela_node.desks.matcher.means import LOOK_UP
from tutela_node.desks.matcher.tests import stage
from tutela_node.desks.matcher.tests.stage import World
from tutela_node.foundation import permissions
from tutela_node.hashlists.permissions import LOOK_UP as PERMISSION

decoder, make_world, world = stage.decoder, stage.make_world, stage.world
OPEN = {"/", "/health", "/ready", "/openapi.json", "/status", "/status/live", "/site-map"}


def visits(world: World, token: str | None) -> dict[str, int]:
    seen = {}
    for route in ROUTES:
        method = "POST" if route.method == "*" else route.method
        path = route.path.replace("*", "nothing")
        seen[f"{method} {path}"] = world.call(method, path, token=token, json={}).status
    return seen


def test_the_permission_is_the_rooms() -> None:
    assert PERMISSION.name == LOOK_UP
    assert permissions.Role.PROVIDER in PERMISSION.roles


def test_without_a_token_there_is_only_what_tells_nothing(world: World) -> None:
    assert {route.path for route in ROUTES if route.who == "public"} == OPEN
    assert all(route.who in ("public", LOOK_UP) for route in ROUTES)
    for name, status in visits(world, None).items():
        assert (status == 401) is (name.split()[1] not in OPEN), name


@pytest.mark.parametrize("token", ["nonsense", f"tut_{'0' * 32}_{'0' * 64}"])
def test_a_bad_token_opens_nothing(world: World, token: str) -> None:
    assert {status for name, status in visits(world, token).items() if name.split()[1] not in OPEN} == {401}


@pytest.mark.parametrize("changed", [{"scopes": frozenset({"intake.report"})}, {"suspended": "asked around"}])
def test_another_scope_or_a_suspended_token_opens_nothing(make_world, changed: dict[str, object]) -> None:
    seen = visits(make_world(**changed), "harbour")
    assert {status for name, status in seen.items() if name.split()[1] not in OPEN} == {403}


def test_an_ended_token_opens_nothing(make_world) -> None:
    seen = visits(make_world(expires=1), "harbour")
    assert {status for name, status in seen.items() if name.split()[1] not in OPEN} == {401}


def test_a_token_gets_in_everywhere_but_where_lists_would_be_shown(world: World) -> None:
    for name, status in visits(world, "harbour").items():
        assert (status == 403) is ("/c/" in name), name
        assert status < 500, name


def test_every_answer_carries_strict_headers(world: World) -> None:
    for route in ROUTES:
        answer = world.call("GET", route.path.replace("*", "nothing"))
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; "), route.path
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_the_process_holds_no_framework_and_no_database() -> None:
    code = "import sys, tutela_node.desks.matcher.serving as s; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert not [
        each for each in ("'django'", "'sqlite3'", "'psycopg'", "tutela_node.accounts.models") if each in loaded
    ]
