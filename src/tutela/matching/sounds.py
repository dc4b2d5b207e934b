"""Fingerprints of sound against those of entries: the share of equal bits at the best alignment.

Rules:
- two are the same sound from `ALIKE` equal bits on, where `LEAST_OVERLAP` items or more of both tell something
- silence, a tone, a hum or hiss tells nothing: its items hardly change, and are like those of any other such sound
- two must be `ABOVE_CHANCE` more alike than any two sounds whose bits are set as often, on the whole and where they lie
  beside each other: two roomfuls of the same noise are alike however they are laid
- a sound of which fewer than `LEAST_OVERLAP` items tell something cannot be compared: six seconds, if all of them do
- alignments are sampled, and compared whole where the sample says that they may be alike; what is told is exact, and
  what sampling loses is measured (`docs/matching.md`)

Source: Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System" (2002): the bit error rate of 32-bit
sub-fingerprints, aligned; Chromaprint (MIT) makes such items, about eight a second.
"""

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tutela.errors import Invalid
from tutela.matching import soundkernels
from tutela.matching.marks import Id
from tutela.matching.soundkernels import ABOVE_CHANCE, ALIKE, LEAST_OVERLAP, Items, Masks
from tutela.matching.soundtext import LONGEST
from tutela.matching.words import read_only

WINDOW = 16  # items, two seconds, over which changes are counted
LEAST_CHANGES = 2  # bits from one item to the next, in the mean of a window
_BITS = 32
_ROOM = 65_536  # items for which there is room at first
_NEVER = np.float32(2)  # more than all bits: not asked

Often = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundHit:
    """An entry with the same sound. `share` of the bits that tell something are equal, `ALIKE` to 1."""

    entry: Id
    group: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A fingerprint as it is compared.

    `often`: of each bit, lowest first, the share of the telling items that have it set.
    """

    items: Items
    tells: Masks
    often: Often


class Sounds:
    """Fingerprints, uint32[n] each, by the ids of their entries. Any number of threads may ask, add and remove.

    About 8 octets an item: 8 kB for two minutes. `added` counts all that were ever added, so that whoever asks again
    may ask only what came `after` the time before.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = _Held()
        self.added = 0

    def __len__(self) -> int:
        return self._held.live

    def add(self, items: Items, entry: Id, group: int = 0) -> None:
        """Raises Invalid for another type, for more than 4,096 items, and for a sound that tells too little."""
        sound = sound_of(items)
        if _telling(sound) < LEAST_OVERLAP:
            raise Invalid("too short, or it changes too little to be told from other sounds", place="sound")
        with self._lock:
            self._held.add(sound, entry, group, self.added)
            self.added += 1

    def remove(self, entries: Iterable[Id]) -> None:
        """All fingerprints of these entries; an unknown entry is no error."""
        with self._lock:
            self._held.remove(entries)
            if self._held.count > 2 * self._held.live + 64:
                self._held = self._held.packed()

    def match(self, items: Items, *, groups: Collection[int] | None = None, after: int = 0) -> tuple[SoundHit, ...]:
        """The entries with the same sound, the likest first; of one entry its likest fingerprint. Raises Invalid."""
        asked = sound_of(items)
        if _telling(asked) < LEAST_OVERLAP:
            return ()
        with self._lock:
            held = self._held
            count = held.count
            alive = held.alive[:count] & (held.serials[:count] >= after)
            stored, tells, starts = read_only(held.items), read_only(held.tells), read_only(held.starts[: count + 1])
            entries, in_group, often = held.entries, held.groups[:count], held.often[:count]
        if groups is not None:
            alive &= np.isin(in_group, list(groups))
        least = np.where(alive, np.maximum(ALIKE, by_chance(often, asked.often) + ABOVE_CHANCE), _NEVER)
        shares = np.zeros(count, np.float32)
        wanted = read_only(least.astype(np.float32))
        soundkernels.likest((asked.items, asked.tells), (stored, tells), starts, wanted, shares)
        found = dict[tuple[Id, int], float]()
        for number in np.flatnonzero(shares):
            key = entries[number], int(in_group[number])
            found[key] = max(float(shares[number]), found.get(key, 0.0))
        hits = (SoundHit(entry=entry, group=group, share=share) for (entry, group), share in found.items())
        return tuple(sorted(hits, key=lambda hit: -hit.share))


