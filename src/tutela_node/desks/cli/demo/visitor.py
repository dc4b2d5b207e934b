"""A person with a browser, as far as the case needs one: pages, forms, a session, no scripts."""

import hashlib
import itertools
from collections.abc import Mapping
from typing import Self
from urllib.parse import urljoin

import httpx
from lxml import html

from tutela.errors import TutelaError
from tutela_node.intake.floods import worked

TIMEOUT = 30.0


class Stuck(TutelaError):
    """The story cannot go on: a page did not answer or show what it should. `place` is the step or the path."""


class Visitor:
    """One person's browser. `page` is what is on the screen; `url` its address."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._http = httpx.Client(base_url=base, follow_redirects=True, timeout=TIMEOUT, trust_env=False)
        self.page: html.HtmlElement = html.fromstring("<html></html>")
        self.url, self.status = base, 0

    def open(self, path: str) -> Self:
        return self._show(self._http.get(urljoin(self.url, path)))

    def fetch(self, path: str) -> bytes:
        """The bytes behind an address, without showing them."""
        answer = self._http.get(urljoin(self.url, path))
        if answer.status_code != 200:
            raise Stuck(f"answered {answer.status_code}", place=path)
        return answer.content

    def submit(
        self,
        form: str,
        fields: Mapping[str, str] | None = None,
        *,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Self:
        """Fills the first form that the XPath finds, keeping what it holds, and sends it."""
        return self._show(self._send(form, fields or {}, files))

    def come_back(self, code: str) -> Self:
        """Enters a reporter's code after the work for it, which a browser leaves to the page's script."""
        self.open("/en/back")
        ticket, bits = self.find("//main//input[@name='ticket']/@value"), int(self.find("//main//form/@data-code-bits"))
        bound = hashlib.sha256(f"{ticket}:{code}".encode()).hexdigest()[:32]
        nonce = next(each for each in map(str, itertools.count()) if worked(bound, each, bits=bits))
        return self.submit("//main//form", {"code": code, "work": nonce})

    def take(self, form: str) -> bytes:
        """Sends a form that answers with a file, and answers its bytes; the page stays."""
        answer = self._send(form, {}, None)
        if answer.status_code != 200:
            raise Stuck(f"answered {answer.status_code}", place=form)
        return answer.content

    def _send(
        self, form: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]] | None
    ) -> httpx.Response:
        found = self.page.xpath(form)
        if not found:
            raise Stuck(f"shows no form {form}: {self.text()[:300]}", place=self.url)
        target = urljoin(self.url, found[0].get("action") or self.url)
        headers = {"Origin": "{0.scheme}://{0.host}:{0.port}".format(httpx.URL(self.base)), "Referer": self.url}
        return self._http.post(target, data={**_held(found[0]), **fields}, files=files, headers=headers)

    def find(self, xpath: str) -> str:
        """The text or attribute that an XPath finds first; Stuck when there is none."""
        found = self.page.xpath(xpath)
        if not found:
            raise Stuck(f"does not show {xpath}: {self.text()[:300]}", place=self.url)
        first = found[0]
        return str(first if isinstance(first, str) else first.text_content()).strip()

    def all(self, xpath: str) -> list[str]:
        return [str(each if isinstance(each, str) else each.text_content()).strip() for each in self.page.xpath(xpath)]

    def cookies(self) -> list[str]:
        """The names of the cookies that were set: none on public pages."""
        return sorted(self._http.cookies)

    def text(self) -> str:
        return " ".join(self.page.text_content().split())

    def _show(self, answer: httpx.Response) -> Self:
        self.url, self.status = str(answer.url), answer.status_code
        if answer.status_code >= 500:
            raise Stuck(f"answered {answer.status_code}", place=self.url)
        self.page = html.fromstring(answer.content or b"<html></html>")
        return self


def _held(form: html.HtmlElement) -> dict[str, str]:
    """What a browser would send of an untouched form, without its buttons."""
    return dict(form.form_values())
