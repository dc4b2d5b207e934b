"""The public pages as their visitors use them: without scripts, without cookies, by keyboard alone, on a slow line."""

import gzip
import time

import pytest
from pages.looking import Way
from pages.walks import ADDRESS, WRONG_CODE, chosen, leave_by, public, sent, typed
from playwright.sync_api import expect

pytestmark = pytest.mark.system
MOST_BYTES = 25_000
WALK = (typed("address", ADDRESS), chosen, chosen, typed("words", "It was sent to a group."))
FOCUSED = "document.activeElement.className + ' ' + document.activeElement.tagName"


def code_on(page):
    return "".join(page.locator(".code span").all_text_contents())


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_report_and_its_code_need_no_script_and_no_cookie(window, node, language):
    """Without scripts a code waits ten seconds before it is looked up; the page says so and keeps it."""
    seen = window(Way(language=language, width=390), java_script_enabled=False)
    public("go", *WALK)(seen.page, node, language)
    code = code_on(seen.page)
    assert len(code) == 20
    public("back", typed("code", code))(seen.page, node, language)
    expect(seen.page.locator("[name=code]")).to_have_value(code)
    time.sleep(10)
    sent(seen.page)
    expect(seen.page.locator("[aria-current=step]")).to_be_visible()
    assert seen.context.cookies() == []


def test_nothing_is_kept_in_the_browser(window, node):
    seen = window()
    public("go", *WALK)(seen.page, node, "en")
    kept = seen.page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]")
    assert kept == ["", 0, 0]


def test_a_page_of_the_report_weighs_less_than_25_kilobytes(window, node):
    """As a proxy sends it: each part compressed."""
    seen, weights = window(Way(width=390)), []
    seen.page.on("response", lambda answer: weights.append((answer.url, len(gzip.compress(answer.body(), 6)))))
    for way in ("", "go"):
        weights.clear()
        public(way)(seen.page, node, "en")
        seen.page.wait_for_load_state("networkidle")
        assert sum(size for _, size in weights) < MOST_BYTES, weights


@pytest.mark.parametrize(
    ("path", "step"), [("go", typed("address", "https://two words.example")), ("back", typed("code", WRONG_CODE))]
)
def test_after_a_mistake_the_summary_has_the_focus(window, node, path, step):
    seen = window(Way(width=390))
    public(path, step)(seen.page, node, "en")
    assert seen.page.evaluate(FOCUSED).startswith("problem")
    assert seen.page.title().startswith("Error:")
    seen.page.locator(".problem a").click()
    assert seen.page.evaluate(FOCUSED).startswith("input")


def test_the_focus_is_seen(window, node):
    page = window().page
    public("")(page, node, "en")
    for _ in range(12):
        page.keyboard.press("Tab")
        style = "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth) >= 2])"
        assert page.evaluate(f"{style}(getComputedStyle(document.activeElement))") == ["solid", True]


def test_the_first_stop_of_the_keyboard_leads_to_the_content(window, node):
    page = window().page
    public("")(page, node, "en")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_report_is_made_by_keyboard_alone(window, node):
    page = window().page
    public("go")(page, node, "en")
    press(page, "textarea", ADDRESS)
    press(page, ".btn", "Enter")
    for _ in range(2):
        press(page, "[type=radio]", "Space")
        press(page, ".btn", "Enter")
    press(page, "textarea", "It was sent to a group.")
    press(page, ".btn", "Enter")
    assert len(code_on(page)) == 20


def press(page, selector, keys):
    """Goes on with Tab until the focus stands on the element, then types."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            break
    else:
        raise AssertionError(f"Tab never reached {selector}")
    if keys == "Enter":
        with page.expect_navigation():
            page.keyboard.press(keys)
    elif keys == "Space":
        page.keyboard.press(keys)
    else:
        page.keyboard.type(keys)


def test_back_keeps_what_was_answered(window, node):
    page = window().page
    public("go", typed("address", ADDRESS))(page, node, "en")
    leave_by(page, "[name=to][value=back]")
    expect(page.locator("textarea")).to_have_value(ADDRESS)


def test_leaving_replaces_the_page(window, node):
    """The quick exit is a link to somewhere harmless; what follows it is not asked for in a test."""
    seen = window()
    seen.context.route(lambda url: node.urls["public"] not in url, lambda route: route.fulfill(body="weather"))
    public("")(seen.page, node, "en")
    before = seen.page.evaluate("history.length")
    seen.page.locator(".exit").click()
    expect(seen.page.locator("body")).to_have_text("weather")
    assert seen.page.evaluate("history.length") == before


def test_a_sum_that_is_done_at_once_does_not_hold_the_code_back(window, node):
    page = window().page
    public("back")(page, node, "en")
    page.evaluate("document.querySelector('[data-code-bits]').dataset.codeBits = 1")
    typed("code", WRONG_CODE)(page)
    assert page.locator("[name=code]").input_value() == WRONG_CODE


def test_sent_in_one_language_read_in_another(window, node):
    seen = window(Way(language="fr"))
    public("go", *WALK)(seen.page, node, "fr")
    code = code_on(seen.page)
    public("back", typed("code", code.lower()))(seen.page, node, "es")
    assert seen.page.locator("[aria-current=step] strong").count() == 1
