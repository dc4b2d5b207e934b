"""Each role has its own settings, addresses and keys, and nothing of another's."""

import importlib

import pytest
from django.test import Client, override_settings
from routes import DESKS, routes, settings_of

from tutela.errors import Invalid, Unavailable
from tutela_node.desks.cli import supervise
from tutela_node.foundation import keys, sealed
from tutela_node.foundation.keys import ROLE_KEYS, SECRETS
from tutela_node.site.config import ROLES, SETTINGS, read
from tutela_node.site.settings import base

SERVED = tuple(role for role in ROLES if role != "all")
REMEMBERS = ("sessions", "auth.middleware", "csrf", "messages", "allauth", "locale")
PRODUCTION = {"TUTELA_PRODUCTION": "1", "TUTELA_PUBLIC_URL": "https://report.exampleland.example"}


def settings(role):
    return importlib.import_module(f"tutela_node.site.settings.{role}")


def as_role(role):
    return override_settings(TUTELA=settings(role).TUTELA)


def test_the_roles_are_the_same_everywhere():
    assert set(ROLE_KEYS) == set(ROLES)
    assert {*supervise.ROLES, "all"} == set(ROLES)
    assert all(settings(role).TUTELA.role == role for role in ROLES)


@pytest.mark.parametrize("role", SERVED)
def test_a_role_reads_its_keys_and_no_other(role):
    with as_role(role):
        for name in SECRETS:
            if name in ROLE_KEYS[role]:
                assert keys.secret(name)
            else:
                with pytest.raises(Unavailable):
                    keys.secret(name)


def test_the_public_role_can_seal_a_report_and_open_nothing():
    assert ROLE_KEYS["public"] == {"locator", "draft"}
    with as_role("public"):
        assert keys.intake_public()
        for act in (sealed.seal, sealed.unseal, sealed.lookup):
            with pytest.raises(Unavailable):
                act("url", b"")


def test_only_the_worker_opens_reports_and_signs():
    holders = {name: {role for role in SERVED if name in ROLE_KEYS[role]} for name in SECRETS}
    assert holders["intake"] == {"worker"}
    assert holders["draft"] == {"public"}
    assert "api" not in holders["log"] | holders["package"] | holders["release"]


def test_the_public_role_remembers_nobody():
    public = settings("public")
    assert not [each for each in public.MIDDLEWARE if any(part in each for part in REMEMBERS)]
    assert not [each for each in public.INSTALLED_APPS if "session" in each or "allauth" in each]
    assert not [
        each for each in public.INSTALLED_APPS if each.startswith("tutela_node.desks.") and "public" not in each
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("desk", ["public", "api"])
def test_no_page_without_sign_in_sets_a_cookie(desk):
    with override_settings(**settings_of(desk)):
        client = Client()
        for route in routes(desk):
            client.get(route.path)
            client.post(route.path)
        assert not client.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("desk", DESKS)
def test_every_answer_carries_strict_headers(desk):
    with override_settings(**settings_of(desk)):
        for route in routes(desk):
            answer = Client().get(route.path)
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; "), route
            assert answer.headers["Cache-Control"] == "no-store", route
            assert answer.headers["X-Content-Type-Options"] == "nosniff", route


@pytest.mark.parametrize("desk", DESKS)
def test_a_role_serves_its_own_desk_only(desk):
    modules = {getattr(route.view, "__module__", "") for route in routes(desk)}
    ours = {each for each in modules if each.startswith("tutela_node.desks.")} - {"tutela_node.desks.routes"}
    assert all(each.startswith(f"tutela_node.desks.{desk}.") for each in ours)


def test_the_worker_serves_nothing():
    worker = settings("worker")
    assert importlib.import_module(worker.ROOT_URLCONF).urlpatterns == []
    assert worker.MIDDLEWARE == []


@pytest.mark.parametrize("role", ROLES)
def test_no_role_keeps_uploads_outside_the_vault(role):
    handlers = settings(role).FILE_UPLOAD_HANDLERS
    assert not [each for each in handlers if each.startswith("django.")]


def test_production_demands_secure_cookies_and_names_its_hosts():
    config = read("workbench", PRODUCTION)
    assert base._security(config)["SESSION_COOKIE_SECURE"]
    assert base._security(config)["CSRF_COOKIE_SECURE"]
    assert "testserver" not in base._hosts(config)
    assert "report.exampleland.example" in base._hosts(config)


@pytest.mark.parametrize(
    ("given", "listens"),
    [
        ({}, ("127.0.0.1", 8000)),
        ({"TUTELA_PUBLIC_URL": "http://127.0.0.1:9000"}, ("127.0.0.1", 9000)),
        ({"TUTELA_PUBLIC_URL": "http://localhost"}, ("127.0.0.1", 80)),
        ({"TUTELA_PUBLIC_URL": "https://report.exampleland.example"}, ("127.0.0.1", 8000)),
        ({**PRODUCTION, "TUTELA_PUBLIC_LISTEN": "127.0.0.1:9001"}, ("127.0.0.1", 9001)),
    ],
)
def test_a_desk_listens_at_its_address_or_behind_it(given, listens):
    assert read("public", given).listen["public"] == listens


def test_in_production_pages_want_tls_and_guesses_are_counted_by_their_own_address():
    config = read("workbench", PRODUCTION)
    assert base._security(config)["SECURE_SSL_REDIRECT"]
    assert not base._security(read("workbench", {}))["SECURE_SSL_REDIRECT"]
    assert settings("workbench").ALLAUTH_TRUSTED_PROXY_COUNT == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TUTELA_PRODUCTION", "yes"),
        ("TUTELA_API_LISTEN", "8002"),
        ("TUTELA_PUBLIC_URL", "report.exampleland.example"),
        ("TUTELA_SMTP", "mail.exampleland.example"),
        ("TUTELA_DNS", "one:port"),
        ("TUTELA_EXERCISE_NETWORK", "here"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name, value):
    assert name in SETTINGS
    with pytest.raises(Invalid) as caught:
        read("all", {name: value})
    assert caught.value.place == name


def test_an_exercise_network_is_refused_in_production():
    with pytest.raises(Invalid, match="refused in production"):
        read("worker", {**PRODUCTION, "TUTELA_EXERCISE_NETWORK": "127.0.0.0/8"})
