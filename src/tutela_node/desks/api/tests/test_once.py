"""What a program sends twice, because it heard nothing, is done once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from tutela.wire.xarf.tests.reports import report
from tutela_node.desks.api.tests.callers import Machine, agree, token_for
from tutela_node.desks.api.tests.test_forms import TABLE, in_vault, table, xarf
from tutela_node.desks.cli.exampleland.web_host import picture
from tutela_node.foundation import clock
from tutela_node.intake import once

KEY = {"Idempotency-Key": "key-1"}
SENT = {"urls": ["https://host.example/1"]}


def post(machine, value=SENT, **headers):
    body = json.dumps(value)
    return machine.post("/api/v1/reports", body, content_type="application/json", headers=headers or KEY)


def send_xarf(machine):
    return xarf(machine, report())


def listed(machine):
    with clock.standing_at(clock.now() + timedelta(seconds=20)):
        return machine.get("/api/v1/reports").json()["reports"]


def test_the_same_key_and_body_get_the_same_answer(machine):
    first, second = post(machine), post(machine)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(listed(machine)) == 1


def test_the_same_key_with_another_body_is_a_conflict(machine):
    post(machine)
    answer = post(machine, {"urls": ["https://host.example/2"]})
    assert (answer.status_code, answer.json()["place"]) == (409, "Idempotency-Key")
    assert len(listed(machine)) == 1


def test_a_key_belongs_to_its_organisation_and_operation(machine):
    post(machine)
    stranger = Machine(token_for(agree("Far Host", "intake")))
    assert post(stranger).json() != post(machine).json()
    assert xarf(machine, report(), **KEY).status_code == 201
    assert table(machine, TABLE, **KEY).status_code == 201
    assert len(listed(machine)) == 4


def test_a_refused_request_may_be_repeated(machine):
    assert post(machine, {"urls": 7}).status_code == 400
    assert post(machine).status_code == 201


def test_a_file_sent_again_under_its_key_leaves_nothing(machine):
    def send():
        form = {"report": "{}", "file": SimpleUploadedFile("a", picture(9))}
        return machine.post("/api/v1/reports", form, headers=KEY)

    first, before = send(), in_vault()
    assert send().json() == first.json()
    assert in_vault() == before


@pytest.mark.parametrize("key", ["x" * 300, "a b"])
def test_a_key_that_is_none_is_refused(machine, key):
    assert post(machine, **{"Idempotency-Key": key}).status_code == 400


def test_answers_are_kept_for_two_days(machine):
    first = post(machine).json()
    with clock.standing_at(clock.now() + timedelta(hours=25)):
        once.forget()
    assert post(machine).json() == first
    with clock.standing_at(clock.now() + timedelta(hours=49)):
        assert once.forget() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["key", "bytes"])
def test_the_same_request_many_times_at_once_is_one_report(quay, way):
    token = token_for(quay)

    def one(number):
        try:
            machine = Machine(token)
            return (
                post(machine).json()["report"]
                if way == "key"
                else xarf(machine, report()).json()["reports"][0]["report"]
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(one, range(16)))
    assert len(told) == 1
    assert len(listed(Machine(token))) == 1
