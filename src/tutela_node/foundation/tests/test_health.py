"""Readiness fails closed: whatever cannot be shown to be well is not."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings as known
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import RequestFactory

from tutela_node.foundation import clock, health, keys
from tutela_node.foundation.models import WorkerBeat

pytestmark = pytest.mark.django_db
FINE = {"sweep": "ok", "jobs": "ok", "index": "ok"}


@pytest.fixture
def asked():
    def run():
        answer = health.ready(RequestFactory().get("/ready"))
        return answer.status_code, json.loads(answer.content)["checks"]

    return run


@pytest.fixture(autouse=True)
def _public(settings):
    settings.TUTELA = replace(known.TUTELA, role="public")


def beat(loops=FINE, age=0):
    return WorkerBeat.objects.create(beat_at=clock.now() - timedelta(seconds=age), loops=loops)


def test_a_process_that_answers_is_alive():
    answer = health.alive(RequestFactory().get("/health"))
    assert json.loads(answer.content) == {"alive": True, "role": "public"}


def test_ready_when_all_is_well(asked):
    beat()
    status, checks = asked()
    assert status == 200
    assert {"database", "keys", "worker"} <= set(checks)


@pytest.mark.parametrize(
    ("loops", "age", "says"),
    [
        (FINE, 11, "no worker has been heard of"),
        ({}, 0, "starting"),
        (FINE | {"sweep": "broken"}, 0, "sweep"),
        (FINE | {"jobs": "ended"}, 0, "jobs"),
        (FINE | {"index": "not loaded"}, 0, "index"),
    ],
)
def test_not_ready_without_a_sound_worker(asked, loops, age, says):
    beat(loops, age)
    status, checks = asked()
    assert status == 503
    assert says in checks["worker"]["says"]


def test_not_ready_when_no_worker_ever_ran(asked):
    assert asked()[0] == 503


def test_not_ready_while_a_migration_waits(asked):
    beat()
    MigrationRecorder.Migration.objects.filter(app="journeys").delete()
    status, checks = asked()
    assert status == 503
    assert "1 migrations are not applied" in checks["database"]["says"]


@pytest.mark.parametrize("name", ["locator", "intake.pub"])
def test_not_ready_without_a_key(asked, settings, tmp_path, name):
    settings.TUTELA = replace(known.TUTELA, data=tmp_path, role="public")
    keys.make_missing()
    (tmp_path / "keys" / name).unlink()
    beat()
    status, checks = asked()
    assert status == 503
    assert name in checks["keys"]["says"]


def test_not_ready_when_the_database_does_not_answer():
    def silent():
        raise OperationalError("could not connect to 192.0.2.1 as tutela")

    outcome = health._outcome(silent)
    assert outcome == {"ok": False, "says": "the database does not answer"}
