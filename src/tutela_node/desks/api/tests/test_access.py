"""Tokens, agreements, the shape of problems, headers, and the description of the API."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import get_resolver

from tutela_node.accounts import actions as accounts
from tutela_node.desks.api.tests.callers import Machine, agree, token_for
from tutela_node.foundation.permissions import SYSTEM

QUESTION = {"sha256": "0" * 64}


def body(response):
    assert response.headers["Content-Type"] == "application/problem+json"
    return json.loads(response.content)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic abc"}])
@pytest.mark.django_db
def test_without_a_token_nothing_is_answered(header):
    response = Client(headers=header).post("/api/v1/match", "{}", content_type="application/json")
    assert (response.status_code, body(response)["status"]) == (401, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_is_refused(quay):
    raw = token_for(quay)
    accounts.revoke_token(SYSTEM, token=UUID(hex=raw.split("_")[1]))
    assert Machine(raw).ask("/match", QUESTION).status_code == 401


def test_in_production_a_token_is_taken_over_tls_alone(quay):
    machine = Machine(token_for(quay))
    with override_settings(TUTELA=replace(settings.TUTELA, production=True)):
        told = machine.ask("/match", QUESTION)
    assert (told.status_code, body(told)["kind"]) == (403, "forbidden")
    assert "HTTPS" in body(told)["detail"]


def test_a_token_without_the_scope_is_refused(quay):
    response = Machine(token_for(quay, ("intake.report",))).ask("/match", QUESTION)
    assert (response.status_code, body(response)["kind"]) == (403, "forbidden")


def test_without_an_agreement_nothing_is_looked_up(db):
    response = Machine(token_for(agree("Far Host"))).ask("/match", QUESTION)
    assert (response.status_code, body(response)["place"]) == (403, "matcher")


@pytest.mark.parametrize(("path", "status"), [("/api/v1/nowhere", 404), ("/api/v1/match", 405), ("/elsewhere", 404)])
def test_the_frameworks_refusals_are_told_like_ours(machine, path, status):
    response = machine.get(path)
    assert response.status_code == status
    kind = "application/problem+json" if path.startswith("/api/") else "text/html; charset=utf-8"
    assert response.headers["Content-Type"] == kind


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/elsewhere", "/api/v1/openapi.json", "/notice/x"])
def test_every_answer_carries_the_strict_headers(machine, path):
    headers = machine.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_every_route_says_who_may_come_in():
    routes = list(_routes(get_resolver().url_patterns))
    assert len(routes) >= 5
    assert all(getattr(route.callback, "who", ()) for route in routes)


def _routes(patterns):
    for each in patterns:
        yield from _routes(each.url_patterns) if hasattr(each, "url_patterns") else [each]


def test_the_description_is_the_same_each_time_and_names_every_route(machine):
    first, second = (machine.get("/api/v1/openapi.json") for _ in range(2))
    assert first.content == second.content
    described = json.loads(first.content)
    assert described["openapi"].startswith("3.1")
    assert {"/api/v1/reports", "/api/v1/match"} <= set(described["paths"])


def test_a_file_sent_anywhere_else_is_refused(machine):
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = machine.post("/notice/x", {"file": SimpleUploadedFile("a.bin", b"pattern")})
    assert response.status_code in (400, 404)
