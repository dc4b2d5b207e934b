"""A provider reads where its own reports stand, and no other's."""

import json

from tutela_node.desks.api.tests.callers import Machine, agree, token_for


def sent(machine):
    told = {"report": json.dumps({"urls": ["https://a.example/1"]})}
    return machine.post("/api/v1/reports", told).json()["report"]


def test_its_own_report_is_told_in_plain_words(quay):
    machine = Machine(token_for(quay))
    answer = machine.get(f"/api/v1/reports/{sent(machine)}")
    assert answer.status_code == 200
    assert answer.json()["says"]


def test_somebody_elses_report_does_not_exist(quay):
    reference = sent(Machine(token_for(quay)))
    stranger = Machine(token_for(agree("Far Host", "intake")))
    assert stranger.get(f"/api/v1/reports/{reference}").status_code == 404
    assert stranger.get("/api/v1/reports/999999").status_code == 404


def test_without_the_scope_it_is_refused(quay):
    reference = sent(Machine(token_for(quay)))
    assert Machine(token_for(quay, ("intake.report",))).get(f"/api/v1/reports/{reference}").status_code == 403
