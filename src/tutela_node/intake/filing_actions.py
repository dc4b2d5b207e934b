"""Every write of filings: a document is kept before it is read, a file is named, a filing is finished or forgotten.

Rules:
- whoever may only try (`intake.test`) files tests, which are the same in all but that nothing of them is kept
- nothing is added to a filing that ended, and a row lock decides between two requests at once
- what was refused is kept as it came, for as long as the profile says, with what was found in it
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from tutela.wire.form import Finding
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Forbidden, Missing
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import lookup, seal
from tutela_node.intake import filing_queries, filings, permissions
from tutela_node.intake.arriving import next_reference
from tutela_node.intake.errors import (
    AlreadyFinished,
    AlreadyRetracted,
    DetailsGiven,
    NoSuchFile,
    NoSuchFiling,
)
from tutela_node.intake.filings import DocumentState, FilingState, FilingValue
from tutela_node.intake.models import FiledDocument, FiledFile, Filing

if TYPE_CHECKING:
    from tutela_node.evidence.vault import Received


@transaction.atomic
def keep_document(actor: Actor, *, original: bytes) -> UUID:
    """Seals the bytes of a document before anything reads them."""
    organisation = _sender(actor)
    row = FiledDocument.objects.create(
        organisation_id=organisation,
        original_sealed=seal("words", original),
        original_lookup=lookup("original", original),
        size=len(original),
        received_at=clock.now(),
    )
    record(actor, "filing.document_received", row.id, {"size": row.size})
    return row.id


@transaction.atomic
def refuse_document(actor: Actor, *, document: UUID, findings: Iterable[Finding]) -> None:
    """Says why a document was not taken; it stays as it came."""
    _sender(actor)
    row = _document(actor, document)
    values = filings.finding_values(findings)
    row.state, row.findings_sealed = DocumentState.REFUSED, _sealed(values)
    row.save(update_fields=["state", "findings_sealed"])
    record(actor, "filing.document_refused", row.id, {"findings": len(values)})


@transaction.atomic
def open_filing(actor: Actor, *, document: UUID, findings: Iterable[Finding]) -> FilingValue:
    """A filing for a report that was read. Its number is the next of the node's reports."""
    organisation = _sender(actor)
    row, now = _document(actor, document), clock.now()
    filing = Filing(organisation_id=organisation, is_test=_is_test(actor), opened_at=now, changed_at=now)
    filing.number = next_reference()
    filing.save(force_insert=True)
    row.filing, row.state = filing, DocumentState.ACCEPTED
    row.findings_sealed = _sealed(filings.finding_values(findings))
    row.save(update_fields=["filing", "state", "findings_sealed"])
    record(actor, "filing.opened", filing.id, {"number": filing.number, "test": filing.is_test})
    return filing_queries.value_of(filing)


@transaction.atomic
def add_file(actor: Actor, *, number: str, received: "Received", is_kept: bool) -> str:
    """Names an uploaded file and returns its id. `is_kept`: its bytes are an object of the vault.

    Raises Limited for a filing that holds as many files as it may.
    """
    _sender(actor)
    filing = _open(actor, number)
    filings.check_room(files=filing.files.count() + 1)
    digests = {"sha256": received.sha256, "sha1": received.sha1, "md5": received.md5}
    row = FiledFile.objects.create(
        filing=filing,
        file_id=new_id().hex,
        object_id=received.object_id if is_kept else None,
        size=received.size,
        digests_sealed=seal("digests", json.dumps(digests).encode()),
        at=clock.now(),
    )
    _changed(filing)
    record(actor, "filing.file_added", filing.id, {"file": row.file_id, "size": row.size})
    return row.file_id


@transaction.atomic
def add_details(actor: Actor, *, document: UUID, number: str, file_id: str, findings: Iterable[Finding]) -> FilingValue:
    """Ties the details of a file to it, once. Raises Limited where all details of the filing become too much."""
    _sender(actor)
    filing = _open(actor, number)
    file = FiledFile.objects.filter(filing=filing, file_id=file_id.strip().lower()[:32]).first()
    if file is None:
        raise NoSuchFile("no file of this id was uploaded to this report", place="fileDetails/fileId")
    if FiledDocument.objects.filter(file=file).exists():
        raise DetailsGiven("the details of this file were given already", place="fileDetails/fileId")
    row = _document(actor, document)
    filings.check_room(details=_details_of(filing) + row.size)
    row.filing, row.file, row.state = filing, file, DocumentState.ACCEPTED
    row.findings_sealed = _sealed(filings.finding_values(findings))
    row.save(update_fields=["filing", "file", "state", "findings_sealed"])
    _changed(filing)
    record(actor, "filing.details_added", filing.id, {"file": file.file_id})
    return filing_queries.value_of(filing)


