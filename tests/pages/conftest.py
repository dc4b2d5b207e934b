"""Chromium, and a staged node to look at. The node lives for the session, a browser for a module.

Playwright's loop must end with the module: while it runs, Django takes the thread for an asynchronous one.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from pages.looking import Way, Window
from pages.node import Node
from pages.walks import sign_in
from playwright.sync_api import Browser, sync_playwright

Enter = Callable[..., Window]


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI"):
        pytest.fail("the tests of pages need Debian's package chromium")
    return found or pytest.skip("needs Debian's package chromium")


@pytest.fixture(scope="session")
def node(chromium: str) -> Iterator[Node]:
    with Node() as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str, node: Node) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])


@pytest.fixture
def window(browser: Browser, node: Node) -> Iterator[Enter]:
    """`window(way, name)` opens a window, signed in as one of the cast when a name is given."""
    windows = []

    def run(way: Way | None = None, name: str = "", **options: object) -> Window:
        windows.append(_open(browser, node, way or Way(), name, **options))
        return windows[-1]

    yield run
    for each in windows:
        each.close()


@pytest.fixture(scope="module")
def same_window(browser: Browser, node: Node) -> Iterator[Enter]:
    """Like `window`, for tests that only look: asked for the same way and name again, it is the same window."""
    kept: dict[tuple[Way, str], Window] = {}

    def run(way: Way, name: str) -> Window:
        if (way, name) not in kept:
            for each in kept.values():
                each.close()
            kept.clear()
            kept[way, name] = _open(browser, node, way, name)
        kept[way, name].begin()
        return kept[way, name]

    yield run
    for each in kept.values():
        each.close()


def _open(browser: Browser, node: Node, way: Way, name: str, **options: object) -> Window:
    opened = Window(browser, way, **options)
    if name and name not in node.cookies:
        sign_in(opened.page, node, name)
        node.cookies[name] = [each for each in opened.context.cookies() if each["name"] == "desk"]
    elif name:
        opened.context.add_cookies(node.cookies[name])
    return opened
