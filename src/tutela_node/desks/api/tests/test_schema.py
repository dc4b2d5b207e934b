"""Requests drawn from the published description, right ones and wrong ones: no answer is a fault of ours."""

import json

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from tutela.wire.xarf.tests.reports import report
from tutela_node.desks.api.tests.callers import SCOPES, Machine, agree, token_for
from tutela_node.desks.api.tests.test_forms import xarf
from tutela_node.hashlists import index

pytestmark = pytest.mark.django_db(transaction=True)
REPORTS = "/api/v1/reports"
OPERATIONS = [
    *(("POST", REPORTS), ("POST", f"{REPORTS}/xarf"), ("POST", f"{REPORTS}/csv"), ("POST", "/api/v1/match")),
    *(("GET", REPORTS), ("GET", REPORTS + "/{reference}"), ("GET", REPORTS + "/{reference}/receipt")),
]


@pytest.fixture
def quay():
    return agree("Quay Cloud", "intake", "matcher")


@pytest.fixture
def desk():
    """The desk as its server calls it: with the role's own addresses and middleware."""
    index.load()
    yield get_wsgi_application()
    index.forget()


def test_every_operation_is_asked(desk):
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", desk).raw_schema["paths"]
    assert {(method.upper(), path) for path, methods in described.items() for method in methods} == set(OPERATIONS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_is_answered_with_a_fault_of_ours(desk, quay, method, path, mode):
    _ask(desk, quay, method, path, mode, examples=25)


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_of_many_is_answered_with_a_fault_of_ours(desk, quay, method, path, mode):
    _ask(desk, quay, method, path, mode, examples=400)


def _ask(desk, quay, method, path, mode, *, examples):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", desk)
    headers = {"Authorization": f"Bearer {token_for(quay, (*SCOPES, 'intake.media'))}"}

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def ask(case):
        case.call_and_validate(headers=headers, checks=(not_a_server_error,))

    ask()


def test_answers_are_what_the_description_says(quay):
    machine = Machine(token_for(quay))
    described = json.loads(machine.get("/api/v1/openapi.json").content)
    answer = xarf(machine, [report(), {"type": 7}])
    said = described["paths"]["/api/v1/reports/xarf"]["post"]["responses"]
    assert str(answer.status_code) in said
    assert answer.json()["reports"][1]["problem"] == ""
