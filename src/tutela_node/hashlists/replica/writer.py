"""Writes what matchers read: snapshots, signed changes, a sign of life. One process at a time writes.

Rules:
- a snapshot is complete before it is named; matchers go on with the one before until then
- changes are numbered without a gap; the first line of a tail says which snapshot it belongs to
- after a restart nobody trusts a tail that ends oddly: a new snapshot is made
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tutela.matching import Matcher
from tutela.sealing import Signer
from tutela_node.foundation.errors import Conflict
from tutela_node.hashlists.replica import layout
from tutela_node.hashlists.replica.records import signed_line
from tutela_node.hashlists.replica.values import Grant, ListTerms

KEPT = 2
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became different up to `seq`. None: as before.

    `entries`: (number, group, algorithm, hexadecimal value) of those that can match now; `gone`: numbers of those that
    no longer can.
    """

    seq: int
    entries: Sequence[tuple[int, int, str, str]] = ()
    gone: Sequence[int] = ()
    lists: Sequence[ListTerms] | None = None
    grants: Sequence[Grant] | None = None
    canaries: Sequence[str] | None = None

    def as_row(self) -> dict[str, object]:
        row: dict[str, object] = {"seq": self.seq, "entries": [list(each) for each in self.entries]}
        row["gone"] = list(self.gone)
        if self.lists is not None:
            row["lists"] = [each.as_row() for each in self.lists]
        if self.grants is not None:
            row["grants"] = [each.as_row() for each in self.grants]
        if self.canaries is not None:
            row["canaries"] = list(self.canaries)
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What goes with an index into a snapshot: the state of every list, who may ask, and up to which change.

    `canaries`: digests of those in copies that were handed out.
    """

    seq: int
    lists: Sequence[ListTerms]
    grants: Sequence[Grant]
    canaries: Sequence[str] = ()


class Writer:
    """The one writer of a matcher folder. Raises Conflict when another process writes there."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._signer = signer
        self._lock = os.open(folder / ".writer", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise Conflict("another process publishes to the matchers", place="matcher folder") from None
        self.number = 0
        self.tail = 0
        self._tail = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        if self._tail >= 0:
            os.close(self._tail)
            self._tail = -1
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def snapshot(self, matcher: Matcher, tables: Tables, *, at: int) -> int:
        """Writes a snapshot and answers its number. Changes after `tables.seq` that are in it already do no harm."""
        number = max((layout.current(self._folder), self.number, *layout.numbers(self._folder))) + 1
        part = self._folder / f".part-{number:010d}"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        matcher.write(part / layout.INDEX)
        (part / layout.TABLES).write_bytes(signed_line(self._signer, "snapshot", self._said(part, number, tables, at)))
        (part / layout.TAIL).write_bytes(b"")
        for name in (layout.TABLES, layout.TAIL):
            _fsync_file(part / name)
        layout.fsync_folder(part)
        part.rename(layout.snapshot(self._folder, number))
        layout.fsync_folder(self._folder)
        return number

    def switch(self, number: int) -> None:
        """From now on changes go to the tail of this snapshot, and matchers move to it."""
        home = layout.snapshot(self._folder, number)
        descriptor = os.open(home / layout.TAIL, os.O_WRONLY | os.O_APPEND)
        if self._tail >= 0:
            os.close(self._tail)
        self._tail, self.number, self.tail = descriptor, number, 0

    def announce(self) -> None:
        """Names the snapshot as the one in force, and removes those that nobody needs any more."""
        layout.replace(self._folder / layout.CURRENT, f"{self.number}\n".encode())
        for number in layout.numbers(self._folder)[:-KEPT]:
            if number != self.number:
                shutil.rmtree(layout.snapshot(self._folder, number), ignore_errors=True)
        for part in self._folder.glob(".part-*"):
            with suppress(ValueError):
                if int(part.name.removeprefix(".part-")) <= self.number:
                    shutil.rmtree(part, ignore_errors=True)

    def append(self, change: Change) -> int:
        """Adds one change to the tail; answers its number. Matchers read it within their next look."""
        row = {"n": self.tail + 1, "snapshot": self.number, **change.as_row()}
        line = signed_line(self._signer, "change", row)
        if os.write(self._tail, line) != len(line):
            raise OSError(None, "the tail of the matchers could not be written whole")
        self.tail += 1
        return self.tail

    def beat(self, *, at: int) -> None:
        """Says that everything up to the last change is there. `at`: milliseconds since 1970."""
        said = {"at": at, "n": self.tail, "snapshot": self.number}
        layout.replace(self._folder / layout.BEAT, signed_line(self._signer, "beat", said), durable=False)

    def _said(self, part: Path, number: int, tables: Tables, at: int) -> Mapping[str, object]:
        manifest = (part / layout.INDEX / MANIFEST).read_bytes()
        return {
            "snapshot": number,
            "at": at,
            "index": hashlib.sha256(manifest).hexdigest(),
            "seq": tables.seq,
            "lists": [each.as_row() for each in tables.lists],
            "grants": [each.as_row() for each in tables.grants],
            "canaries": list(tables.canaries),
        }


def _fsync_file(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
