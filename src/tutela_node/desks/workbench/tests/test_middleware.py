"""Errors become calm pages; answers carry strict headers."""

import logging

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path

from tutela_node.desks.workbench.middleware import STATUS, DeskErrors, kind_of
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid, Kind, Limited, Missing, Unavailable

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
EXPECTED = [
    (Invalid("the field is empty"), 400),
    (SuspiciousOperation(), 400),
    (Forbidden("this needs a permission"), 403),
    (PermissionDenied(), 403),
    (Missing("there is no such item"), 404),
    (Http404(), 404),
    (Conflict("somebody else has it"), 409),
    (Limited("too large"), 429),
    (Unavailable("the resolver does not answer"), 503),
    (ZeroDivisionError("secret of a defect"), 500),
]


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("secret of a defect")


urlpatterns = [
    path("broken", broken),
    path("sign-in/", include("tutela_node.desks.workbench.accounts.urls")),
    path("", include(([path("", broken, name="queue")], "review"))),
]


def answer(error: Exception) -> HttpResponse:
    return DeskErrors(lambda request: HttpResponse()).process_exception(RequestFactory().get("/"), error)


def test_every_kind_has_a_status() -> None:
    assert set(STATUS) == set(Kind)


@pytest.mark.parametrize(("error", "status"), EXPECTED, ids=lambda value: type(value).__name__)
def test_every_error_has_its_page(error: Exception, status: int) -> None:
    page = answer(error)
    assert (page.status_code, STATUS[kind_of(error)]) == (status, status)
    assert b"tutela/tokens.css" in page.content


def test_a_refusal_says_why_and_escapes_it() -> None:
    assert "&lt;b&gt; is taken" in answer(Conflict("<b> is taken")).content.decode()


def test_a_defect_shows_a_reference_and_logs_the_trace(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        page = Client().get("/broken?q=hidden").content.decode()
    assert "secret of a defect" not in page
    logged = caplog.records[0]
    assert logged.args
    assert str(logged.args[0]) in page
    assert "ZeroDivisionError" in caplog.text
    assert "hidden" not in caplog.text


def test_an_address_that_is_not_there_gets_the_same_page() -> None:
    page = Client().get("/nowhere")
    assert page.status_code == 404
    assert "There is nothing here" in page.content.decode()


def test_a_form_from_another_site_gets_the_same_page() -> None:
    page = Client(enforce_csrf_checks=True).post("/sign-in/login/", {"login": "a", "password": "b"})
    assert page.status_code == 403
    assert b"tutela/tokens.css" in page.content


@pytest.mark.parametrize("address", ["/broken", "/nowhere", "/sign-in/login/", "/sign-in/mfa/"])
def test_every_answer_is_strict_and_never_kept(address: str) -> None:
    headers = Client().get(address).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
