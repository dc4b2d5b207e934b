"""Organisations and keys from the command line."""

import json

import pyrage
import pytest
from typer.testing import CliRunner

from tutela_node.accounts import queries
from tutela_node.desks.cli.organisations import app
from tutela_node.foundation.errors import Conflict, Invalid

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert done.exit_code == 0
    return done.output.strip()


def test_an_organisation_is_added_and_gets_a_key() -> None:
    made = run("add", "Far Hotline", "--kind", "peer", "--country", "XB", "--email", "desk@far.example")
    run("key", "Far Hotline", str(pyrage.x25519.Identity.generate().to_public()), "--label", "Analysts")
    (row,) = [json.loads(line) for line in run("list", "--json").splitlines() if made in line]
    assert (row["name"], row["kind"], row["country"], row["keys"]) == ("Far Hotline", "peer", "XB", ["Analysts"])
    assert [key.label for key in queries.recipient_keys()] == ["Analysts"]
    assert "[Analysts]" in run("list")


@pytest.mark.parametrize("kind", ["club", ""])
def test_what_cannot_be_used_is_said(kind: str) -> None:
    with pytest.raises(Invalid, match="peer"):
        run("add", "A", "--kind", kind, "--country", "XA")
    run("add", "B", "--kind", "provider", "--country", "XA")
    with pytest.raises(Conflict):
        run("add", "B", "--kind", "provider", "--country", "XA")
    with pytest.raises(Invalid, match="no organisation"):
        run("key", "C", "age1", "--label", "x")
