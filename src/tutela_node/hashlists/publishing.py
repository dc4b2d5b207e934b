"""What the worker tells the matchers: snapshots, changes, a sign of life.

Rules:
- what was committed is in the tail of the matchers within a second; a process that is not the writer does nothing
- the tail follows `seq`, as every index does; a snapshot is written beside, and named when its tail has caught up
- a snapshot counts only while the database knows it, so that a restored backup is never mixed with newer files
- canaries of copies are told as digests, so that a matcher can say that one was asked for, and holds no key
- who may ask is read again every second: a token that was revoked or suspended is refused within two
"""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connections, transaction

from tutela_node.accounts import queries as accounts
from tutela_node.foundation import clock, keys, marks, profile
from tutela_node.foundation.errors import Conflict
from tutela_node.hashlists import index
from tutela_node.hashlists.canary_digests import Digests
from tutela_node.hashlists.permissions import LOOK_UP
from tutela_node.hashlists.replica.values import Grant, ListTerms
from tutela_node.hashlists.replica.writer import Change, Tables, Writer

PIECE = 1000
TABLES_SECONDS = 1.0
LONG_TAIL = 100_000  # changes after which a new snapshot is worth it, or a twentieth of the entries
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Making:
    """A snapshot that is being written beside: its number once it is whole, the `seq` from which its tail goes on."""

    thread: threading.Thread
    seq: int
    number: int = 0
    failed: bool = False


class Publisher:
    """One a worker process; only the one that holds the folder's lock writes. `once` is called many times a second."""

    def __init__(self, *, long_tail: int = LONG_TAIL) -> None:
        self._long_tail = long_tail
        self._writer: Writer | None = None
        self._seq = 0
        self._changes = 0
        self._making: _Making | None = None
        self._lists: tuple[ListTerms, ...] = ()
        self._grants: tuple[Grant, ...] = ()
        self._canaries = Digests()
        self._looked = 0.0

    def once(self) -> None:
        """Publishes what changed. The first time in a process it writes a snapshot."""
        if self._writer is None:
            self._writer = self._started()
            if self._writer is None:
                return
        self._take_snapshot(self._writer)
        self._publish(self._writer)
        self._writer.beat(at=int(clock.now().timestamp() * 1000))
        if self._making is None and self._changes > max(self._long_tail, len(index.current()) // 20):
            self._making = self._make(self._writer)

    def close(self) -> None:
        """Ends the writing of this process, so that another can take over."""
        if self._making is not None:
            self._making.thread.join()
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _started(self) -> Writer | None:
        try:
            writer = Writer(index.folder(), keys.signer("matcher"))
        except Conflict:
            return None
        index.current().refresh()
        self._lists, self._grants = index.list_terms(), grants()
        self._canaries.refresh()
        self._seq = index.current().seq
        number = writer.snapshot(index.current().matcher, self._tables(self._seq), at=_seconds())
        self._name(writer, number, self._seq)
        return writer

    def _publish(self, writer: Writer) -> None:
        """Every change since the last time, in pieces, and the tables when they differ."""
        lists, table, canaries = self._changed_tables()
        for rows in index.changed_since(self._seq):
            for first in range(0, len(rows), PIECE):
                piece = rows[first : first + PIECE]
                writer.append(_change(piece))
                self._seq = piece[-1].seq
                self._changes += len(piece)
        if lists is not None or table is not None or canaries is not None:
            writer.append(Change(seq=self._seq, lists=lists, grants=table, canaries=canaries))

    def _changed_tables(self) -> tuple[tuple[ListTerms, ...] | None, tuple[Grant, ...] | None, list[str] | None]:
        lists = index.list_terms()
        changed_lists = lists if lists != self._lists else None
        self._lists = lists
        if changed_lists is None and time.monotonic() - self._looked < TABLES_SECONDS:
            return None, None, None
        self._looked = time.monotonic()
        table = grants()
        changed_grants = table if table != self._grants else None
        self._grants = table
        canaries = sorted(self._canaries.lookups) if self._canaries.refresh() else None
        return changed_lists, changed_grants, canaries

    def _make(self, writer: Writer) -> _Making:
        """Begins a snapshot in a thread of its own; the tail of the old one goes on meanwhile."""
        index.current().refresh()
        seq = index.current().seq
        tables = self._tables(seq)

        def write() -> None:
            try:
                making.number = writer.snapshot(index.current().matcher, tables, at=_seconds())
            except OSError:
                log.exception("a snapshot for the matchers could not be written; the old one goes on")
                making.failed = True
            finally:
                connections.close_all()

        making = _Making(thread=threading.Thread(target=write, name="snapshot", daemon=True), seq=seq)
        making.thread.start()
        return making

    def _take_snapshot(self, writer: Writer) -> None:
        """Moves on to the snapshot that was written beside, if it is whole now."""
        making = self._making
        if making is None or making.thread.is_alive():
            return
        self._making, self._changes = None, 0
        if not making.failed:
            self._name(writer, making.number, making.seq)

    def _name(self, writer: Writer, number: int, seq: int) -> None:
        writer.switch(number)
        self._seq, self._changes = seq, 0
        canaries = sorted(self._canaries.lookups)
        writer.append(Change(seq=seq, lists=self._lists, grants=self._grants, canaries=canaries))
        self._publish(writer)
        with transaction.atomic():
            marks.put(index.SNAPSHOT, number)
            marks.put(index.SNAPSHOT_SEQ, seq)
        writer.announce()
        writer.beat(at=int(clock.now().timestamp() * 1000))

    def _tables(self, seq: int) -> Tables:
        canaries = sorted(self._canaries.lookups)
        return Tables(seq=seq, lists=self._lists, grants=self._grants, canaries=canaries)


def grants() -> tuple[Grant, ...]:
    """Who may ask the matchers now, and what."""
    budget = profile.current().lookups
    groups = frozenset(each.group for each in index.list_terms()) - index.closed_groups()
    return tuple(
        Grant(
            token=each.token.hex,
            digest=each.digest,
            organisation=each.organisation.hex,
            name=each.name,
            scopes=each.scopes,
            groups=groups,
            per_minute=budget.per_minute,
            per_day=budget.per_day,
            expires=int(each.until.timestamp()),
            hosts=each.hosts,
            suspended=each.suspended_for,
        )
        for each in accounts.askers(LOOK_UP.name)
    )


def hosts_of(token: str) -> frozenset[str]:
    """The hosts from which a question of this token may fetch; none for a token that may not ask now."""
    known = (each for each in accounts.askers(LOOK_UP.name) if each.token.hex == token and not each.suspended_for)
    try:
        return frozenset(host for each in known for host in each.hosts)
    finally:
        connections.close_all()  # asked from a thread of its own


def _change(rows: Iterable[index.Row]) -> Change:
    kept = list(rows)
    return Change(
        seq=kept[-1].seq,
        entries=[(row.number, row.group, row.algorithm, row.value) for row in kept if row.value is not None],
        gone=[row.number for row in kept if row.value is None],
    )


def _seconds() -> int:
    return int(clock.now().timestamp())
