"""The sounds of the lists, in the memory of the process that asks for them: the worker.

Rules:
- they are never written out: they stand sealed in their rows, and unsealed in memory; no outsider is answered by them
- before each question the rows that changed are read: a sound that was committed matches, one that was withdrawn not
- what cannot be compared stays on its list and matches nothing
- who asks again is compared with what came since: a list is followed every few minutes, and the queue asked each time
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from tutela.matching import SoundHit, Sounds, items_of_text
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Invalid
from tutela_node.foundation.sealed import unseal
from tutela_node.hashlists.models import Entry
from tutela_node.hashlists.rules import SOUND, Purpose, may_match

BATCH = 1000
MOST = 100  # entries that are told of one sound: a song that is on the lists a thousand times is one hint
REMEMBERED, KEPT = 20_000, 2 * MOST  # sounds that were asked for, above all those of the queue; entries of each
IS_SOUND = f"hashlists_entry.algorithm = '{SOUND}'"  # as it is written in the index `entry_of_sound`


@dataclass(slots=True)
class _Asked:
    """What a sound met among the first `before` that were ever added, by the number of the entry."""

    before: int = 0
    met: dict[int, SoundHit] = field(default_factory=dict)


class SoundIndex:
    """All live sounds, by the numbers of their entries. Any number of threads may ask."""

    def __init__(self) -> None:
        self._sounds = Sounds()
        self._lock = threading.Lock()
        self._places: dict[int, int] = {}  # number of an entry -> how many were added before it
        self._asked: OrderedDict[bytes, _Asked] = OrderedDict()  # by the digest of its text
        self.seq = 0

    def __len__(self) -> int:
        return len(self._sounds)

    def refresh(self) -> None:
        """Reads what changed since the last time."""
        with self._lock:
            while rows := _changed_since(self.seq):
                today = clock.now().date()
                for row in rows:
                    self._take(row, today)
                self.seq = rows[-1].seq

    def ask(self, text: str, groups: Collection[int]) -> tuple[SoundHit, ...]:
        """The likest entries with this sound on lists of these numbers. Raises Invalid for what is no fingerprint."""
        self.refresh()
        sound = hashlib.sha256(text.encode()).digest()
        with self._lock:
            asked = self._asked.pop(sound, None) or _Asked()
            before = self._sounds.added
            fresh = self._sounds.match(items_of_text(text, SOUND), after=asked.before)
            met = {number: hit for number, hit in asked.met.items() if self._is_as_before(number, asked)}
            met |= {int(hit.entry): hit for hit in fresh}
            if len(met) > KEPT:
                met = dict(sorted(met.items(), key=lambda each: -each[1].share)[:KEPT])
            self._asked[sound] = _Asked(before=before, met=met)
            if len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
        heard = sorted((hit for hit in met.values() if hit.group in groups), key=lambda hit: -hit.share)
        return tuple(heard[:MOST])

    def _is_as_before(self, number: int, asked: _Asked) -> bool:
        """Whether an entry that was met is still there, with the same sound."""
        return self._places.get(number, asked.before) < asked.before

    def _take(self, row: Entry, today: date) -> None:
        self._sounds.remove([row.number])
        self._places.pop(row.number, None)
        is_live = may_match(
            withdrawn_at=row.withdrawn_at, quarantined_at=row.quarantined_at, expires_on=row.expires_on, today=today
        )
        if not is_live or row.list.purpose != Purpose.KNOWN:
            return
        place = self._sounds.added
        try:
            text = unseal("entry", row.value_sealed).decode()
            self._sounds.add(items_of_text(text, f"E-{row.number}"), row.number, row.list.number)
        except Invalid:
            return
        self._places[row.number] = place


def _changed_since(seq: int) -> list[Entry]:
    """The next entries that are sounds, in the order of `seq`; in words that let a database take its index."""
    is_sound = RawSQL(IS_SOUND, (), output_field=BooleanField())  # noqa: S611  # no word of it comes from outside
    return list(Entry.objects.select_related("list").filter(is_sound, seq__gt=seq).order_by("seq")[:BATCH])
