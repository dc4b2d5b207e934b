"""The package in CASE 1.5 / UCO 1.5 JSON-LD, for the tools of police labs.

Rules:
- the context is inline, so that validating asks nobody; times are xsd:dateTime, hash values xsd:hexBinary
- identifiers are UUIDv5 under the package's id: the same input gives the same bytes
- what the published shapes do not check is checked here: every exhibit described once with its digests, every action
  ends no earlier than it starts, custody actions form one chain in the order of the log
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from tutela.custody import Leaf
from tutela.errors import VerificationFailed
from tutela.packages.record import ExhibitRecord, FactsRecord, exhibit_path, time_text

UCO = "https://ontology.unifiedcyberontology.org/uco/"
CONTEXT = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": f"{UCO}action/",
    "uco-core": f"{UCO}core/",
    "uco-identity": f"{UCO}identity/",
    "uco-observable": f"{UCO}observable/",
    "uco-types": f"{UCO}types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
METHODS = {"SHA256": "sha256", "SHA1": "sha1", "MD5": "md5"}
Node = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInput:
    """What the document is made from; `events` are in log order."""

    id: str
    created_at: str
    facts: FactsRecord
    exhibits: tuple[ExhibitRecord, ...]
    events: tuple[Leaf, ...]


def case_document(case: CaseInput) -> Node:
    """The JSON-LD value, to be written as canonical JSON."""
    graph = [*_identities(case)]
    for number, exhibit in enumerate(case.exhibits, 1):
        graph += [_file(case, number, exhibit), _provenance(case, number, exhibit)]
    graph += [_event(case, position) for position in range(len(case.events))]
    graph += [_release(case), _investigation(case, graph)]
    return {"@context": {"kb": f"urn:tutela:{case.id}:", **CONTEXT}, "@graph": graph}


def check_case(document: object, case: CaseInput) -> None:
    """Raises VerificationFailed with the node when the document does not tell what the record and the log tell."""
    nodes = _by_id(document)
    for number, exhibit in enumerate(case.exhibits, 1):
        _check_file(nodes, case, number, exhibit)
    chain = [*(f"event-{leaf.event}" for leaf in case.events), "release"]
    times = [*((time_text(leaf.at, "at"),) * 2 for leaf in case.events), (case.created_at,) * 2]
    for position, label in enumerate(chain):
        before: list[Node] | None = [{"@id": _id(case, "action", chain[position - 1])}] if position else None
        _check_action(nodes.get(_id(case, "action", label)), label, before, times[position])
    wanted = {_id(case, "action", label) for label in chain}
    wanted |= {_id(case, "file", exhibit_path(number)) for number in range(1, len(case.exhibits) + 1)}
    found = {name for name in nodes if name.startswith(("kb:action-", "kb:file-"))}
    if found != wanted:
        raise VerificationFailed("the document has files or actions that the record does not name", place="@graph")


def _by_id(document: object) -> dict[str, Node]:
    graph = document.get("@graph") if isinstance(document, dict) else None
    if not isinstance(graph, list) or not all(isinstance(node, dict) for node in graph):
        raise VerificationFailed("a CASE document has a list of nodes", place="@graph")
    nodes = {str(node.get("@id")): node for node in graph}
    if len(nodes) != len(graph):
        raise VerificationFailed("two nodes have one @id", place="@graph")
    return nodes


def _check_file(nodes: dict[str, Node], case: CaseInput, number: int, exhibit: ExhibitRecord) -> None:
    for wanted in (_file(case, number, exhibit), _provenance(case, number, exhibit)):
        if nodes.get(str(wanted["@id"])) != wanted:
            message = "the document does not describe the exhibit as the record does"
            raise VerificationFailed(message, place=f"exhibit {number}")


def _check_action(node: Node | None, label: str, before: Sequence[Node] | None, times: tuple[str, str]) -> None:
    if node is None:
        raise VerificationFailed("the action is missing", place=label)
    found = [node.get(f"uco-action:{name}Time") for name in ("start", "end")]
    if found != [_time(text) for text in times]:
        raise VerificationFailed("the times of the action are not those of the log", place=label)
    if node.get("case-investigation:wasInformedBy") != before:
        raise VerificationFailed("the action does not follow the one before it in the log", place=label)


def _identities(case: CaseInput) -> list[Node]:
    facts = case.facts
    organisations = {"sender": facts.organisation, "recipient": facts.recipient}
    roles = {"first": facts.released_by_first, "second": facts.released_by_second}
    return [
        *(
            _node(case, "organization", label, "uco-identity:Organization", name)
            for label, name in organisations.items()
        ),
        *(_node(case, "identity", label, "uco-identity:Person", name) for label, name in roles.items()),
        {
            **_node(case, "authorization", "legal-basis", "case-investigation:Authorization", facts.legal_basis),
            "case-investigation:authorizationType": "legal-basis",
            "case-investigation:authorizationIdentifier": [facts.reference],
        },
    ]


def _file(case: CaseInput, number: int, exhibit: ExhibitRecord) -> Node:
    path = exhibit_path(number)
    file_facet = {
        **_typed(case, "file-facet", path, "uco-observable:FileFacet"),
        "uco-observable:fileName": path.rpartition("/")[2],
        "uco-observable:filePath": path,
        "uco-observable:sizeInBytes": _value("integer", str(exhibit.size)),
    }
    content = {
        **_typed(case, "content-data-facet", path, "uco-observable:ContentDataFacet"),
        "uco-observable:mimeType": exhibit.media_type,
        "uco-observable:sizeInBytes": _value("integer", str(exhibit.size)),
        "uco-observable:hash": [_hash(case, path, method, exhibit) for method in METHODS],
    }
    return {
        **_typed(case, "file", path, "uco-observable:File"),
        "uco-core:hasFacet": [file_facet, content],
    }


def _hash(case: CaseInput, path: str, method: str, exhibit: ExhibitRecord) -> Node:
    return {
        **_typed(case, "hash", f"{path} {method}", "uco-types:Hash"),
        "uco-types:hashMethod": method,
        "uco-types:hashValue": _value("hexBinary", getattr(exhibit, METHODS[method]).upper()),
    }


def _provenance(case: CaseInput, number: int, exhibit: ExhibitRecord) -> Node:
    path = exhibit_path(number)
    return {
        **_node(case, "provenance-record", path, "case-investigation:ProvenanceRecord", f"Item {exhibit.item}"),
        "case-investigation:exhibitNumber": exhibit.number,
        "uco-core:objectCreatedTime": _time(exhibit.acquired_at),
        "uco-core:object": [{"@id": _id(case, "file", path)}],
    }


def _event(case: CaseInput, position: int) -> Node:
    leaf = case.events[position]
    before = f"event-{case.events[position - 1].event}" if position else None
    at = time_text(leaf.at, "at")
    return {
        **_action(case, f"event-{leaf.event}", leaf.kind, at, before),
        "uco-action:performer": {"@id": _id(case, "organization", "sender")},
        "uco-core:description": [f"Custody event {leaf.event} of subject {leaf.subject}"],
    }


def _release(case: CaseInput) -> Node:
    before = f"event-{case.events[-1].event}" if case.events else None
    people = [{"@id": _id(case, "identity", label)} for label in ("first", "second")]
    records = [exhibit_path(number) for number in range(1, len(case.exhibits) + 1)]
    verdict = f"Verdict: {case.facts.verdict_code} under {case.facts.verdict_scheme}"
    return {
        **_action(case, "release", "released", case.created_at, before),
        "uco-action:performer": {"@id": _id(case, "organization", "sender")},
        "uco-action:participant": [*people, {"@id": _id(case, "organization", "recipient")}],
        "uco-action:object": [{"@id": _id(case, "provenance-record", path)} for path in records],
        "uco-core:description": [verdict],
    }


def _investigation(case: CaseInput, graph: Sequence[Node]) -> Node:
    return {
        **_node(case, "investigation", "case", "case-investigation:Investigation", case.facts.reference),
        "case-investigation:investigationForm": "case",
        "case-investigation:relevantAuthorization": [{"@id": _id(case, "authorization", "legal-basis")}],
        "uco-core:object": [{"@id": node["@id"]} for node in graph],
    }


def _action(case: CaseInput, label: str, name: str, at: str, before: str | None) -> Node:
    action = {
        **_node(case, "action", label, "case-investigation:InvestigativeAction", name),
        "uco-action:startTime": _time(at),
        "uco-action:endTime": _time(at),
    }
    if before is not None:
        action["case-investigation:wasInformedBy"] = [{"@id": _id(case, "action", before)}]
    return action


def _node(case: CaseInput, kind: str, label: str, type_name: str, name: str) -> Node:
    return {**_typed(case, kind, label, type_name), "uco-core:name": name}


def _typed(case: CaseInput, kind: str, label: str, type_name: str) -> Node:
    return {"@id": _id(case, kind, label), "@type": type_name}


def _id(case: CaseInput, kind: str, label: str) -> str:
    return f"kb:{kind}-{uuid5(UUID(case.id), f'{kind} {label}')}"


def _time(text: str) -> Node:
    return _value("dateTime", text)


def _value(kind: str, text: str) -> Node:
    return {"@type": f"xsd:{kind}", "@value": text}
