"""Write a package as a stream of bytes, in one pass, in constant memory.

Rules:
- what is written verifies: an event that does not open, a proof that leads elsewhere or an exhibit whose bytes are not
  those recorded stops the writing with its place
- the same input gives the same bytes
- the caller seals the stream on its way out (`seal_age_pieces`), so that a package never rests in plain
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tutela.custody import Leaf, parse_checkpoint, parse_note, sign_note
from tutela.errors import VerificationFailed
from tutela.packages.archive import END, MAX_SIZE, PIECE, header_of, padding_of, render_member
from tutela.packages.bag import RECORD, SIGNATURE, TAG_MANIFEST, tag_files
from tutela.packages.case import CaseInput, case_document
from tutela.packages.events import Logged, check_event, check_order, event_files
from tutela.packages.record import (
    CASE,
    CHECKPOINT,
    EventRecord,
    ExhibitRecord,
    FactsRecord,
    Member,
    PackageRecord,
    check_description,
    check_record,
    event_paths,
    exhibit_path,
    parse_time,
    time_text,
)
from tutela.packages.words import CaseFacts, Exhibit, PackageInput
from tutela.sealing import Signer, canonical

Progress = Callable[[int], None]
"""Told how many bytes of exhibits were just written."""


def render_package(package: PackageInput, signer: Signer, *, progress: Progress | None = None) -> Iterator[bytes]:
    """The bytes of the archive, in pieces; `signer` is the node's package key.

    Raises Invalid or Limited for what a package cannot hold, VerificationFailed when an event or exhibit is not what
    its record says. A stream that raised is to be thrown away.
    """
    record, small = _plan(package)
    tags = tag_files(record)
    signature = sign_note(tags[TAG_MANIFEST].decode(), [signer])
    for name, content in {RECORD: record.to_bytes(), SIGNATURE: signature, **tags}.items():
        yield render_member(record.folder + name, content)
    exhibits = {exhibit_path(number): exhibit for number, exhibit in enumerate(package.exhibits, 1)}
    for member in record.members:
        if member.path in small:
            yield render_member(record.folder + member.path, small[member.path])
        else:
            yield from _exhibit(record.folder + member.path, exhibits[member.path], progress)
    yield END


def _plan(package: PackageInput) -> tuple[PackageRecord, dict[str, bytes]]:
    """The record, and every payload file that is not an exhibit."""
    checkpoint = parse_checkpoint(parse_note(package.checkpoint).text)
    created_at = parse_time(time_text(package.created_at, "created_at"), "created_at")  # as a verifier will read it
    logged = Logged(note=package.checkpoint, checkpoint=checkpoint, created_at=created_at)
    checked = [check_event(event, logged) for event in package.events]
    leaves, events = [leaf for leaf, _ in checked], tuple(entry for _, entry in checked)
    check_order(leaves, events)
    case = _case(package, leaves)
    check_description(case.id, case.facts, case.exhibits)
    small = {CASE: canonical(case_document(case)), CHECKPOINT: package.checkpoint}
    for number, event in enumerate(package.events, 1):
        small.update(zip(event_paths(number), event_files(event), strict=True))
    members = {path: (len(content), hashlib.sha256(content).hexdigest()) for path, content in small.items()}
    members |= {exhibit_path(n): (exhibit.size, exhibit.sha256) for n, exhibit in enumerate(package.exhibits, 1)}
    return _record(case, checkpoint.origin, events, members), small


def _record(
    case: CaseInput, origin: str, events: tuple[EventRecord, ...], members: dict[str, tuple[int, str]]
) -> PackageRecord:
    listed = (Member(path=path, size=size, sha256=sha256) for path, (size, sha256) in sorted(members.items()))
    record = PackageRecord(
        id=case.id,
        created_at=case.created_at,
        origin=origin,
        facts=case.facts,
        exhibits=case.exhibits,
        events=events,
        members=tuple(listed),
    )
    check_record(record)
    return record


def _case(package: PackageInput, leaves: list[Leaf]) -> CaseInput:
    return CaseInput(
        id=package.id,
        created_at=time_text(package.created_at, "created_at"),
        facts=_facts(package.facts),
        exhibits=tuple(_exhibit_record(exhibit) for exhibit in package.exhibits),
        events=tuple(leaves),
    )


def _facts(facts: CaseFacts) -> FactsRecord:
    first, second = facts.released_by
    return FactsRecord(
        reference=facts.reference,
        organisation=facts.organisation,
        legal_basis=facts.legal_basis,
        released_by_first=first,
        released_by_second=second,
        recipient=facts.recipient,
        verdict_scheme=facts.verdict_scheme,
        verdict_code=facts.verdict_code,
    )


def _exhibit_record(exhibit: Exhibit) -> ExhibitRecord:
    return ExhibitRecord(
        number=exhibit.number,
        item=exhibit.item,
        size=exhibit.size,
        sha256=exhibit.sha256,
        sha1=exhibit.sha1,
        md5=exhibit.md5,
        media_type=exhibit.media_type,
        acquired_at=time_text(exhibit.acquired_at, "acquired_at"),
    )


def _exhibit(name: str, exhibit: Exhibit, progress: Progress | None) -> Iterator[bytes]:
    digests = Digests()
    yield header_of(name, exhibit.size)
    for piece in _pieces(exhibit.content):
        digests.update(piece)
        if digests.size > min(exhibit.size, MAX_SIZE):
            break
        yield piece
        if progress is not None:
            progress(len(piece))
    digests.check(exhibit, f"exhibit {exhibit.number}")
    yield padding_of(exhibit.size)


class Digests:
    """Size, SHA-256, SHA-1 and MD5 of a stream; the weaker ones are for lists and tools that know only those."""

    def __init__(self) -> None:
        self.size = 0
        self._all = {name: hashlib.new(name, usedforsecurity=False) for name in ("sha256", "sha1", "md5")}

    def update(self, piece: bytes) -> None:
        self.size += len(piece)
        for digest in self._all.values():
            digest.update(piece)

    def check(self, wanted: Exhibit | ExhibitRecord, place: str) -> None:
        """Raises VerificationFailed naming what differs."""
        if self.size != wanted.size:
            raise VerificationFailed(f"the size is {self.size} bytes and {wanted.size} were recorded", place=place)
        for name, digest in self._all.items():
            if digest.hexdigest() != getattr(wanted, name):
                raise VerificationFailed(f"the {name.upper()} is not the one recorded", place=place)


def _pieces(content: Path | Iterable[bytes]) -> Iterator[bytes]:
    if not isinstance(content, Path):
        yield from content
        return
    with content.open("rb") as handle:
        while piece := handle.read(PIECE):
            yield piece
