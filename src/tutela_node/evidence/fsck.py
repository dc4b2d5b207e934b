"""Checks from outside what the node claims of itself: its database where that is a file, the log from its first leaf,
and the vault against its rows.

Rules:
- reads only; what it finds is told, with its place, and nothing is repaired here
- an orphan file younger than a day may belong to a capture that is under way and is only mentioned
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import DatabaseError, connection

from tutela.custody import verify_checkpoint, verify_log
from tutela.media.digests import digest_stream
from tutela_node.evidence import log, vault
from tutela_node.evidence.models import LogCheckpoint, VaultObject
from tutela_node.evidence.rules import ObjectState
from tutela_node.foundation.errors import TutelaError
from tutela_node.foundation.models import PendingEvent
from tutela_node.foundation.sealed import unseal

DAY = 24 * 3600
CHECKPOINTS = 1000  # the newest; their roots are compared while the leaves stream by
DIGEST = "object-digest"
MOST_TOLD = 20  # faults of the database's file


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`place` is what was looked at; `is_problem` makes the command exit with 1."""

    place: str
    message: str
    is_problem: bool = False

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def fsck() -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        yield from readable("database", _file())
    yield from readable("log", _log())
    yield from readable("vault", _objects())
    yield from readable("vault", _orphans())


def readable(place: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, or that the database could not say: where one table is damaged, the others are still checked."""
    try:
        yield from findings
    except DatabaseError as error:
        yield Finding(place=place, message=f"the database does not answer: {error}", is_problem=True)


def _file() -> Iterator[Finding]:
    """Every page and index of SQLite's file, and that every row that is named is there."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA integrity_check({MOST_TOLD})")
        faults = [line for (text,) in cursor.fetchall() if text != "ok" for line in str(text).splitlines()]
        cursor.execute("PRAGMA foreign_key_check")
        faults += [
            f"a row of {table} names one of {parent} that is missing" for table, _, parent, _ in cursor.fetchall()
        ]
    for fault in faults[:MOST_TOLD]:
        yield Finding(place="database", message=fault, is_problem=True)
    if not faults:
        yield Finding(place="database", message="every page and index is whole, and every row that is named is there")


def _log() -> Iterator[Finding]:
    try:
        newest = LogCheckpoint.objects.order_by("-size")[:CHECKPOINTS]
        checkpoints = [verify_checkpoint(bytes(row.note), [log.log_key()]) for row in newest]
        summary = verify_log(log.leaves(), checkpoints)
    except TutelaError as error:
        yield Finding(place="log", message=str(error), is_problem=True)
        return
    waiting = PendingEvent.objects.count()
    message = f"{summary.size} leaves verified, {len(checkpoints)} checkpoints hold, {waiting} events wait"
    yield Finding(place="log", message=message)


def _objects() -> Iterator[Finding]:
    good = 0
    for row in VaultObject.objects.exclude(state=ObjectState.ERASED).order_by("id").iterator(chunk_size=200):
        try:
            found = digest_stream(vault.open_stream(row.id, bytes(row.key_wrapped or b"")))
            if bytes.fromhex(found.sha256) != unseal(DIGEST, row.sha256_sealed):
                yield Finding(place=f"object {row.id}", message="the bytes are not those received", is_problem=True)
            good += 1
        except TutelaError as error:
            yield Finding(place=f"object {row.id}", message=str(error), is_problem=True)
    yield Finding(place="vault", message=f"{good} objects opened and compared")


def _orphans() -> Iterator[Finding]:
    kept, erased = _named(ObjectState.SEALED, ObjectState.EXHIBIT), _named(ObjectState.ERASED)
    for path in sorted(vault.folder().glob("??/*")):
        if path.name in erased:
            yield Finding(place=f"vault file {path.name}", message="its object was erased", is_problem=True)
        elif path.name not in kept:
            old = time.time() - path.stat().st_mtime > DAY
            yield Finding(place=f"vault file {path.name}", message="no row names it", is_problem=old)


def _named(*states: ObjectState) -> set[str]:
    return {id.hex for id in VaultObject.objects.filter(state__in=states).values_list("id", flat=True)}
