"""The index of this process: mapped from the newest snapshot, kept fresh by reading the tail before each question.

Rules:
- an index that is not loaded raises; it never answers “nothing known”
- before each question the tail is read: an entry that was committed matches at once, one that was withdrawn never again
- the rows of the tail are read in the order of `seq`, which a counter gives out under a lock that its transaction holds
- what was read is merged beside questions: nobody waits for it
- a list that is paused or has another threshold counts from the next question; known-good lists are not in here
- the sounds of lists are read by who hears for them (`sounds.py`), and are in no snapshot: a matcher has none
- a snapshot is taken as a start only while the database knows it, so that a restored backup never meets newer files
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from django.conf import settings

from tutela.errors import TutelaError
from tutela.matching import Hit, Matcher, Merging, Needle, SoundHit
from tutela_node.foundation import clock, keys, marks
from tutela_node.foundation.sealed import unseal
from tutela_node.foundation.volumes import check_volume
from tutela_node.hashlists.errors import IndexNotLoaded
from tutela_node.hashlists.models import Entry, HashList
from tutela_node.hashlists.replica import layout
from tutela_node.hashlists.replica.records import opened_line
from tutela_node.hashlists.replica.values import ListTerms
from tutela_node.hashlists.rules import MATCHED, MIN_QUALITY, ListState, Purpose, may_match
from tutela_node.hashlists.sounds import SoundIndex

BATCH = 5000
SNAPSHOT, SNAPSHOT_SEQ = "matcher.snapshot", "matcher.snapshot_seq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one entry: its number, its list's number, and its value when it can match now."""

    seq: int
    number: int
    group: int
    algorithm: str
    value: str | None


