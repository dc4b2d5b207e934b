"""Signing in, second factors, and what does not exist."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from tutela_node.accounts.models import Person
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
PASSWORD = "a long sentence for tests"
LOGIN = "/sign-in/login/"


@who("signed in")
def start(request: DeskRequest) -> HttpResponse:
    return HttpResponse(f"{request.actor.name}: {', '.join(sorted(request.actor.roles))}")


urlpatterns = [
    path("sign-in/", include("tutela_node.desks.workbench.accounts.urls")),
    path("", include(([path("", start, name="queue")], "review"))),
]


@pytest.fixture(autouse=True)
def _sealed(settings: object) -> None:
    settings.MFA_ADAPTER = "tutela_node.desks.workbench.accounts.adapter.SecondFactor"  # type: ignore[attr-defined]


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.fixture
def inside(browser: Client, mira: Actor) -> Client:
    sign_in(browser)
    return browser


@pytest.fixture
def confirmed(inside: Client) -> Client:
    inside.post("/sign-in/reauthenticate/", {"password": PASSWORD})
    return inside


def sign_in(browser: Client, email: str = "mira@hotline.example", password: str = PASSWORD) -> HttpResponse:
    return browser.post(LOGIN, {"login": email, "password": password})


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_the_first_page_says_where_accounts_come_from(browser: Client) -> None:
    page = browser.get(LOGIN).content.decode()
    assert "The operator of this node makes your account" in page
    assert "signup" not in page


def test_email_and_password_open_the_desk(browser: Client, mira: Actor) -> None:
    assert sign_in(browser, "Mira@Hotline.example").headers["Location"] == "/"
    assert browser.get("/").content == b"Mira Kade: analyst"


def test_a_stranger_is_asked_to_sign_in_and_comes_back(browser: Client, mira: Actor) -> None:
    assert browser.get("/").headers["Location"] == f"{LOGIN}?next=%2F"


def test_signing_in_is_written_down(inside: Client, mira: Actor) -> None:
    assert AuditRecord.objects.get(verb="person.signed_in").actor == mira.id


def test_a_wrong_password_is_refused_and_written_down_without_the_address(browser: Client, mira: Actor) -> None:
    page = sign_in(browser, password="another long sentence")
    assert page.status_code == 200
    assert "<title>Error:" in page.content.decode()
    row = AuditRecord.objects.get(verb="person.sign_in_failed")
    assert (row.actor, row.note) == (None, "")


def test_guessing_is_slowed_down(browser: Client, mira: Actor) -> None:
    for _ in range(5):
        sign_in(browser, password="another long sentence")
    assert "_auth_user_id" not in browser.session
    assert sign_in(browser).status_code == 200


def test_an_account_that_is_off_does_not_open(browser: Client, mira: Actor) -> None:
    Person.objects.filter(id=mira.id).update(is_active=False)
    assert sign_in(browser).headers["Location"] == "/sign-in/inactive/"
    assert "switched off" in browser.get("/sign-in/inactive/").content.decode()


def test_an_account_switched_off_while_signed_in_is_out(inside: Client, mira: Actor) -> None:
    Person.objects.filter(id=mira.id).update(is_active=False)
    assert inside.get("/").status_code == 302


@pytest.mark.parametrize(
    "gone", ["signup/", "email/", "confirm-email/", "password/reset/", "password/set/", "login/code/", ""]
)
def test_there_is_no_sign_up_and_no_mail(browser: Client, gone: str) -> None:
    assert browser.get(f"/sign-in/{gone}").status_code == 404


def test_signing_out_asks_first(inside: Client) -> None:
    assert inside.get("/sign-in/logout/").status_code == 200
    assert inside.get("/").status_code == 200
    inside.post("/sign-in/logout/")
    assert inside.get("/").status_code == 302


@pytest.mark.parametrize(
    ("new", "fits"), [("too short", False), ("mira@hotline.example", False), ("another long sentence", True)]
)
def test_a_new_password_follows_our_rules(inside: Client, mira: Actor, new: str, fits: bool) -> None:
    answers = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    page = inside.post("/sign-in/password/change/", answers)
    assert page.status_code == (302 if fits else 200)
    assert Person.objects.get(id=mira.id).check_password(new) is fits


def test_an_app_is_switched_on_and_then_asked_for(confirmed: Client, mira: Actor) -> None:
    page = confirmed.get("/sign-in/mfa/totp/activate/").content.decode()
    secret = re.search(r'id="secret" value="([A-Z2-7]+)"', page)
    assert secret
    confirmed.post("/sign-in/mfa/totp/activate/", {"code": code_for(secret[1])})
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret[1] not in kept
    stranger = Client(headers={"host": "localhost"})
    assert sign_in(stranger).headers["Location"] == "/sign-in/mfa/authenticate/"
    assert stranger.get("/").status_code == 302


def test_the_code_of_the_app_finishes_signing_in(browser: Client, mira: Actor) -> None:
    secret = generate_totp_secret()
    TOTP.activate(Person.objects.get(id=mira.id), secret)
    sign_in(browser)
    assert "Second step" in browser.get("/sign-in/mfa/authenticate/").content.decode()
    browser.post("/sign-in/mfa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in browser.session
    browser.post("/sign-in/mfa/authenticate/", {"code": code_for(secret)})
    assert browser.get("/").status_code == 200


def test_a_recovery_code_works_once(browser: Client, mira: Actor) -> None:
    person = Person.objects.get(id=mira.id)
    TOTP.activate(person, generate_totp_secret())
    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    for expected in (200, 302):
        sign_in(browser)
        browser.post("/sign-in/mfa/authenticate/", {"code": code})
        assert browser.get("/").status_code == expected
        browser.post("/sign-in/logout/")


PAGES = [
    "",
    "webauthn/",
    "webauthn/add/",
    "totp/activate/",
    "totp/deactivate/",
    "recovery-codes/",
    "recovery-codes/generate/",
]


@pytest.mark.parametrize("address", [*(f"mfa/{page}" for page in PAGES), "password/change/", "logout/"])
def test_every_page_is_ours_and_strict(confirmed: Client, mira: Actor, address: str) -> None:
    person = Person.objects.get(id=mira.id)
    if "deactivate" in address or "recovery" in address:
        TOTP.activate(person, generate_totp_secret())
        RecoveryCodes.activate(person)
    response = confirmed.get(f"/sign-in/{address}")
    page = response.content.decode()
    assert (response.status_code, "tutela/tokens.css" in page) == (200, True)
    assert "'unsafe" not in response.headers["Content-Security-Policy"]
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in script or "application/json" in script for script in scripts)
    assert " style=" not in page
    assert "onclick" not in page


def test_what_was_asked_for_is_done_after_confirming(inside: Client, mira: Actor) -> None:
    TOTP.activate(Person.objects.get(id=mira.id), generate_totp_secret())
    asked = inside.post("/sign-in/mfa/totp/deactivate/").headers["Location"]
    assert Authenticator.objects.count() == 1
    inside.post(asked, {"password": PASSWORD, "next": "/sign-in/mfa/totp/deactivate/"})
    assert Authenticator.objects.count() == 0


@pytest.mark.parametrize("way", ["reauthenticate/", "mfa/reauthenticate/", "mfa/webauthn/reauthenticate/"])
def test_asking_again_has_its_pages(inside: Client, mira: Actor, way: str) -> None:
    person = Person.objects.get(id=mira.id)
    TOTP.activate(person, generate_totp_secret())
    page = inside.get(f"/sign-in/{way}", follow=True)
    assert "Confirm that it is you" in page.content.decode()


def test_a_passkey_is_offered_for_this_host_alone(browser: Client) -> None:
    answer = browser.get("/sign-in/mfa/webauthn/login/", headers={"accept": "application/json"})
    assert json.loads(answer.content)["request_options"]["publicKey"]["rpId"] == "localhost"


def test_every_route_says_who_may_come_in() -> None:
    from tutela_node.desks.workbench.accounts import urls

    assert all(getattr(route.callback, "who", None) for route in urls.urlpatterns)
