"""The reader: opens the newest snapshot, follows its tail, answers questions. No database, no Django.

Rules:
- whatever is not signed by the node's key, has a gap, or is too old makes the replica not ready: it fails closed
- a newer snapshot is opened and brought up to date beside the old one, and taken in one step: nobody waits
- a question is matched against the active lists of the asker's grant, each at its own threshold
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tutela.errors import TutelaError
from tutela.matching import Hit, Matcher, Needle
from tutela_node.foundation.errors import Unavailable, VerificationFailed
from tutela_node.hashlists.replica import layout
from tutela_node.hashlists.replica.canaries import MOST_A_LINE, met
from tutela_node.hashlists.replica.records import LONGEST, opened_line
from tutela_node.hashlists.replica.spool import Spool
from tutela_node.hashlists.replica.tables import Held
from tutela_node.hashlists.replica.values import Grant, Standing
from tutela_node.hashlists.replica.writer import MANIFEST

STALE_SECONDS = 10.0


class _Opened:
    """One snapshot and how far its tail was read."""

    def __init__(self, folder: Path, number: int, key: bytes) -> None:
        self.number = number
        self._home = layout.snapshot(folder, number)
        self._key = key
        self._offset = 0
        self.tail = 0
        said = opened_line(key, "snapshot", (self._home / layout.TABLES).read_bytes())
        manifest = (self._home / layout.INDEX / MANIFEST).read_bytes()
        if said["snapshot"] != number or said["index"] != hashlib.sha256(manifest).hexdigest():
            raise VerificationFailed("the snapshot is another than its tables say", place=f"snapshot {number}")
        self.held = Held(matcher=Matcher.open(self._home / layout.INDEX), seq=said["seq"])
        self.held.set_lists(said["lists"])
        self.held.set_grants(said["grants"])
        self.held.set_canaries(said.get("canaries", ()))

    def follow(self) -> int:
        """Reads the whole lines that were added; answers how many."""
        taken = 0
        with (self._home / layout.TAIL).open("rb") as handle:
            handle.seek(self._offset)
            while (line := handle.readline(LONGEST)).endswith(b"\n"):
                row = opened_line(self._key, "change", line)
                if (row["snapshot"], row["n"]) != (self.number, self.tail + 1):
                    raise VerificationFailed("a change is missing or out of order", place=f"change {self.tail + 1}")
                self.held.apply(row)
                self.tail += 1
                self._offset += len(line)
                taken += 1
        return taken


class Replica:
    """Answers from the newest snapshot of `folder`. Any number of threads may ask while one refreshes."""

    def __init__(self, folder: Path, *, key: bytes, clock: Callable[[], float], spool: Spool | None = None) -> None:
        self._folder, self._key, self._clock, self._spool = folder, key, clock, spool
        self._opened: _Opened | None = None
        self._refreshing = threading.Lock()
        self._problem = "no snapshot yet"
        self._beat_at = 0.0
        self._suspended: dict[str, str] = {}
        self._confirmed: set[str] = set()  # of those, the tokens that the table of grants showed as suspended too

    @classmethod
    def open(cls, folder: Path, *, key: bytes, clock: Callable[[], float], spool: Spool | None = None) -> "Replica":
        """`key`: the 32 octets that verify the publisher. Raises Unavailable without a snapshot, VerificationFailed."""
        replica = cls(folder, key=key, clock=clock, spool=spool)
        if layout.current(folder) == 0:
            raise Unavailable("no snapshot was published yet: is the worker running?", place="matcher folder")
        replica._take()
        return replica

    def refresh(self) -> int:
        """Reads what is new; answers how many changes. What is wrong shows in `standing` and raises nothing."""
        with self._refreshing:
            try:
                taken = self._take()
            except (TutelaError, OSError, KeyError, TypeError, ValueError) as error:
                self._problem = error.message if isinstance(error, TutelaError) else "a file of the snapshot is missing"
                return 0
        return taken

    def standing(self) -> Standing:
        opened, lag = self._opened, self._clock() - self._beat_at if self._beat_at else None
        reason = self._problem
        if not reason and (lag is None or lag > STALE_SECONDS):
            reason = f"nothing was heard of the publisher for more than {STALE_SECONDS:g} seconds"
        return Standing(
            snapshot=opened.number if opened else 0,
            tail=opened.tail if opened else 0,
            entries=len(opened.held.matcher) if opened else 0,
            lag=lag,
            is_ready=opened is not None and not reason,
            reason=reason,
        )

    def grant(self, token: str) -> Grant | None:
        """Who asks; None for a token that is unknown, wrong or past its time. One that is suspended is answered."""
        found = self._held().grant(token)
        if found is None or found.expires <= self._clock():
            return None
        here = self._suspended.get(found.token)
        return replace(found, suspended=here) if here and not found.suspended else found

    def match(self, needle: Needle, grant: Grant) -> tuple[Hit, ...]:
        """Raises Invalid for a bad value."""
        return self.match_many((needle,), grant)[0]

    def match_many(self, needles: Sequence[Needle], grant: Grant) -> tuple[tuple[Hit, ...], ...]:
        """One answer for each needle, in their order. Raises Invalid for a bad value."""
        held = self._held()
        thresholds = {group: most for group, most in held.thresholds.items() if group in grant.groups}
        if not thresholds:
            return tuple(() for _ in needles)
        return tuple(
            tuple(each)
            for each in held.matcher.match_many(needles, thresholds=thresholds, groups=frozenset(thresholds))
        )

    def hear(self, needles: Sequence[Needle], grant: Grant) -> None:
        """Tells the worker which canaries were asked for, by their digests. Raises OSError when it cannot."""
        if self._spool is None:
            return
        found = met((each.hashes for each in needles), self._held().canaries)
        for first in range(0, len(found), MOST_A_LINE):
            some = found[first : first + MOST_A_LINE]
            self._spool.put({"token": grant.token, "at": int(self._clock()), "met": some})

    def suspend(self, token_id: str, reason: str) -> None:
        """Refuses the token in this process at once, and asks the worker to suspend it everywhere."""
        self._suspended[token_id] = reason
        if self._spool is not None:
            self._spool.put({"suspend": token_id, "reason": reason, "at": int(self._clock())})

    def _held(self) -> Held:
        if self._opened is None:
            raise Unavailable("the index is not loaded yet")
        return self._opened.held

    def _take(self) -> int:
        number = layout.current(self._folder)
        opened = self._opened
        if opened is None or opened.number != number:
            opened = _Opened(self._folder, number, self._key)
        taken = opened.follow()
        self._opened = opened
        self._reconcile(opened.held)
        self._hear(opened)
        return taken

    def _reconcile(self, held: Held) -> None:
        """A suspension of this process ends when an operator ended it: it was in the table, and is there no more."""
        for token in tuple(self._suspended):
            grant = held.grants.get(token)
            if grant is not None and grant.suspended:
                self._confirmed.add(token)
            elif token in self._confirmed:
                self._confirmed.discard(token)
                self._suspended.pop(token, None)

    def _hear(self, opened: _Opened) -> None:
        """The publisher's sign of life. It counts when it speaks of what was read here, or of less."""
        said = opened_line(self._key, "beat", (self._folder / layout.BEAT).read_bytes())
        if said["snapshot"] == opened.number and said["n"] <= opened.tail:
            self._beat_at = max(self._beat_at, said["at"] / 1000)
        self._problem = ""
