"""A window on one page, and everything that is wrong with what it shows.

What is looked for (look.md, and WCAG 2.2 A and AA as far as axe can tell): no violation of axe's rules, no console
error, nothing asked of another origin, nothing refused by the content security policy, no sideways scrolling, the
direction of the language, targets of at least 24 px. axe is evaluated by the debugger: the policy stays in force.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

SIZES = {320: 568, 390: 844, 1440: 900}
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
AXE = """async (options) => (await axe.run(document, options)).violations.map(
  (each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).slice(0, 4).join(' | ')}`)"""
REFUSED = """window.refused = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.refused.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`));"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('.sr,p,li li,td,th,.skip'))
  .map((each) => [each.closest('label') ?? each, each])
  .map(([shown, each]) => [shown.getBoundingClientRect(), each])
  .filter(([box]) => box.width > 1 && (box.width < 24 || box.height < 24))
  .map(([box, each]) => `${each.outerHTML.slice(0, 90)}: ${Math.round(box.width)} × ${Math.round(box.height)}`)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How somebody looks: the language of the page, a light or a dark screen, its width in CSS pixels."""

    language: str = "en"
    scheme: str = "light"
    width: int = 1440

    def __str__(self) -> str:
        return f"{self.language}-{self.scheme}-{self.width}"


class Window:
    """A fresh window of a browser; it remembers what went wrong since it was opened."""

    def __init__(self, browser: Browser, way: Way, **options: Any) -> None:
        self.way = way
        self.context: BrowserContext = browser.new_context(
            viewport={"width": way.width, "height": SIZES[way.width]},
            color_scheme=way.scheme,
            reduced_motion="reduce",
            locale=way.language,
            **options,
        )
        self.context.add_init_script(REFUSED)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self._wrong: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._wrong.append(f"error: {error}"))
        self.page.on("request", self._ask)

    def begin(self) -> None:
        """Forgets what went wrong before."""
        self._wrong.clear()

    def close(self) -> None:
        self.context.close()

    def problems(self) -> list[str]:
        """What is wrong with the page in hand, in words; the texts of axe name its rules."""
        page = self.page
        found = [*self._wrong, *(f"refused by the policy: {each}" for each in page.evaluate("window.refused ?? []"))]
        if (wide := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{wide} px wider than the window")
        told = page.evaluate("[document.documentElement.dir, document.documentElement.lang]")
        if told != ["rtl" if self.way.language == "ar" else "ltr", self.way.language]:
            found.append(f"direction and language are {told}")
        found += [f"small target: {each}" for each in page.evaluate(SMALL)]
        page.evaluate(AXE_SCRIPT)
        return [*found, *page.evaluate(AXE, OPTIONS)]

    def _hear(self, message: ConsoleMessage) -> None:
        is_status = message.text.startswith("Failed to load resource") and message.location["url"] == self.page.url
        if message.type == "error" and not is_status:  # a page that answers 422 is no fault of the page
            self._wrong.append(f"console: {message.text}")

    def _ask(self, request: Request) -> None:
        """What a page asks for by itself; going to another page is what the test does."""
        host = urlsplit(request.url).netloc
        if host and not request.is_navigation_request() and host != urlsplit(self.page.url).netloc:
            self._wrong.append(f"asks another origin: {host}")