class _Held:
    """Sounds one behind the other. Whoever took the arrays may read up to the count of that moment: nothing before it
    changes but `alive`.
    """

    def __init__(self) -> None:
        self.items, self.tells = np.zeros(_ROOM, np.uint32), np.zeros(_ROOM, np.uint32)
        self.starts, self.groups = np.zeros(65, np.int64), np.zeros(64, np.int64)
        self.alive, self.often = np.zeros(64, np.bool_), np.zeros((64, _BITS), np.float32)
        self.serials = np.zeros(64, np.int64)
        self.entries: list[Id] = []
        self.live = 0
        self._places: dict[Id, list[int]] = {}

    @property
    def count(self) -> int:
        return len(self.entries)

    def add(self, sound: Sound, entry: Id, group: int, serial: int) -> None:
        number, start = self.count, int(self.starts[self.count])
        end = start + len(sound.items)
        self._make_room(number + 1, end)
        self.items[start:end], self.tells[start:end] = sound.items, sound.tells
        self.starts[number + 1], self.groups[number], self.alive[number] = end, group, True
        self.often[number], self.serials[number] = sound.often, serial
        self.entries.append(entry)
        self._places.setdefault(entry, []).append(number)
        self.live += 1

    def remove(self, entries: Iterable[Id]) -> None:
        for entry in entries:
            numbers = self._places.pop(entry, [])
            self.alive[numbers] = False
            self.live -= len(numbers)

    def packed(self) -> "_Held":
        """The same without those that were removed."""
        kept = _Held()
        for number in np.flatnonzero(self.alive[: self.count]):
            part = slice(int(self.starts[number]), int(self.starts[number + 1]))
            sound = Sound(items=self.items[part], tells=self.tells[part], often=self.often[number])
            kept.add(sound, self.entries[number], int(self.groups[number]), int(self.serials[number]))
        return kept

    def _make_room(self, count: int, items: int) -> None:
        if items > len(self.items):
            self.items, self.tells = _grown(self.items, items), _grown(self.tells, items)
        if count > len(self.alive):
            self.starts, self.groups = _grown(self.starts, count + 1), _grown(self.groups, count)
            self.alive, self.often = _grown(self.alive, count), _grown(self.often, count)
            self.serials = _grown(self.serials, count)


def tells_enough(items: Items) -> bool:
    """Whether a sound can be compared: it is long enough, and enough changes in it. Raises Invalid."""
    return _telling(sound_of(items)) >= LEAST_OVERLAP


def share_of(one: Items, other: Items) -> float:
    """The share of equal bits of all items, 0 to 1, at the alignment where it is largest. Raises Invalid."""
    return float(soundkernels.share(_checked(one), _checked(other)))


def _checked(items: Items) -> Items:
    if items.dtype != np.uint32 or items.ndim != 1 or len(items) > LONGEST:
        raise Invalid(
            f"an array {items.dtype}{list(items.shape)}, expected uint32[n] of at most {LONGEST}", place="sound"
        )
    return read_only(np.ascontiguousarray(items))


def sound_of(items: Items) -> Sound:
    """Raises Invalid."""
    checked = _checked(items)
    tells = _tells(checked)
    set_bits = np.unpackbits(checked[tells].view(np.uint8), bitorder="little").reshape(-1, _BITS)
    often = set_bits.mean(axis=0, dtype=np.float32) if len(set_bits) else np.zeros(_BITS, np.float32)
    return Sound(items=checked, tells=read_only(np.where(tells, ~np.uint32(0), np.uint32(0))), often=often)


def _tells(items: Items) -> npt.NDArray[np.bool_]:
    """Which items stand where enough changes, in the window around each."""
    if len(items) < 2:
        return np.zeros(len(items), np.bool_)
    changes = np.bitwise_count(items[1:] ^ items[:-1]).astype(np.int64)
    summed = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate([changes[:1], changes]))])
    places = np.arange(len(items))
    first, end = np.maximum(places - WINDOW // 2, 0), np.minimum(places + WINDOW // 2, len(items))
    told: npt.NDArray[np.bool_] = summed[end] - summed[first] >= LEAST_CHANGES * (end - first)
    return told


def _telling(sound: Sound) -> int:
    return int(np.count_nonzero(sound.tells))


def by_chance(one: Often, other: Often) -> Often:
    """How alike sounds are that set each bit so often, whatever they say; of each row of `one`."""
    chance: Often = (one @ (2 * other - 1) + (1 - other).sum()) / np.float32(_BITS)
    return chance


def _grown(array: npt.NDArray[Any], least: int) -> npt.NDArray[Any]:
    room = np.zeros((max(least, 2 * len(array)), *array.shape[1:]), array.dtype)
    room[: len(array)] = array
    return room
