"""The way to every page, as somebody goes there: by its address, or through the forms that lead to it."""

from collections.abc import Callable
from typing import Any

from pages.node import PASSWORD, Node
from playwright.sync_api import Page

PATIENCE = 120_000  # milliseconds: a page may do work first, and a machine may be busy
Walk = Callable[[Page, Node, str], Any]
ADDRESS = "https://pictures.example/a/20931"
WRONG_CODE = "0" * 20


def public(path: str, *steps: Callable[[Page], Any]) -> Walk:
    def walk(page: Page, node: Node, language: str) -> None:
        page.goto(f"{node.urls['public']}/{language}/{path}")
        for step in steps:
            step(page)

    return walk


def leave_by(page: Page, selector: str) -> None:
    """Presses what leads to another page, and waits until that page is there."""
    with page.expect_navigation(timeout=PATIENCE):
        page.locator(selector).last.click()


def sent(page: Page) -> None:
    leave_by(page, "form.sheet .row .btn")


def typed(name: str, text: str) -> Callable[[Page], None]:
    def step(page: Page) -> None:
        page.fill(f"[name={name}]", text)
        sent(page)

    return step


def chosen(page: Page) -> None:
    page.locator(".choice").first.click()
    sent(page)


def with_code(page: Page, node: Node, language: str) -> None:
    public("back")(page, node, language)
    typed("code", node.facts["code"])(page)


def with_question(page: Page, node: Node, language: str) -> None:
    public("back")(page, node, language)
    typed("code", node.facts["referred_code"])(page)


def with_reply(page: Page, node: Node, language: str) -> None:
    with_question(page, node, language)
    page.fill("[name=words]", "It is the same person.")
    leave_by(page, "#r .btn")


def api(fact: str, query: str = "", *steps: Callable[[Page], Any]) -> Walk:
    def walk(page: Page, node: Node, language: str) -> None:
        page.goto(f"{node.urls['api']}{node.facts.get(fact, fact)}?lang={language}{query}")
        for step in steps:
            step(page)

    return walk


def desk(path: str, *steps: Callable[[Page], Any]) -> Walk:
    """A page of the workbench; `{name}` in its path is a fact."""

    def walk(page: Page, node: Node, language: str) -> None:
        _speak(page, node, language)
        page.goto(node.urls["workbench"] + path.format(**node.facts))
        for step in steps:
            step(page)

    return walk


def opened(page: Page) -> None:
    leave_by(page, "[data-key=v]")
    page.wait_for_selector(".seen")


def entered(**fields: str) -> Callable[[Page], None]:
    """Fills fields by name and sends the form that holds them."""

    def step(page: Page) -> None:
        for name, value in fields.items():
            page.fill(f"[name={name}]", value)
        leave_by(page, f"form:has([name={next(iter(fields))}]) .btn")

    return step


def second_step(page: Page, node: Node, language: str) -> None:
    """The second question of somebody who has an app."""
    _speak(page, node, language)
    page.goto(f"{node.urls['workbench']}/sign-in/login/")
    entered(login="olga@hotline.example", password=PASSWORD)(page)
    page.wait_for_url("**/mfa/authenticate/")


def sign_in(page: Page, node: Node, name: str) -> None:
    if name == "olga":
        second_step(page, node, "en")
        entered(code=node.facts["recovery"].pop())(page)
    else:
        page.goto(f"{node.urls['workbench']}/sign-in/login/")
        home = "police" if name == "pavel" else "hotline"
        entered(login=f"{name}@{home}.example", password=PASSWORD)(page)
    page.wait_for_url(lambda url: "sign-in" not in url)


def _speak(page: Page, node: Node, language: str) -> None:
    page.context.add_cookies([{"name": "desk_language", "value": language, "url": node.urls["workbench"]}])
