"""The index of this process: every live entry in memory, kept fresh by reading the tail before each question.

Rules:
- an index that is not loaded raises; it never answers “nothing known”
- before each question the tail is read: an entry that was committed matches at once, one that was withdrawn never again
- the rows of the tail are read in the order of `seq`, which a counter gives out under a lock that its transaction holds
"""

import threading
from collections.abc import Mapping

from tutela.matching import Hit, Matcher, Needle
from tutela_node.foundation.sealed import unseal
from tutela_node.hashlists.errors import IndexNotLoaded
from tutela_node.hashlists.models import Entry
from tutela_node.hashlists.rules import MATCHED, MIN_QUALITY, THRESHOLD

BATCH = 5000
FEW = 2000  # a tail longer than this is worth rebuilding the fast structures


class MatchIndex:
    """All live entries, by the number of their row. Any number of threads may ask."""

    def __init__(self) -> None:
        self._matcher = Matcher()
        self._lock = threading.Lock()
        self._seq = 0
        self.is_loaded = False

    def __len__(self) -> int:
        return len(self._matcher)

    def refresh(self) -> int:
        """Reads what changed since the last time; answers how many rows."""
        with self._lock:
            taken = 0
            while rows := list(Entry.objects.filter(seq__gt=self._seq).order_by("seq")[:BATCH]):
                self._take(rows)
                taken += len(rows)
                self._seq = rows[-1].seq
            if taken > FEW:
                self._matcher.rebuild()
            self.is_loaded = True
        return taken

    def ask(self, hashes: Mapping[str, str], quality: int | None) -> tuple[Hit, ...]:
        """All hits; raises Invalid for a bad value and IndexNotLoaded before the first load."""
        if not self.is_loaded:
            raise IndexNotLoaded("the index of this process is not loaded yet")
        self.refresh()
        known = {name: value for name, value in hashes.items() if name in MATCHED}
        return self._matcher.match(Needle(hashes=known, quality=quality), threshold=THRESHOLD, min_quality=MIN_QUALITY)

    def _take(self, rows: list[Entry]) -> None:
        self._matcher.remove([row.number for row in rows])
        self._matcher.add(
            (row.number, [(row.algorithm, unseal("entry", row.value_sealed).decode())])
            for row in rows
            if row.withdrawn_at is None and row.algorithm in MATCHED
        )


_index = MatchIndex()


def load() -> int:
    """Loads the index of this process; to be called before it serves."""
    return _index.refresh()


def is_loaded() -> bool:
    return _index.is_loaded


def readiness() -> str:
    """For `/ready`: raises IndexNotLoaded until this process can answer."""
    if not _index.is_loaded:
        raise IndexNotLoaded("the index of this process is not loaded yet")
    return f"{len(_index)} fingerprints"


def size() -> int:
    return len(_index)


def ask(hashes: Mapping[str, str], quality: int | None) -> tuple[Hit, ...]:
    return _index.ask(hashes, quality)


def forget() -> None:
    """Back to the state before the first load, for tests whose database was emptied."""
    global _index  # noqa: PLW0603  # one index a process is the point
    _index = MatchIndex()
