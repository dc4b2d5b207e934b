"""`tutela node init` and `user`: safe to repeat, and what they make can be used."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest
from django.conf import settings as known
from django.contrib.auth import authenticate

from tutela.cli.main import main
from tutela_node.accounts import queries
from tutela_node.accounts.queries import actor_of_token
from tutela_node.desks.cli import setup
from tutela_node.foundation import keys
from tutela_node.foundation.errors import TutelaError

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings):
    settings.TUTELA = replace(known.TUTELA, data=tmp_path / "node")
    keys.make_missing()
    return tmp_path / "node"


def prepare(**wanted):
    return list(setup.prepare(**({"with_exampleland": False} | wanted)))


def test_preparing_again_replaces_nothing(folder):
    first = prepare(with_exampleland=True)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    people = queries.people()
    assert prepare(with_exampleland=True) == ["the tables are up to date"]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert queries.people() == people
    assert "added Exampleland" in first[-1]


def test_exampleland_can_be_added_later(folder):
    prepare()
    assert not queries.people()
    assert "added Exampleland" in prepare(with_exampleland=True)[-1]


def test_exampleland_is_finished_after_a_kill(folder):
    prepare(with_exampleland=True)
    told = (folder / setup.PLACE).read_bytes()
    (folder / setup.PLACE).rename(folder / f"{setup.PLACE}.part")
    prepare(with_exampleland=True)
    assert (folder / setup.PLACE).read_bytes() == told


def test_passwords_of_people_that_were_never_made_are_made_anew(folder):
    folder.joinpath(f"{setup.PLACE}.part").write_text("{}")
    prepare(with_exampleland=True)
    assert json.loads((folder / setup.PLACE).read_text())["passwords"]


def test_what_exampleland_needs_is_written_for_the_nodes_user_alone(folder):
    prepare(with_exampleland=True)
    place = folder / setup.PLACE
    told = json.loads(place.read_text())
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert told["police_key"].startswith("AGE-SECRET-KEY-")
    assert actor_of_token(told["token"]).scopes
    for email, password in told["passwords"].items():
        assert authenticate(email=email, password=password)


def test_a_person_has_the_roles_and_the_organisation_that_were_named(folder):
    add = {"name": "Ruth Ek", "roles": ["analyst", "senior"], "organisation": "New line", "language": "fr"}
    password = setup.add_person(email="ruth@line.example", **add)
    (person,) = queries.people()
    assert (person.email, set(person.roles)) == ("ruth@line.example", {"analyst", "senior"})
    assert authenticate(email="ruth@line.example", password=password).language == "fr"


def test_an_unknown_role_makes_nobody(folder):
    add = {"name": "Ruth Ek", "roles": ["king"], "organisation": "New line", "language": "en"}
    with pytest.raises(TutelaError):
        setup.add_person(email="ruth@line.example", **add)
    assert not queries.people()
    assert not queries.organisations()


def test_a_person_is_added_and_listed_by_command(folder, monkeypatch, capsys):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tutela_node.site.settings.all")
    words = ["user", "add", "ruth@line.example", "Ruth Ek", "--role", "analyst", "--role", "senior"]
    assert called(*words) == 0
    assert capsys.readouterr().out.startswith("ruth@line.example signs in with: ")
    assert called("user", "list", "--json") == 0
    told = {"email": "ruth@line.example", "name": "Ruth Ek", "roles": ["analyst", "senior"]}
    assert json.loads(capsys.readouterr().out) == told
    assert called(*words) != 0
    assert capsys.readouterr().out == ""


def called(*words):
    with pytest.raises(SystemExit) as ended:
        main(["node", *words])
    return ended.value.code or 0


def tutela(folder, *words):
    """The command as an operator runs it, in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUTELA_", "DJANGO_"))}
    command = [sys.executable, "-m", "tutela.cli.main", "node", *words]
    return subprocess.run(command, env=kept | {"TUTELA_DATA": str(folder)}, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_an_operator_sets_up_a_node_and_adds_a_person(tmp_path):
    made = tutela(tmp_path, "init")
    assert (made.returncode, made.stderr) == (0, "")
    assert "made the key vault" in made.stdout
    added = tutela(tmp_path, "user", "add", "ruth@line.example", "Ruth Ek", "--role", "analyst")
    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout.startswith("ruth@line.example signs in with: ")
    with closing(sqlite3.connect(tmp_path / "node.sqlite3")) as node:
        people = node.execute(
            "SELECT email, name, role FROM accounts_person JOIN accounts_grant ON person_id = accounts_person.id"
        )
        assert people.fetchall() == [("ruth@line.example", "Ruth Ek", "analyst")]


def test_a_wrong_setting_stops_the_command_with_its_name(tmp_path):
    answer = subprocess.run(
        [sys.executable, "-m", "tutela.cli.main", "node", "init"],
        env={"PATH": os.environ["PATH"], "TUTELA_DATA": str(tmp_path), "TUTELA_SMTP": "nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode != 0
    assert answer.stderr.startswith("TUTELA_SMTP: must be host:port")
    assert not any(tmp_path.iterdir())


def spoil(path, name):
    """Zeroes where a table or an index begins: what a disk does that loses what was written."""
    with closing(sqlite3.connect(path)) as node:
        ((page,),) = node.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchall()
        ((size,),) = node.execute("PRAGMA page_size").fetchall()
        node.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))


@pytest.mark.slow
@pytest.mark.skipif(bool(os.environ.get("TUTELA_DATABASE")), reason="it is a file on SQLite alone")
def test_a_damaged_database_is_told_by_fsck_in_plain_words(tmp_path):
    tutela(tmp_path, "init")
    whole = tutela(tmp_path, "fsck")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert "database: every page and index is whole" in whole.stdout
    with closing(sqlite3.connect(tmp_path / "node.sqlite3")) as node:
        node.execute("INSERT INTO accounts_grant (id, role, granted_at, person_id) VALUES ('0', 'analyst', '2026', 1)")
        node.commit()
    lone = tutela(tmp_path, "fsck")
    assert lone.returncode == 1
    assert "database: a row of accounts_grant names one of accounts_person that is missing" in lone.stdout
    spoil(tmp_path / "node.sqlite3", "evidence_vaultobject")
    damaged = tutela(tmp_path, "fsck", "--json")
    assert damaged.returncode == 1
    assert "Traceback" not in damaged.stdout + damaged.stderr
    lines = [json.loads(line) for line in damaged.stdout.splitlines()]
    assert {line["place"] for line in lines if line["is_problem"]} >= {"database", "vault"}
