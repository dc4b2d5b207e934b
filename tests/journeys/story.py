"""A piece of the worked case, again and again: reports, decisions, contacts, listings, and what was acknowledged."""

import hashlib
import json
from dataclasses import dataclass, field

import httpx
from journeys.house import House
from journeys.patient import Again, PatientVisitor, provider, sign_in

from tutela_node.desks.cli.exampleland.web_host import picture
from tutela_node.desks.cli.exampleland.world import SHARED

MIRA, TIMO = "mira@hotline.exampleland.example", "timo@hotline.exampleland.example"
VERDICT = {"code": "A", "ground": "own_view"}
PROPOSAL = {
    "grounds": "Every page found on this domain was assessed; two people agreed on each of them.",
    "legal_basis": "XA-PC-184",
    "days": "90",
    "wholly_dedicated": "on",
    "evidence": "Both analysts went through the list of captured addresses: nothing else is on the domain.",
}


@dataclass(slots=True)
class Story:
    """`files` and `codes` hold what was acknowledged: a provider's report by its file, a receipt by its code."""

    house: House
    wire: Again = field(default_factory=Again)
    files: dict[int, str] = field(default_factory=dict)  # seed of the picture -> number of the report
    codes: list[str] = field(default_factory=list)
    waiting: dict[str, set[str]] = field(default_factory=dict)  # sha256 -> who has yet to decide
    domains: list[str] = field(default_factory=list)
    shown: int = 0
    people: dict[str, PatientVisitor] = field(default_factory=dict)
    harbour: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.harbour = provider(self.house, self.wire)
        self.people = {email: sign_in(self.house, email, self.wire) for email in (MIRA, TIMO)}

    def send_file(self, seed: int) -> dict[str, object]:
        """Harbour Hosting reports a file; the same seed is the same report."""
        told = json.dumps({"context": {"account": f"example-{seed}"}, "reference": f"HH-{seed}"})
        files = {"report": (None, told), "file": ("upload.jpg", self._drawn(seed), "image/jpeg")}
        answer = self.harbour.post("/api/v1/reports", files=files)
        assert answer.status_code == 201, answer.text
        sent: dict[str, object] = answer.json()
        self.files[seed] = str(sent["report"])
        return sent

    def report_address(self, seed: int) -> None:
        """Somebody reports an address at which the picture of this seed is shown, and keeps the code."""
        path = f"/a/{seed}.jpg"
        self.house.world.host.show(path, seed)
        self._drawn(seed)
        visitor = PatientVisitor(self.house.urls["public"], self.wire)
        visitor.open("/en/go")
        visitor.submit("//form[@id='q']", {"address": self.house.world.host.url(path, name=SHARED)})
        visitor.submit("//form[@id='q']").submit("//form[@id='q']")
        visitor.submit("//form[@id='q']", {"words": f"Seen in a chat, number {seed}."})
        self.codes.append(" ".join(visitor.all("//*[contains(@class,'code')]/span")))
        self.shown += 1

    def decide(self) -> None:
        """Each of the two decides about what the search finds by now."""
        for sha256, left in self.waiting.items():
            for email in sorted(left):
                if (path := self.find(sha256, email)) and self._assess(self.people[email], path):
                    left.discard(email)

    def find(self, sha256: str, email: str = MIRA) -> str | None:
        """The page of the one item that has this digest, once it is there."""
        visitor = self.people[email]
        visitor.open("/search/").submit("//main//form", {"text": sha256})
        found = visitor.all("//main//table//a[contains(@href,'/item/')]/@href")
        assert len(set(found)) < 2, "one file became two items"
        return found[0] if found else None

    def list_domain(self, number: int) -> None:
        """Mira proposes a domain of its own, Timo approves it."""
        domain = f"given-over-{number}.example"
        mira, timo = self.people[MIRA], self.people[TIMO]
        mira.open("/blocking/propose/").submit("//main//form[.//input[@name='domain']]", {"domain": domain, **PROPOSAL})
        links = mira.open("/blocking/").all(f"//tr[contains(., '{domain}')]//a/@href")
        timo.open(links[0]).submit("//form[contains(@action,'/approve')]")
        self.domains.append(domain)

    def approve_contacts(self) -> None:
        timo = self.people[TIMO].open("/removal/")
        if timo.page.xpath("//form[contains(@action,'/approve')]"):
            timo.submit("//form[contains(@action,'/approve')]")

    def is_decided(self) -> bool:
        return not any(self.waiting.values())

    def _drawn(self, seed: int) -> bytes:
        drawn = picture(seed)
        self.waiting.setdefault(hashlib.sha256(drawn).hexdigest(), {MIRA, TIMO})
        return drawn

    def _assess(self, visitor: PatientVisitor, path: str) -> bool:
        """True once the page shows this person's own assessment, or the verdict."""
        visitor.open(path)
        for form, fields in (("contains(@action,'/look')", {}), ("@id='verdict'", VERDICT)):
            if visitor.page.xpath(f"//form[{form}]"):
                visitor.submit(f"//form[{form}]", fields)
        heading = visitor.open(path).all("//aside[@id='decide']/h2")
        return bool({"Your assessment", "Decided"} & set(heading))
