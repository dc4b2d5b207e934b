"""Stands in for NCMEC hash sharing, version 2: windows of time, pages, members, deletions, feedback.

What it does as the real one: entries of a window come in the order of their numbers, never of their times; a deleted
entry stays as `deletedImage` or `deletedVideo` with the time of its deletion; the link to the next page holds the
window, and a first number. Whether the ends of a window count is not known of the real one: `ends` chooses, as in `[)`.
A page that holds a `poisoned` entry breaks off in that entry.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote, urlencode
from xml.etree import ElementTree as Xml

from simulators.exchanges import ExchangeServer, Question, Reply

from tutela.hashlists import ListEntry, MediaKind, Source

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
REASONS = {
    "Md5": {"11111111-0000-4000-8000-000000000001": "Does not match"},
    "Pdq": {
        "22222222-0000-4000-8000-000000000001": "Too coarse",
        "22222222-0000-4000-8000-000000000002": "Not what it is said to be",
    },
}
NODE = Source(id="7", name="Exampleland Node")
Key = tuple[str, str, str]


class NcmecServer(ExchangeServer):
    """One database. `now` is its clock; entries are put with their own times or with its."""

    path = "/hashsharing"

    def __init__(
        self,
        *,
        username: str = "node",
        password: str = "a password",
        page: int = 1000,
        ends: str = "[]",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self._basic = "Basic " + b64encode(f"{username}:{password}".encode()).decode()
        self._member = NODE
        self._size = page
        self._ends = ends
        self._now = now
        self._rows: dict[Key, ListEntry] = {}
        self._numbers: dict[Key, int] = {}
        self._generation = 1
        self.poisoned: set[Key] = set()
        self.feedback: dict[tuple[Key, str], dict[str, tuple[str, ...] | None]] = {}

    def put(self, entry: ListEntry) -> None:
        """Add an entry, or change it; without a time it gets the present one."""
        entry = replace(entry, timestamp=entry.timestamp or self._now(), source=entry.source or self._member)
        with self._lock:
            self._rows[entry.key] = entry
            self._numbers.setdefault(entry.key, len(self._numbers) + 1)

    def delete(self, key: Key, *, at: datetime | None = None) -> None:
        with self._lock:
            self._rows[key] = replace(self._rows[key], hashes=(), deleted=True, timestamp=at or self._now())

    def current(self) -> dict[Key, tuple[tuple[str, str], ...]]:
        """What is on the list now: key -> hashes."""
        return {key: row.hashes for key, row in self._rows.items() if not row.deleted}

    def forget_links(self) -> None:
        """Links given so far are refused from now on."""
        self._generation += 1

    def answer(self, question: Question) -> Reply:
        if question.headers.get("authorization") != self._basic:
            return Reply(status=401)
        match [unquote(part) for part in question.path.removeprefix(self.path).split("/")[1:]]:
            case ["v2", "status"]:
                return _xml(_with_member(_element("status"), self._member))
            case ["v2", "members"]:
                return self._members()
            case ["v2", "entries"]:
                return self._entries(question)
            case ["v2", "feedback", type_, "reasons"]:
                return self._reasons(type_)
            case ["v2", "entries", member, entry, type_, "feedback"] if question.method == "PUT":
                return self._take(member, entry, type_.capitalize(), question.body)
        return Reply(status=404)

    def _members(self) -> Reply:
        root = _element("members")
        found = {self._member.id: self._member} | {row.source.id: row.source for row in self._rows.values()}
        for each in found.values():
            _with_member(root, each)
        return _xml(root)

    def _reasons(self, type_: str) -> Reply:
        name = type_.capitalize()
        root = _element("availableFeedbackReasons")
        for guid, title in REASONS.get(name, {}).items():
            Xml.SubElement(root, "reason", guid=guid, name=title, type=name)
        return _xml(root) if name in REASONS else Reply(status=404)

    def _take(self, member: str, entry: str, type_: str, body: bytes) -> Reply:
        key = next((key for key in self._rows if (key[0], key[2]) == (member, entry)), None)
        if key is None or self._rows[key].deleted:
            return Reply(status=404)
        guids = tuple(each.text for each in Xml.fromstring(body).iter(f"{{{NAMESPACE}}}guid"))
        negative = b"<negative>" in body
        if negative and not (guids and set(guids) <= set(REASONS.get(type_, {}))):
            return Reply(status=400)
        self.feedback.setdefault((key, type_), {})[self._member.id] = guids if negative else None
        self._rows[key] = replace(self._rows[key], timestamp=self._now())
        return Reply()

    def _entries(self, question: Question) -> Reply:
        query = question.query
        try:
            start, end = _time(query["from"]), _time(query["to"])
        except (KeyError, ValueError):
            return Reply(status=400)
        if "start" in query and query.get("given") != str(self._generation):
            return Reply(status=400)
        first, size = int(query.get("start", "1")), int(query.get("size", self._size))
        rows = self._window(first, start, end)
        more = rows[size:]
        link = None
        if more:
            kept = {"from": query["from"], "to": query["to"], "start": more[0][0], "size": size}
            link = "/v2/entries?" + urlencode({**kept, "max": more[-1][0], "given": self._generation})
        reply = _xml(self._page([row for _, row in rows[:size]], link))
        for _, row in rows[:size]:
            if row.key in self.poisoned:
                reply = replace(reply, body=reply.body.partition(f"<id>{row.id}</id>".encode())[0])
        return reply

    def _window(self, first: int, start: datetime, end: datetime) -> list[tuple[int, ListEntry]]:
        found = [(number, self._rows[key]) for key, number in self._numbers.items() if number >= first]
        inside = [(number, row) for number, row in found if self._counts(row.timestamp, start, end)]
        return sorted(inside, key=lambda each: each[0])

    def _counts(self, at: datetime, start: datetime, end: datetime) -> bool:
        return (start < at < end) or ("[" in self._ends and at == start) or ("]" in self._ends and at == end)

    def _page(self, rows: Iterable[ListEntry], link: str | None) -> Xml.Element:
        root = _element("queryResult")
        groups = {kind: Xml.SubElement(root, f"{kind}s") for kind in MediaKind}
        for row in rows:
            self._write(groups[row.kind], row)
        for group in groups.values():
            group.set("count", str(len(group)))
            if times := sorted(each.text or "" for each in group.iter("timestamp")):
                group.set("maxTimestamp", times[-1])
        if link:
            Xml.SubElement(Xml.SubElement(root, "paging"), "next").text = link
        return root

    def _write(self, group: Xml.Element, row: ListEntry) -> None:
        name = f"deleted{row.kind.capitalize()}" if row.deleted else row.kind
        made = _with_member(Xml.SubElement(group, name), row.source)
        Xml.SubElement(made, "timestamp").text = _text(row.timestamp)
        Xml.SubElement(made, "id").text = row.id
        if row.deleted:
            return
        if row.classification:
            Xml.SubElement(made, "classification").text = row.classification.code
        prints = Xml.SubElement(made, "fingerprints")
        for algorithm, value in row.hashes:
            Xml.SubElement(prints, algorithm).text = value
        opinions = {type_: given for (key, type_), given in self.feedback.items() if key == row.key}
        if opinions:
            self._write_feedback(Xml.SubElement(made, "feedback"), opinions)

    def _write_feedback(self, feedback: Xml.Element, opinions: dict[str, dict[str, tuple[str, ...] | None]]) -> None:
        for type_, given in opinions.items():
            for member, guids in given.items():
                who = Source(id=member, name=self._member.name)
                if guids is None:
                    vote = Xml.SubElement(feedback, "affirmativeFeedback", type=type_)
                    _with_member(Xml.SubElement(vote, "members"), who)
                    continue
                reasons = Xml.SubElement(Xml.SubElement(feedback, "negativeFeedback", type=type_), "reasons")
                for guid in guids:
                    Xml.SubElement(reasons, "reason", guid=guid, name=REASONS[type_][guid], type=type_)
                _with_member(Xml.SubElement(reasons, "members"), who)


def _element(name: str) -> Xml.Element:
    return Xml.Element(name, xmlns=NAMESPACE)


def _with_member(parent: Xml.Element, member: Source) -> Xml.Element:
    Xml.SubElement(parent, "member", id=member.id).text = member.name
    return parent


def _xml(root: Xml.Element) -> Reply:
    return Reply(body=Xml.tostring(root, encoding="UTF-8", xml_declaration=True), headers={"Content-Type": "text/xml"})


def _time(text: str) -> datetime:
    if not text.endswith("Z"):
        raise ValueError("a time without its zone")
    return datetime.fromisoformat(text)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
