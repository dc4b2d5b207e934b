"""What happened, written down in the transaction in which it happened.

Rules:
- `record` writes the audit record and the custody event of an action; it refuses to run outside a transaction
- the leaf holds random ids and a commitment; the details are sealed under the subject's own key, in the node only
- `record_read` writes the audit record of a read; opening material is an action, not a read
"""

import os
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection

from tutela.custody import event_key, make_leaf
from tutela.sealing import canonical, open_bytes, seal_bytes
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Missing
from tutela_node.foundation.models import AuditRecord, CustodySubject, PendingEvent
from tutela_node.foundation.permissions import Actor
from tutela_node.foundation.rows import write
from tutela_node.foundation.sealed import seal, unseal

DETAILS = b"custody-details"
KEYS = "custody-subject-key"


def record(
    actor: Actor, verb: str, subject: UUID, details: Mapping[str, object], *, note: str = "", is_new: bool = False
) -> str:
    """Writes one action down and returns its event id. `details` hold plain JSON values; ids as text.

    `is_new`: the subject was made in this very transaction, so that nothing can be recorded of it yet.
    """
    if not connection.in_atomic_block:
        raise Conflict("an action is recorded in its own transaction", place=verb)
    at = clock.now()
    row = _subject(subject, is_new=is_new)
    key = unseal(KEYS, row.key_sealed) if row.key_sealed else None
    if key is None:
        raise Conflict("the key of this subject was destroyed: nothing more can be recorded about it", place=verb)
    event = uuid4().hex
    full = {**details, "actor": str(actor.id or actor.name), "organisation": str(actor.organisation or "")}
    secret = event_key(key, event)
    leaf = make_leaf(event=event, subject=row.opaque, at=at, kind=verb, event_key=secret, details=full)
    sealed = seal_bytes(secret, canonical(full), context=DETAILS, nonce12=os.urandom(12))
    write(
        PendingEvent(event=event, subject=subject, leaf=leaf, details_sealed=sealed),
        _audit(actor, verb, subject, note, is_read=False),
    )
    return event


def record_read(actor: Actor, verb: str, subject: UUID | None, *, note: str = "") -> None:
    """Writes down that somebody read something."""
    _audit(actor, verb, subject, note, is_read=True).save(force_insert=True)


def reads_since(actor: Actor, verb: str, since: datetime) -> int:
    """How often an actor did one kind of read since a moment: what budgets count."""
    return AuditRecord.objects.filter(actor=actor.id, verb=verb, at__gte=since).count()


def disclose(subject: UUID, event: str, details_sealed: bytes) -> tuple[bytes, bytes]:
    """The key and the canonical details of one event, to show it to somebody outside; Missing once erased."""
    row = CustodySubject.objects.filter(subject=subject).first()
    if row is None or not row.key_sealed:
        raise Missing("the key of this subject was destroyed", place=event)
    secret = event_key(unseal(KEYS, row.key_sealed), event)
    return secret, open_bytes(secret, bytes(details_sealed), context=DETAILS)


def erase_subject(subject: UUID) -> None:
    """Destroys the key under which the subject's events are committed; the log stays whole and says nothing more."""
    CustodySubject.objects.filter(subject=subject).update(key_sealed=None, erased_at=clock.now())


def _subject(subject: UUID, *, is_new: bool) -> CustodySubject:
    values = {"opaque": uuid4().hex, "key_sealed": seal(KEYS, os.urandom(32))}
    if is_new:
        row = CustodySubject(subject=subject, **values)
        write(row)
        return row
    return CustodySubject.objects.get_or_create(subject=subject, defaults=values)[0]


def _audit(actor: Actor, verb: str, subject: UUID | None, note: str, *, is_read: bool) -> AuditRecord:
    return AuditRecord(
        at=clock.now(),
        actor=actor.id,
        actor_name=actor.name,
        organisation=actor.organisation,
        verb=verb,
        subject=subject,
        is_read=is_read,
        note=note,
    )
