"""Reads of filings, as frozen values."""

import json
from uuid import UUID

from django.db.models import Count

from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import unseal
from tutela_node.intake import permissions
from tutela_node.intake.errors import NoSuchFiling
from tutela_node.intake.filings import Counts, DocumentState, FileValue, FilingState, FilingValue, Refused
from tutela_node.intake.models import FiledDocument, FiledFile, Filing


def own_filing(actor: Actor, number: str) -> FilingValue:
    """A filing of the actor's own organisation; to anybody else it does not exist. Raises Missing."""
    row = Filing.objects.filter(number=number, organisation=actor.organisation).first() if actor.organisation else None
    if row is None:
        raise NoSuchFiling("your organisation opened no report of this number", place="id")
    return value_of(row)


def filing(id: UUID) -> FilingValue:
    """Raises Missing."""
    row = Filing.objects.filter(id=id).first()
    if row is None:
        raise NoSuchFiling("there is no such filing", place=str(id))
    return value_of(row)


def files_of(filing: UUID) -> tuple[FileValue, ...]:
    """In the order in which they came, each with its details as they came."""
    rows = FiledFile.objects.filter(filing=filing).select_related("details").order_by("id")
    return tuple(_file(row) for row in rows)


def report_document(filing: UUID) -> bytes:
    """The bytes of the report as they came. Raises Missing for a filing that was forgotten."""
    row = FiledDocument.objects.filter(filing=filing, file=None, state=DocumentState.ACCEPTED).first()
    if row is None:
        raise NoSuchFiling("this filing holds no report any more", place=str(filing))
    return unseal("words", row.original_sealed)


def counts(actor: Actor) -> Counts:
    """What became of filings, as figures."""
    require(actor, permissions.READ)
    record_read(actor, "filings.counted", None)
    by_state = dict(Filing.objects.values_list("state").annotate(count=Count("id")))
    return Counts(
        by_state={str(state): by_state.get(str(state), 0) for state in FilingState},
        tests=Filing.objects.filter(is_test=True).count(),
        refused=FiledDocument.objects.filter(state=DocumentState.REFUSED).count(),
    )


def refused_documents(actor: Actor, *, limit: int = 100) -> tuple[Refused, ...]:
    """The newest first. The read is written down."""
    require(actor, permissions.READ)
    record_read(actor, "filings.refused", None)
    rows = FiledDocument.objects.filter(state=DocumentState.REFUSED).select_related("organisation")
    return tuple(
        Refused(
            id=row.id,
            organisation=row.organisation.name,
            received_at=row.received_at,
            size=row.size,
            findings=tuple(json.loads(unseal("findings", row.findings_sealed))),
        )
        for row in rows.order_by("-received_at", "-id")[:limit]
    )


def value_of(row: Filing) -> FilingValue:
    return FilingValue(
        id=row.id,
        number=row.number,
        organisation=row.organisation_id,
        is_test=row.is_test,
        state=FilingState(row.state),
        opened_at=row.opened_at,
        changed_at=row.changed_at,
    )


def _file(row: FiledFile) -> FileValue:
    details = getattr(row, "details", None)
    digests = json.loads(unseal("digests", row.digests_sealed))
    return FileValue(
        file_id=row.file_id,
        object_id=row.object_id,
        size=row.size,
        details=unseal("words", details.original_sealed) if details else b"",
        **digests,
    )
