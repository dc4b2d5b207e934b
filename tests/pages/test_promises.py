"""What the public pages promise, as a browser sees it on the whole path: quiet, small, theirs alone, gone at a press.

The path of words is walked at 320 CSS pixels, which is what 1280 pixels show at 400 % (WCAG 2.2, 1.4.10).
"""

import re
import time
from urllib.parse import urlsplit

import pytest
from pages.looking import Way
from pages.walks import ADDRESS, chosen, leave_by, public, sent, typed
from playwright.sync_api import Error

pytestmark = pytest.mark.system
SECRET = "sentence-of-the-reporter"
WORDS = ("go?way=own", chosen, sent, chosen, typed("words", SECRET))
PAGE = ("go", typed("address", ADDRESS), chosen, chosen, typed("words", SECRET))
KEPT = """async () => [document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker?.getRegistrations?.() ?? []).length,
  performance.getEntriesByType('navigation').map((each) => new URL(each.name).search).join('')]"""
REFUSES = """(() => { try { document.createElement('p').innerHTML = '<b>x</b>'; return 'allowed'; }
  catch (error) { return error.name; } })()"""


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", [WORDS, PAGE], ids=["words", "address"])
def test_the_whole_path_at_320_pixels(window, node, path, language):
    seen = window(Way(language=language, width=320))
    assert not walked(seen.page, node, language, path, seen.problems)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_whole_path_at_320_pixels_without_scripts(window, node, language):
    """axe needs scripts to run: it looks at the same page, without its scripts, in a second window."""
    seen = window(Way(language=language, width=320), java_script_enabled=False)
    glass = window(Way(language=language, width=320))
    glass.context.route("**/still", lambda route: route.fulfill(body=bare(seen.page), content_type="text/html"))

    def problems():
        glass.page.goto(f"{node.urls['public']}/{language}/still")
        return glass.problems()

    assert not walked(seen.page, node, language, WORDS, problems)


def walked(page, node, language, path, problems):
    """What is wrong with each page from the first question to the code, and with the page that the code opens."""
    public(path[0])(page, node, language)
    wrong = []
    for step in (*path[1:], None):
        wrong += problems()
        if step:
            step(page)
    public("back", typed("code", "".join(page.locator(".code span").all_text_contents())))(page, node, language)
    return [*wrong, *problems()]


def bare(page):
    return re.sub(r"<script.*?</script>", "", page.content())


def test_nothing_of_a_report_leaves_or_stays(window, node):
    seen, asked = window(Way(width=390)), []
    seen.context.on("request", lambda request: asked.append(request))  # it takes no builtin
    public(*PAGE)(seen.page, node, "en")
    own = urlsplit(node.urls["public"]).netloc
    assert {urlsplit(each.url).netloc for each in asked} <= {own, ""}
    assert {urlsplit(each.url).path for each in asked if each.is_navigation_request()} == {"/en/go"}
    assert seen.page.evaluate(KEPT) == ["", 0, 0, 0, 0, 0, ""]
    assert seen.context.cookies() == []
    assert not [each.url for each in asked if SECRET in each.url or "pictures" in each.url]
    bodies = [each.post_data or "" for each in asked]
    assert sum(SECRET in body for body in bodies) == 1  # the answer itself; later pages carry it sealed


def test_a_browser_with_scripts_does_the_work_before_the_end(window, node):
    seen, posted = window(Way(width=390)), []
    seen.page.on(
        "request", lambda request: posted.append(request.post_data or "") if request.method == "POST" else None
    )
    public(*PAGE)(seen.page, node, "en")
    assert any("work=" in body and body.split("work=")[1].split("&")[0].isdigit() for body in posted)


def test_going_back_in_the_browser_finds_nothing_kept(window, node):
    """The browser has no copy of an answer's page: it would have to send the form again, and asks first."""
    seen = window(Way(width=390))
    public(*PAGE)(seen.page, node, "en")
    seen.page.goto(f"{node.urls['public']}/en/privacy")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        seen.page.go_back()
    seen.page.wait_for_timeout(500)  # the browser's own page takes a moment to stand there
    assert SECRET not in seen.page.content()


@pytest.mark.parametrize("path", ["", "go", "back"])
def test_scripts_cannot_make_markup_of_text(window, node, path):
    seen = window()
    public(path)(seen.page, node, "en")
    assert seen.page.evaluate(REFUSES) == "TypeError"


@pytest.mark.parametrize("path", ["", "go?way=own"])
def test_esc_three_times_leaves_from_wherever_one_types(window, node, path):
    seen = window()
    seen.context.route(lambda url: node.urls["public"] not in url, lambda route: route.fulfill(body="weather"))
    public(path)(seen.page, node, "en")
    before = seen.page.evaluate("history.length")
    for _ in range(2):
        seen.page.keyboard.press("Escape")
    assert seen.page.locator("main").is_visible()
    seen.page.keyboard.press("Escape")
    seen.page.wait_for_function("document.body.textContent === 'weather'")
    assert seen.page.evaluate("history.length") == before


def test_the_way_out_says_what_it_does_not_do(window, node):
    page = window().page
    public("")(page, node, "en")
    assert "does not clear your browser history" in page.locator("footer").inner_text()
    assert page.locator(".esc").is_visible()


def test_a_reply_is_sent_without_scripts(window, node):
    seen = window(Way(width=320), java_script_enabled=False)
    public("back", typed("code", node.facts["taken_code"]))(seen.page, node, "en")
    time.sleep(10)
    sent(seen.page)
    seen.page.fill("[name=words]", SECRET)
    leave_by(seen.page, "#r .btn")
    assert "We have it." in seen.page.content()
    assert SECRET not in seen.page.content()
