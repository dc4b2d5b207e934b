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


def test_whom_to_reach_is_added_listed_and_removed() -> None:
    run("add", "Far Host", "--kind", "provider", "--country", "XB")
    run("contact", "Far Host", "Law desk", "--purpose", "legal", "--email", "law@far.example")
    made = run("contact", "Far Host", "Night desk", "--purpose", "urgent", "--phone", "+1 555 0100")
    listed = [json.loads(line) for line in run("contacts", "Far Host", "--json").splitlines()]
    assert [each["name"] for each in listed] == ["Night desk", "Law desk"]
    run("remove-contact", made)
    assert "Night" not in run("contacts", "Far Host")


@pytest.mark.parametrize(
    "words",
    [
        ("--purpose", "tea", "--phone", "+1555"),
        ("--purpose", "legal"),
        ("--purpose", "legal", "--phone", "call me"),
        ("--purpose", "legal", "--email", "nobody"),
    ],
)
def test_a_contact_that_cannot_be_reached_is_refused(words: tuple[str, ...]) -> None:
    run("add", "Far Host", "--kind", "provider", "--country", "XB")
    with pytest.raises(Invalid):
        run("contact", "Far Host", "Desk", *words)
