"""The one writer of the custody log: gives pending events their index and signs a checkpoint.

Rules:
- one transaction moves events from `custody_pending` into the log, moves the frontier and stores the checkpoint
- one writer at a time: an advisory lock on PostgreSQL, the write lock of an IMMEDIATE transaction on SQLite
- killed at any point, nothing is moved twice: the rows move together or not at all
"""

from django.db import connection, transaction

from tutela.custody import Checkpoint, Frontier, leaf_hash, sign_checkpoint
from tutela_node.evidence.models import LogCheckpoint, LogLeaf, LogState
from tutela_node.foundation import clock, keys
from tutela_node.foundation.models import PendingEvent

LOCK = 7_105_119_001  # any constant of our own, the same in every process of a node
HASH = 32


def sequence(limit: int = 500) -> int:
    """Moves up to `limit` pending events into the log, oldest first, and answers how many."""
    if not PendingEvent.objects.exists():
        return 0
    with transaction.atomic():
        if not _take_lock():
            return 0
        pending = list(PendingEvent.objects.order_by("id")[:limit])
        if pending:
            _append(pending)
    return len(pending)


def _append(pending: list[PendingEvent]) -> None:
    state, _ = LogState.objects.get_or_create(id=1)
    edge = bytes(state.peaks)
    frontier = Frontier(state.size, [edge[at : at + HASH] for at in range(0, len(edge), HASH)])
    leaves = []
    for event in pending:
        hashed = leaf_hash(bytes(event.leaf))
        index = frontier.append(hashed)
        leaves.append(
            LogLeaf(
                index=index,
                event=event.event,
                subject=event.subject,
                leaf=bytes(event.leaf),
                leaf_hash=hashed,
                details_sealed=bytes(event.details_sealed),
            )
        )
    LogLeaf.objects.bulk_create(leaves)
    PendingEvent.objects.filter(id__in=[event.id for event in pending]).delete()
    LogState.objects.filter(id=1).update(size=frontier.size, peaks=b"".join(frontier.peaks))
    signer = keys.signer("log")
    note = sign_checkpoint(Checkpoint(origin=signer.name, size=frontier.size, root=frontier.root()), [signer])
    LogCheckpoint.objects.create(size=frontier.size, note=note, at=clock.now())


def _take_lock() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])
