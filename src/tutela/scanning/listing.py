"""The lists of a scan, written once into a folder that every process maps.

Rules:
- known-good lists stand in an index of their own: they are never mixed with the lists that are looked for
- the folder holds confidential values: its owner alone can read it, and who made it removes it
- an entry withdrawn by a later entry of its own list does not match
- only digests of known-good lists are kept: a picture that resembles a known-good one is not known
"""

import json
import mmap
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tutela.errors import Limited
from tutela.hashlists import ListEntry, current
from tutela.matching import PDQ, Hit, Matcher
from tutela.scanning.sounds import CHROMAPRINT, ListedSounds, is_comparable

MOST_LISTS = 65_536
_CHUNK = 50_000
SOUGHT, GOOD, LISTS, ENTRIES, PLACES = "sought", "known-good", "lists.json", "entries.jsonl", "entries.places"
SOUNDS = "sounds.jsonl"  # number of the entry, number of the list, fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A list: its name in the output, its entries, its own threshold in bits if it has one, and what it is for."""

    name: str
    entries: Iterable[ListEntry]
    threshold: int | None = None
    known_good: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which entry of which list, and how the list classifies it."""

    list: str
    entry: str
    category: str


def write(folder: Path, lists: Iterable[Given]) -> Counter[tuple[str, str]]:
    """Fill the new `folder`, whose mode is 0700. Returns the values that cannot be compared, by list and algorithm.

    Raises OSError, Limited for more than 65,536 lists, and what the entries raise.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    sought, good, names = Matcher(), Matcher(), []
    ignored: Counter[tuple[str, str]] = Counter()
    with ExitStack() as stack:
        writer = _Writer(*(stack.enter_context((folder / name).open("xb")) for name in (ENTRIES, PLACES, SOUNDS)))
        for number, each in enumerate(lists):
            if number >= MOST_LISTS:
                raise Limited(f"more than the {MOST_LISTS:,} lists that one scan takes")
            names.append({"name": each.name, "threshold": each.threshold, "known_good": each.known_good})
            for algorithm, count in _filled(good if each.known_good else sought, each, number, writer).items():
                ignored[each.name, algorithm] += count
        writer.end()
    for matcher, name in ((sought, SOUGHT), (good, GOOD)):
        matcher.rebuild()
        matcher.write(folder / name)
    (folder / LISTS).write_text(json.dumps(names))
    return ignored


def _filled(matcher: Matcher, given: Given, group: int, writer: "_Writer") -> Counter[str]:
    ignored: Counter[str] = Counter()
    kept = (each for each in given.entries if not each.deleted) if given.known_good else iter(current(given.entries))
    while chunk := list(islice(kept, _CHUNK)):
        first = writer.count
        for entry in chunk:
            writer.add(entry)
        rows = ((first + each, _wanted(entry, given.known_good)) for each, entry in enumerate(chunk))
        ignored += matcher.add(rows, group)
        if not given.known_good:
            heard = writer.add_sounds(first, group, chunk)
            ignored -= Counter({CHROMAPRINT: heard})
    return ignored


def _wanted(entry: ListEntry, known_good: bool) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in entry.hashes if pair[0] != PDQ) if known_good else entry.hashes


class _Writer:
    """What the lists say of their entries, one line each, and where each line begins."""

    def __init__(self, entries: BinaryIO, places: BinaryIO, sounds: BinaryIO) -> None:
        self._entries, self._places, self._sounds = entries, places, sounds
        self._at = 0
        self.count = 0

    def add(self, entry: ListEntry) -> None:
        category = f"{entry.classification.scheme}:{entry.classification.code}" if entry.classification else ""
        line = json.dumps([entry.id, category]).encode() + b"\n"
        self._places.write(self._at.to_bytes(8, "little"))
        self._entries.write(line)
        self._at += len(line)
        self.count += 1

    def add_sounds(self, first: int, group: int, entries: Iterable[ListEntry]) -> int:
        """How many can be compared."""
        heard = 0
        for number, entry in enumerate(entries, start=first):
            for algorithm, value in entry.hashes:
                if algorithm == CHROMAPRINT and is_comparable(value):
                    self._sounds.write(json.dumps([number, group, value]).encode() + b"\n")
                    heard += 1
        return heard

    def end(self) -> None:
        self._places.write(self._at.to_bytes(8, "little"))


class Lists:
    """The folder that `write` filled, mapped. Raises Invalid and OSError when it cannot be opened."""

    def __init__(self, folder: Path) -> None:
        self.sought = Matcher.open(folder / SOUGHT)
        self.good = Matcher.open(folder / GOOD)
        self._lists: list[dict[str, Any]] = json.loads((folder / LISTS).read_text())
        self._places = np.memmap(folder / PLACES, dtype="<u8", mode="r")
        self._entries = _mapped(folder / ENTRIES)
        self.sounds = ListedSounds()
        with (folder / SOUNDS).open("rb") as lines:
            for number, group, text in map(json.loads, lines):
                self.sounds.add(text, number, group)

    @property
    def has_good(self) -> bool:
        return len(self.good) > 0

    @property
    def thresholds(self) -> dict[int, int]:
        """Those of lists that have their own."""
        return {n: each["threshold"] for n, each in enumerate(self._lists) if each["threshold"] is not None}

    def origin(self, entry: object, group: int) -> Origin:
        """Where the entry with this number comes from."""
        number = int(str(entry))
        line = self._entries[int(self._places[number]) : int(self._places[number + 1])]
        entry_id, category = json.loads(line)
        return Origin(list=self._lists[group]["name"], entry=entry_id, category=category)

    def known(self, hits: Iterable[Hit]) -> tuple[str, ...]:
        """The names of the known-good lists that have it, each once."""
        return tuple(dict.fromkeys(self._lists[hit.group]["name"] for hit in hits))


def size_of(folder: Path) -> int:
    """Octets of everything in the folder."""
    return sum(each.stat().st_size for each in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    return (each for each in folder.rglob("*") if each.is_file())


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as stream:
        empty = os.fstat(stream.fileno()).st_size == 0
        return b"" if empty else mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
