"""A visitor of the public desk as its own role serves it, and a reporter who goes through its pages."""

import hashlib
import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.test import Client

from tutela_node.foundation import clock
from tutela_node.intake.tests.working import work

FORM = "application/x-www-form-urlencoded"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DRAFT = re.compile(r'name="draft" value="([^"]+)"')
TICKET = re.compile(r'name="ticket" value="([^"]+)"')
VISIT = re.compile(r'name="visit" value="([^"]+)"')
WORK = re.compile(r'data-challenge="([^"]+)" data-bits="(\d+)"')
CODE = re.compile(r"<span>([0-9A-Z]{5})</span>")


@dataclass(kw_only=True)
class Visitor:
    """A browser without cookies or scripts: it knows the page in hand and nothing else."""

    language: str = "en"
    client: Client = field(default_factory=Client)
    page: str = ""

    def get(self, path: str, **headers: str):
        return self._keep(self.client.get(f"/{self.language}/{path}", headers=headers))

    def post(self, path: str, body: dict[str, str], **headers: str):
        sent = self.client.post(f"/{self.language}/{path}", urlencode(body), content_type=FORM, headers=headers)
        return self._keep(sent)

    def go(self, **answers: str):
        """Sends the question in hand on with these fields."""
        return self.post("go", {"draft": self.draft, **answers})

    def tell(self, words: str, *, way: str = "own", happening: str = "other", **more: str):
        """The whole path of words, from its first page to the code."""
        self.get(f"go?way={way}")
        self.go(happening=happening, **more)
        self.go()
        self.go(place="home")
        return self.go(words=words)

    def come_back(self, code: str):
        """Enters a code as a browser with scripts does: after the work."""
        self.get("back")
        ticket = TICKET.search(self.page).group(1)
        bound = hashlib.sha256(f"{ticket}:{code}".encode()).hexdigest()[:32]
        return self.post("back", {"code": code, "ticket": ticket, "work": work(bound, 16)})

    @property
    def ticket(self) -> str:
        return TICKET.search(self.page).group(1)

    @property
    def visit(self) -> str:
        return VISIT.search(self.page).group(1)

    @property
    def asked_work(self) -> tuple[str, int]:
        """The challenge of the page and its bits."""
        challenge, bits = WORK.search(self.page).groups()
        return challenge, int(bits)

    @property
    def draft(self) -> str:
        return DRAFT.search(self.page).group(1)

    @property
    def code(self) -> str:
        return "-".join(CODE.findall(self.page))

    @property
    def title(self) -> str:
        return html.unescape(re.search(r"<title>(.*?)</title>", self.page, re.DOTALL).group(1)).strip()

    def _keep(self, response):
        self.page = response.content.decode()
        return response


@pytest.fixture
def visitor(settings, db) -> Visitor:
    from tutela_node.site.settings import public  # read here: a conftest may be loaded before the tests' data folder

    for name in ("MIDDLEWARE", "ROOT_URLCONF", "TEMPLATES"):
        setattr(settings, name, getattr(public, name))
    return Visitor()


@pytest.fixture
def at_noon():
    with clock.standing_at(NOON):
        yield NOON