@transaction.atomic
def finish_filing(actor: Actor, *, number: str) -> FilingValue:
    """Ends an open filing for good; whoever calls makes the report of it in the same transaction."""
    _sender(actor)
    filing = _open(actor, number)
    _end(filing, FilingState.FINISHED)
    record(actor, "filing.finished", filing.id, {"number": filing.number, "files": filing.files.count()})
    return filing_queries.value_of(filing)


@transaction.atomic
def tie_report(actor: Actor, *, filing: UUID, report: UUID) -> None:
    """Says which report a finished filing became."""
    _sender(actor)
    Filing.objects.filter(id=filing, state=FilingState.FINISHED).update(report=report)
    record(actor, "filing.reported", filing, {"report": str(report)})


@transaction.atomic
def retract_filing(actor: Actor, *, number: str) -> tuple[UUID, ...]:
    """Its sender takes an open filing back. Returns the objects whose bytes are to be erased."""
    _sender(actor)
    filing = _open(actor, number)
    objects = _emptied(filing)
    _end(filing, FilingState.RETRACTED)
    record(actor, "filing.retracted", filing.id, {"number": filing.number, "files": len(objects)})
    return objects


@transaction.atomic
def forget_filing(actor: Actor, *, filing: UUID) -> tuple[UUID, ...]:
    """Empties a filing that was never finished, or was only tried. Returns the objects to be erased."""
    require(actor, permissions.FORGET)
    row = Filing.objects.select_for_update().filter(id=filing).first()
    if row is None:
        raise NoSuchFiling("there is no such filing", place=str(filing))
    objects = _emptied(row) if row.state == FilingState.OPEN or row.is_test else ()
    if row.state == FilingState.OPEN:
        _end(row, FilingState.EXPIRED)
        record(actor, "filing.expired", row.id, {"number": row.number, "files": len(objects)})
    return objects


@transaction.atomic
def forget_document(actor: Actor, *, document: UUID) -> None:
    """Removes a document that became no filing: one that was refused, or whose request broke off."""
    require(actor, permissions.FORGET)
    if FiledDocument.objects.filter(id=document).exclude(state=DocumentState.ACCEPTED).delete()[0]:
        record(actor, "filing.document_forgotten", document, {})


def _sender(actor: Actor) -> UUID:
    """The organisation that files. Raises Forbidden without one."""
    require(actor, permissions.TEST if _is_test(actor) else permissions.RECEIVE)
    if actor.organisation is None:
        raise Forbidden("a report is filed by an organisation", place="organisation")
    return actor.organisation


def _is_test(actor: Actor) -> bool:
    return actor.may(permissions.TEST)


def _open(actor: Actor, number: str) -> Filing:
    """The actor's own filing of this number, locked. Raises Missing, or Conflict for one that ended."""
    rows = Filing.objects.select_for_update().filter(organisation=actor.organisation, is_test=_is_test(actor))
    row = rows.filter(number=number).first() if filings.is_number(number) else None
    if row is None or row.state == FilingState.EXPIRED:
        raise NoSuchFiling("your organisation has no open report of this number", place="id")
    if row.state == FilingState.RETRACTED:
        raise AlreadyRetracted("this report was retracted", place=number)
    if row.state == FilingState.FINISHED:
        raise AlreadyFinished("this report was finished", place=number)
    return row


def _document(actor: Actor, id: UUID) -> FiledDocument:
    waiting = FiledDocument.objects.select_for_update().filter(organisation=actor.organisation)
    row = waiting.filter(id=id, state=DocumentState.RECEIVED).first()
    if row is None:
        raise Missing("there is no such document that waits", place=str(id))
    return row


def _details_of(filing: Filing) -> int:
    """How many bytes the details of its files have together."""
    given = FiledDocument.objects.filter(filing=filing, file__isnull=False)
    return given.aggregate(bytes=Sum("size"))["bytes"] or 0


def _sealed(findings: list[dict[str, object]]) -> bytes:
    return seal("findings", json.dumps(findings).encode())


def _changed(filing: Filing) -> None:
    filing.changed_at = clock.now()
    filing.save(update_fields=["changed_at"])


def _end(filing: Filing, state: FilingState) -> None:
    filing.state, filing.ended_at = state, clock.now()
    filing.save(update_fields=["state", "ended_at"])


def _emptied(filing: Filing) -> tuple[UUID, ...]:
    objects = tuple(each for each in filing.files.values_list("object_id", flat=True) if each)
    FiledDocument.objects.filter(filing=filing).delete()
    filing.files.all().delete()
    return objects
