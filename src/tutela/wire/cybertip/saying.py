"""What a document says, as frozen values: enough to weigh a report, to tie it to others, and to look its files up.

Rules:
- what is not said is empty, None or False; nothing is guessed. A file was viewed only where its sender says so
- values are read from documents with faults as well: what cannot be read is left out
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tutela.wire.cybertip import limits
from tutela.wire.cybertip.datatypes import is_true, moment
from tutela.wire.xmltree import Node, Tree

PEOPLE = ("personOrUserReported", "intendedRecipient", "victim")
PERSON = {
    "personOrUserReported": "personOrUserReportedPerson",
    "intendedRecipient": "intendedRecipientPerson",
    "victim": "victimPerson",
}
TEXTS = ("additionalInfo", "content", "incidentDateTimeDescription", "fileNames")
MOST_TEXTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Account:
    """Somebody's account as it was named: the service, where it is said, and its own name, number or address."""

    service: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReportSaid:
    """A `<report>`. `words` are its free texts with the element they stood in; `prior` are earlier reports' numbers."""

    incident: str
    platform: str
    escalated_for: str
    annotations: frozenset[str]
    batched: str
    happened_at: datetime | None
    urls: tuple[str, ...]
    accounts: tuple[Account, ...]
    ips: tuple[str, ...]
    mails: tuple[str, ...]
    phones: tuple[str, ...]
    prior: tuple[str, ...]
    victim_named: bool
    suspect_named: bool
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FileSaid:
    """A `<fileDetails>`. `hashes` are `(type, value)` as written, of the file before the sender changed it."""

    report: str
    file: str
    name: str
    viewed: bool
    exif_viewed: bool
    public: bool
    supplemental: bool
    classification: str
    annotations: frozenset[str]
    meme: bool
    url: str
    hashes: tuple[tuple[str, str], ...]
    ips: tuple[str, ...]
    words: tuple[tuple[str, str], ...]


def report_said(tree: Tree) -> ReportSaid:
    root = tree.root
    batched = root.first("batchedReport")
    people = [each for name in PEOPLE for each in root.all(name)]
    others = [*people, *root.all("internetDetails")]  # what is not about whoever sends the report
    return ReportSaid(
        incident=root.said("incidentSummary", "incidentType"),
        platform=root.said("incidentSummary", "platform"),
        escalated_for=root.said("incidentSummary", "escalateToHighPriority"),
        annotations=_annotations(root, "incidentSummary", "reportAnnotations"),
        batched=batched.attributes.get("reason", "") if batched is not None else "",
        happened_at=moment(root.said("incidentSummary", "incidentDateTime")),
        urls=_texts(root.all("internetDetails", "webPageIncident", "url")),
        accounts=tuple(dict.fromkeys(each for person in people for each in _accounts(person))),
        ips=_texts(_below(others, "ipAddress")),
        mails=_texts(_below(others, "email", "emailAddress")),
        phones=_phones(_below(others, "phone", "phoneNumber")),
        prior=_texts(_below(others, "priorCTReports", "priorCTReport")),
        victim_named=any(_is_named(each) for each in root.all("victim")),
        suspect_named=any(_is_named(each) for each in root.all("personOrUserReported")),
        words=_words(root),
    )


def file_said(tree: Tree) -> FileSaid:
    root = tree.root
    url = root.said("locationOfFile")
    return FileSaid(
        report=root.said("reportId"),
        file=root.said("fileId"),
        name=root.said("originalFileName"),
        viewed=is_true(root.said("fileViewedByEsp")),
        exif_viewed=is_true(root.said("exifViewedByEsp")),
        public=is_true(root.said("publiclyAvailable")),
        supplemental=root.said("fileRelevance") == "Supplemental Reported",
        classification=root.said("industryClassification"),
        annotations=_annotations(root, "fileAnnotations"),
        meme=is_true(root.said("potentialMeme")),
        url=url if limits.is_address(url) else "",
        hashes=tuple((each.attributes.get("hashType", ""), each.text.strip()) for each in root.all("originalFileHash")),
        ips=_texts(_below((root,), "ipAddress")),
        words=_words(root),
    )


def _annotations(root: Node, *path: str) -> frozenset[str]:
    """Those that are set: a flag is empty or true, what is not known yet is kept by its name."""
    found = root.first(*path)
    set_ = [each for each in (found.children if found else ()) if not each.text.strip() or each.text.strip() != "false"]
    return frozenset(each.name[:60] for each in set_)


def _below(nodes: Iterable[Node], *names: str) -> Iterator[Node]:
    for node in nodes:
        for child in node.children:
            if child.name in names:
                yield child
            yield from _below((child,), *names)


def _texts(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for each in nodes if (text := each.text.strip())))


def _phones(nodes: Iterable[Node]) -> tuple[str, ...]:
    """With the country's calling code in front, where it is said."""
    said = ((each.attributes.get("countryCallingCode", ""), each.text.strip()) for each in nodes)
    return tuple(dict.fromkeys(text if text.startswith("+") else code + text for code, text in said if text))


def _accounts(person: Node) -> Iterator[Account]:
    for node in (person, *person.all("associatedAccount")):
        service = node.said("espService") or node.said("platform")
        named = [node.said(name) for name in ("espIdentifier", "screenName")]
        for name in (*named, *_texts(node.all("profileUrl"))):
            if name:
                yield Account(service=service, name=name)


def _is_named(node: Node) -> bool:
    """Whether it is said who somebody is or where, not only which account."""
    person = node.first(PERSON[node.name])
    named = ("firstName", "lastName", "phone", "email", "address")
    is_somebody = person is not None and any(person.first(each) is not None for each in named)
    return is_somebody or node.first("estimatedLocation") is not None or bool(node.said("schoolName"))


def _words(root: Node) -> tuple[tuple[str, str], ...]:
    found = [(parent, node) for parent, node in _free(root, root.name) if node.text.strip()]
    return tuple((f"{parent}/{node.name}", node.text.strip()) for parent, node in found[:MOST_TEXTS])


def _free(node: Node, parent: str) -> Iterator[tuple[str, Node]]:
    for child in node.children:
        if child.name in TEXTS:
            yield node.name, child
        yield from _free(child, node.name)
