"""Reading the custody log: proofs, the latest checkpoint, a subject's events, the whole log for an outsider."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from tutela.custody import (
    Proof,
    Receipt,
    VerifierKey,
    inclusion_proof,
    parse_checkpoint,
    parse_leaf,
    parse_note,
    verifier_key,
)
from tutela.custody import write_log as write
from tutela_node.evidence.models import LogCheckpoint, LogLeaf
from tutela_node.evidence.permissions import READ_LOG
from tutela_node.foundation import keys
from tutela_node.foundation.errors import Missing, Unavailable
from tutela_node.foundation.ledger import disclose, record_read
from tutela_node.foundation.models import PendingEvent
from tutela_node.foundation.permissions import Actor, require

MOST_LOOKED_AT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """One event as the log holds it: its place, what kind, when. The details stay sealed."""

    index: int
    event: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointValue:
    """A signed checkpoint as people read and keep it: the first `size` events, the note, when it was signed."""

    size: int
    note: str
    at: datetime


def latest_checkpoint() -> tuple[int, bytes]:
    """Size and signed note of the newest checkpoint; Missing before the first event."""
    row = LogCheckpoint.objects.order_by("-size").first()
    if row is None:
        raise Missing("the log has no checkpoint yet")
    return row.size, bytes(row.note)


def checkpoint(actor: Actor) -> CheckpointValue | None:
    """The newest checkpoint, for a person; None before the first event."""
    require(actor, READ_LOG)
    row = LogCheckpoint.objects.order_by("-size").first()
    return CheckpointValue(size=row.size, note=bytes(row.note).decode(), at=row.at) if row else None


def proof(event: str) -> Proof:
    """The proof that an event is in the log, under the newest checkpoint; Missing while it waits for its index."""
    leaf = LogLeaf.objects.filter(event=event).first()
    size, note = latest_checkpoint()
    if leaf is None or leaf.index >= size:
        raise Missing("this event has no place in the log yet: try again in a second", place=event)
    return Proof(index=leaf.index, path=tuple(inclusion_proof(leaf.index, size, leaf_hashes)), checkpoint=note)


def receipt(subject: UUID, *kinds: str) -> Receipt:
    """The first event of one of these kinds about a subject, its proof, and what opens it; the caller let the asker in.

    Raises Unavailable while the event waits for its place in the log, Missing where there is none, or none any more.
    """
    rows = LogLeaf.objects.filter(subject=subject).order_by("index")
    row = next((each for each in rows[:MOST_LOOKED_AT] if parse_leaf(bytes(each.leaf)).kind in kinds), None)
    if row is None:
        if PendingEvent.objects.filter(subject=subject).exists():
            raise Unavailable("this event has no place in the log yet: try again in a second", place="receipt")
        raise Missing("the log has no such event", place="receipt")
    secret, details = disclose(subject, row.event, bytes(row.details_sealed))
    return Receipt(leaf=bytes(row.leaf), proof=proof(row.event), key=secret, details=details)


def is_settled(subjects: list[UUID]) -> bool:
    """Are all events about these subjects in the log?"""
    return not PendingEvent.objects.filter(subject__in=subjects).exists()


def rows_about(subjects: list[UUID]) -> list[LogLeaf]:
    """The log's rows about some subjects, in log order."""
    return list(LogLeaf.objects.filter(subject__in=subjects).order_by("index"))


def newest(actor: Actor, *, limit: int = 50) -> tuple[LogEvent, ...]:
    require(actor, READ_LOG)
    record_read(actor, "log.read", None)
    return tuple(_event(row) for row in LogLeaf.objects.order_by("-index")[:limit])


def events_about(actor: Actor, subject: UUID) -> tuple[LogEvent, ...]:
    require(actor, READ_LOG)
    record_read(actor, "log.read", subject)
    return tuple(_event(row) for row in LogLeaf.objects.filter(subject=subject).order_by("index"))


def leaves() -> Iterator[bytes]:
    for leaf in LogLeaf.objects.order_by("index").values_list("leaf", flat=True).iterator(chunk_size=1000):
        yield bytes(leaf)


def export(folder: Path) -> int:
    """Writes the log, up to its newest checkpoint, for `tutela custody verify`; answers its size."""
    size, note = latest_checkpoint()
    parse_checkpoint(parse_note(note).text)
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, (leaf for index, leaf in enumerate(leaves()) if index < size), note)
    return size


def log_key() -> VerifierKey:
    return verifier_key(keys.signer("log"))


def _event(row: LogLeaf) -> LogEvent:
    leaf = parse_leaf(bytes(row.leaf))
    return LogEvent(index=row.index, event=row.event, kind=leaf.kind, at=leaf.at)


def leaf_hashes(start: int, stop: int) -> Iterator[bytes]:
    rows = LogLeaf.objects.filter(index__gte=start, index__lt=stop).order_by("index")
    for hashed in rows.values_list("leaf_hash", flat=True).iterator(chunk_size=2000):
        yield bytes(hashed)
