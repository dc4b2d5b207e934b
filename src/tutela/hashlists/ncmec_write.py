"""Entries as one page of NCMEC hash sharing v2.

Rules:
- images come before videos, as in the pages NCMEC sends; the order within each is kept
- what the format has no place for (other classification schemes, other algorithms, entries of no kind) is left out
  and counted, never bent to fit
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from lxml import etree

from tutela.hashlists.entry import ListEntry, MediaKind, time_text
from tutela.hashlists.ncmec import NAMESPACE
from tutela.hashlists.ncmec_entry import SCHEME

FINGERPRINTS = ("md5", "sha1", "pdna", "pdq", "netclean", "videntifier")
_GROUPS = {MediaKind.IMAGE: ("images", "image", "deletedImage"), MediaKind.VIDEO: ("videos", "video", "deletedVideo")}


def write(entries: Iterable[ListEntry], out: BinaryIO, *, next_page: str | None = None) -> Counter[str]:
    """Write one page to `out`; returns what was left out and how often. Raises Invalid for a time without zone."""
    left_out: Counter[str] = Counter()
    kept = tuple(entry for entry in entries if _has_place(entry, left_out))
    with etree.xmlfile(out, encoding="UTF-8") as page:
        page.write_declaration(standalone=True)
        with page.element(f"{{{NAMESPACE}}}queryResult", nsmap={None: NAMESPACE}):
            for kind in MediaKind:
                _write_group(page, [entry for entry in kept if entry.kind == kind], kind)
            if next_page is not None:
                paging = _element("paging")
                _child(paging, "next", next_page)
                page.write(paging)
    return left_out


def _has_place(entry: ListEntry, left_out: Counter[str]) -> bool:
    if entry.kind is None:
        left_out["entries that are neither image nor video"] += 1
        return False
    for algorithm, _ in entry.hashes:
        if algorithm not in FINGERPRINTS:
            left_out[f"{algorithm} values"] += 1
    if entry.feedback:
        left_out["feedback counts"] += 1
    if entry.classification and entry.classification.scheme != SCHEME:
        left_out[f"classifications of scheme {entry.classification.scheme}"] += 1
    if not entry.deleted and not any(algorithm in FINGERPRINTS for algorithm, _ in entry.hashes):
        left_out["entries with no fingerprint of this format"] += 1
        return False
    return True


def _write_group(page: Any, entries: Sequence[ListEntry], kind: MediaKind) -> None:
    group, present, deleted = _GROUPS[kind]
    attributes = {"count": str(len(entries))}
    newest = max((entry.timestamp for entry in entries if entry.timestamp), default=None)
    if newest:
        attributes["maxTimestamp"] = time_text(newest)
    with page.element(f"{{{NAMESPACE}}}{group}", attributes):
        for entry in entries:
            page.write(_entry(entry, deleted if entry.deleted else present))


def _entry(entry: ListEntry, name: str) -> Any:
    made = _element(name)
    if entry.source:
        _child(made, "member", entry.source.name).set("id", entry.source.id)
    if entry.timestamp:
        _child(made, "timestamp", time_text(entry.timestamp))
    _child(made, "id", entry.id)
    if entry.classification and entry.classification.scheme == SCHEME:
        _child(made, "classification", entry.classification.code)
    if not entry.deleted:
        fingerprints = _child(made, "fingerprints", None)
        for algorithm, value in entry.hashes:
            if algorithm in FINGERPRINTS:
                _child(fingerprints, algorithm, value)
    return made


def _element(name: str) -> Any:
    default: dict[Any, str] = {None: NAMESPACE}  # the stubs know no default namespace
    return etree.Element(f"{{{NAMESPACE}}}{name}", nsmap=default)


def _child(parent: Any, name: str, text: str | None) -> Any:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child