class MatchIndex:
    """All live entries, by the number of their row. Any number of threads may ask."""

    def __init__(self) -> None:
        self.matcher = Matcher()
        self._merging = Merging(self.matcher)
        self._lock = threading.Lock()
        self._thresholds: dict[int, int] = {}
        self.sounds = SoundIndex()
        self.seq = 0
        self.is_loaded = False

    def __len__(self) -> int:
        return len(self.matcher)

    def load(self) -> int:
        """Maps the newest snapshot that the database knows, if there is one, and reads what came after it."""
        with self._lock:
            found = newest_snapshot()
            if found is not None and not self.is_loaded:
                self.matcher, self.seq = found
                self._merging = Merging(self.matcher)
        return self.refresh()

    def refresh(self) -> int:
        """Reads what changed since the last time; answers how many rows."""
        with self._lock:
            taken = 0
            for rows in changed_since(self.seq):
                self._take(rows)
                taken += len(rows)
                self.seq = rows[-1].seq
            self._thresholds = {each.group: each.threshold for each in list_terms() if each.is_active}
            self.is_loaded = True
        return taken

    def ask(
        self, hashes: Mapping[str, str], quality: int | None, variants: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[Hit, ...]:
        """All hits; raises Invalid for a bad value and IndexNotLoaded before the first load."""
        if not self.is_loaded:
            raise IndexNotLoaded("the index of this process is not loaded yet")
        self.refresh()
        known = {name: value for name, value in hashes.items() if name in MATCHED}
        thresholds = self._thresholds
        return self.matcher.match(
            Needle(hashes=known, quality=quality, variants=variants),
            thresholds=thresholds,
            groups=frozenset(thresholds),
            min_quality=MIN_QUALITY,
        )

    def hear(self, sound: str) -> tuple[SoundHit, ...]:
        """The entries of lists that are asked with this sound. Raises Invalid for what is no fingerprint."""
        return self.sounds.ask(sound, frozenset(each.group for each in list_terms() if each.is_active))

    def _take(self, rows: Iterable[Row]) -> None:
        kept = list(rows)
        self.matcher.remove([row.number for row in kept])
        by_group: dict[int, list[tuple[int, list[tuple[str, str]]]]] = {}
        for row in kept:
            if row.value is not None:
                by_group.setdefault(row.group, []).append((row.number, [(row.algorithm, row.value)]))
        for group, entries in by_group.items():
            self.matcher.add(entries, group=group)


def changed_since(seq: int) -> Iterator[list[Row]]:
    """What changed after `seq`, in its order, so many rows at a time; each batch is read when it is asked for."""
    while rows := list(Entry.objects.select_related("list").filter(seq__gt=seq).order_by("seq")[:BATCH]):
        today = clock.now().date()
        yield [_row(row, today) for row in rows]
        seq = rows[-1].seq


def list_terms() -> tuple[ListTerms, ...]:
    """Every list whose entries are in the index, by its number."""
    rows = HashList.objects.filter(purpose=Purpose.KNOWN).order_by("number")
    return tuple(
        ListTerms(group=row.number, is_active=row.state == ListState.ACTIVE, threshold=row.threshold) for row in rows
    )


def closed_groups() -> frozenset[int]:
    """The numbers of lists by which no outsider is answered: what people sent of their own pictures."""
    return frozenset(HashList.objects.filter(is_unverified=True).values_list("number", flat=True))


def newest_snapshot() -> tuple[Matcher, int] | None:
    """The mapped index of the newest snapshot that the database knows, and the `seq` up to which it is."""
    number, seq = marks.read(SNAPSHOT), marks.read(SNAPSHOT_SEQ)
    if number is None:
        return None
    home = layout.snapshot(folder(), number)
    try:
        said = opened_line(keys.matcher_public(settings.TUTELA.data), "snapshot", (home / layout.TABLES).read_bytes())
        if (said["snapshot"], said["seq"]) != (number, seq):
            return None
        return Matcher.open(home / layout.INDEX), int(said["seq"])
    except (OSError, TutelaError):  # gone, cut or changed: the rows of the database are the truth
        return None


def folder() -> Path:
    """Where matchers read; on an encrypted volume in production."""
    return Path(settings.TUTELA.data) / layout.FOLDER


def _row(row: Entry, today: date) -> Row:
    """The entry as the index needs it; its value is opened only when it can match."""
    is_live = may_match(
        withdrawn_at=row.withdrawn_at, quarantined_at=row.quarantined_at, expires_on=row.expires_on, today=today
    )
    is_known = row.list.purpose == Purpose.KNOWN and row.algorithm in MATCHED
    value = unseal("entry", row.value_sealed).decode() if is_live and is_known else None
    return Row(seq=row.seq, number=row.number, group=row.list.number, algorithm=row.algorithm, value=value)


_index = MatchIndex()


def load() -> int:
    """Loads the index of this process; to be called before it serves."""
    return _index.load()


def is_loaded() -> bool:
    return _index.is_loaded


def readiness() -> str:
    """For `/ready`: raises IndexNotLoaded until this process can answer."""
    if not _index.is_loaded:
        raise IndexNotLoaded("the index of this process is not loaded yet")
    return f"{len(_index)} fingerprints"


def volume() -> str:
    """For `/ready`: raises Unavailable in production unless the mapped hashes lie in memory or on an encrypted disk."""
    return check_volume(settings.TUTELA)


def size() -> int:
    return len(_index)


def ask(
    hashes: Mapping[str, str], quality: int | None, variants: Mapping[str, str] = MappingProxyType({})
) -> tuple[Hit, ...]:
    return _index.ask(hashes, quality, variants)


def hear(sound: str) -> tuple[SoundHit, ...]:
    return _index.hear(sound)


def listen() -> None:
    """Reads the sounds of the lists before the first of them is asked for; in the process that will ask."""
    _index.sounds.refresh()


def current() -> MatchIndex:
    """The index of this process, for the publisher that writes it out."""
    return _index


def forget() -> None:
    """Back to the state before the first load, for tests whose database was emptied."""
    global _index  # noqa: PLW0603  # one index a process is the point
    _index = MatchIndex()
