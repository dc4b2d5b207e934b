"""Tokens from the command line: issued once, listed without their secret, suspended and resumed."""

import json

import pytest
from typer.testing import CliRunner

from tutela_node.accounts import queries
from tutela_node.desks.cli.tokens import app

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0
    return done.output.strip()


def test_a_token_is_issued_listed_suspended_resumed_and_revoked(harbour) -> None:
    raw = run("issue", "Harbour Hosting", "filter", "--scope", "hashlists.look_up")
    actor = queries.actor_of_token(raw)
    (row,) = [json.loads(line) for line in run("list", "--json").splitlines() if "filter" in line]
    assert row["token"] == actor.id.hex
    assert raw.rpartition("_")[2] not in json.dumps(row)
    assert run("suspend", row["token"], "--reason", "asks around one point") == "suspended"
    assert "suspended: asks" in run("list")
    run("resume", row["token"], "--reason", "agreed with them")
    run("revoke", row["token"])
    assert "revoked" in run("list")


def test_an_agreement_names_its_hosts(harbour) -> None:
    run("issue", "Harbour Hosting", "filter", "--scope", "hashlists.look_up")
    run("agree", "Harbour Hosting", "--basis", "Act 12", "--host", "images.example")
    assert [each.hosts for each in queries.askers("hashlists.look_up")] == [("images.example",)] * 2
