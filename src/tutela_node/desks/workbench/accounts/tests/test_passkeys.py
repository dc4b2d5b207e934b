"""A passkey in a real browser, under the strict headers: added, used alone, used as the second step."""

import shutil
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.urls import include, path
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.foundation.permissions import Actor

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]
PASSWORD = "a long sentence for tests"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@who("signed in")
def start(request: DeskRequest) -> HttpResponse:
    return HttpResponse(f"in: {request.actor.name}")


urlpatterns = [
    path("sign-in/", include("tutela_node.desks.workbench.accounts.urls")),
    path("", include(([path("", start, name="queue")], "review"))),
]


@pytest.fixture
def page(live_server: LiveServer, mira: Actor) -> Iterator[Page]:
    """A page with a key in the device; passkeys refuse a bare address, so the host is localhost.

    Rows are made before: while Playwright's loop runs, the database would open a connection that nobody closes.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(base_url=live_server.url.replace("127.0.0.1", "localhost"))
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        yield page
        browser.close()


def by_password(page: Page) -> None:
    page.goto("/sign-in/login/")
    page.fill("#id_login", "mira@hotline.example")
    page.fill("#id_password", PASSWORD)
    page.click("form:has(#id_login) button")


def add_key(page: Page) -> None:
    page.goto("/sign-in/mfa/webauthn/add/")
    page.fill("#id_password", PASSWORD)
    page.click("form:has(#id_password) button")
    page.check("#id_passwordless")
    page.click("#key_add")
    page.wait_for_url("**/recovery-codes/")


def leave(page: Page) -> None:
    page.goto("/sign-in/logout/")
    page.click("form button")
    page.wait_for_url("**/login/**")


def test_a_passkey_signs_in_alone_and_as_second_step(page: Page) -> None:
    by_password(page)
    add_key(page)
    leave(page)
    page.click("#passkey_login")
    page.wait_for_url(lambda url: "sign-in" not in url)
    assert "in: Mira Kade" in page.content()
    leave(page)
    by_password(page)
    page.click("#key_second")
    page.wait_for_url(lambda url: "sign-in" not in url)
    assert "in: Mira Kade" in page.content()


def test_a_key_that_is_not_known_is_told_in_the_page(page: Page) -> None:
    page.goto("/sign-in/login/")
    page.click("#passkey_login")
    page.wait_for_selector("#key-problem:not([hidden])")
