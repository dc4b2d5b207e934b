"""Fingerprints against lists of fingerprints: the hits, exact and near.

Rules:
- "exact" means equal cryptographic digests; an equal PDQ hash is a near match at distance 0, for different pictures
  can share it
- PDQ matches at 31 bits or less and only from pictures of quality 50 or more, as its authors advise; a bare hash whose
  quality is not known is compared
- turned and mirrored forms of the picture are compared when given, since PDQ alone does not find them
- one hit for each entry, list and algorithm: the nearest, and of equals the plain form
- each list has its own threshold, and a question may leave lists out
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutela.errors import Invalid
from tutela.matching import folders
from tutela.matching.exact import DIGEST_OCTETS, ExactTable
from tutela.matching.hits import MIN_QUALITY, PDQ, PLAIN, THRESHOLD, Hit, HitClass, Needle, Scope
from tutela.matching.index import Index
from tutela.matching.marks import Id, Keys, marked
from tutela.matching.words import Words, digest_bytes, pack_one, words_of

ALGORITHMS = (*DIGEST_OCTETS, PDQ)


class Matcher:
    """Exact tables and a PDQ index over one set of entry ids. Any number of threads may ask, add and remove."""

    __slots__ = ("_exact", "_pdq")

    def __init__(self) -> None:
        self._exact = {algorithm: ExactTable(octets) for algorithm, octets in DIGEST_OCTETS.items()}
        self._pdq = Index()

    @classmethod
    def open(cls, folder: Path, *, verify: bool = False) -> "Matcher":
        """The matcher that `write` left in `folder`, mapped; what is added and removed from now on stays in memory.

        Takes milliseconds whatever the size; with `verify` every byte is read. Raises Invalid and OSError.
        """
        opened = cls()
        parts = folders.read(folder, ALGORITHMS)
        opened._pdq = Index.open(parts[PDQ], verify=verify)
        opened._exact = {
            algorithm: ExactTable.open(octets, parts[algorithm], verify=verify)
            for algorithm, octets in DIGEST_OCTETS.items()
        }
        return opened

    def write(self, folder: Path) -> None:
        """Write every fingerprint that can match into a new folder, which appears whole or not at all.

        Questions, additions and removals go on; what they change meanwhile may be in the folder or not. Ids must be
        numbers. Raises Invalid for text, Conflict when the folder is there, and OSError.
        """
        writers = {PDQ: self._pdq.write} | {algorithm: table.write for algorithm, table in self._exact.items()}
        folders.write(folder, writers)

    def settle(self, folder: Path) -> None:
        """`write`, and go on from the mapped files; what changes meanwhile is kept, in memory. Raises as `write`."""
        writers = {PDQ: self._pdq.settle} | {algorithm: table.settle for algorithm, table in self._exact.items()}
        folders.write(folder, writers)

    def verify(self) -> None:
        """Read every mapped file whole and compare it with its digests. Raises Invalid with the place."""
        for pile in self.piles:
            pile.verify()

    @property
    def piles(self) -> tuple[Index | ExactTable, ...]:
        """The index of PDQ hashes and the tables of digests."""
        return (self._pdq, *self._exact.values())

    @property
    def pdq(self) -> Index:
        """The index of PDQ hashes."""
        return self._pdq

    def __len__(self) -> int:
        """Fingerprints that can match."""
        return sum(map(len, self.piles))

    def add(self, entries: Iterable[tuple[Id, Iterable[tuple[str, str]]]], group: int = 0) -> Counter[str]:
        """Add entries as (id, pairs of algorithm and hexadecimal text) to the list `group`, 0 to 65,535.

        They match when this returns. Nothing is added when any value is bad: raises Invalid whose place is algorithm
        and position in `entries`. Returns the values that cannot be compared here, counted by algorithm (such as
        licensed hashes).
        """
        columns: dict[str, tuple[list[bytes], list[Id]]] = {name: ([], []) for name in ALGORITHMS}
        ignored: Counter[str] = Counter()
        for position, (entry, pairs) in enumerate(entries):
            for algorithm, value in pairs:
                if algorithm not in columns:
                    ignored[algorithm] += 1
                    continue
                columns[algorithm][0].append(_raw(algorithm, value, f"{algorithm} of entry {position}"))
                columns[algorithm][1].append(entry)
        for _, ids in columns.values():
            marked(ids, group)  # a bad id or group is refused before anything is added
        for algorithm, (digests, ids) in columns.items():
            if algorithm == PDQ:
                self._pdq.add(words_of(b"".join(digests)), ids, group)
            else:
                self._exact[algorithm].add(digests, ids, group)
        return ignored

    def add_rows(self, algorithm: str, rows: npt.NDArray[Any], ids: Sequence[Id] | Keys, group: int = 0) -> None:
        """Add many of one algorithm at once: uint64[n, 4] for PDQ, uint8[n, octets] for digests. Raises Invalid."""
        if algorithm == PDQ:
            self._pdq.add(rows, ids, group)
        else:
            _octets(algorithm, algorithm)
            self._exact[algorithm].add_rows(rows, ids, group)

    def remove(self, entries: Iterable[Id]) -> int:
        """Take out every fingerprint of `entries`; returns how many went."""
        gone = tuple(entries)
        return self._pdq.remove(gone) + sum(table.remove(gone) for table in self._exact.values())

    def rebuild(self) -> None:
        """Merge what was added in memory; worth it after a bulk `add`. Questions and changes go on meanwhile."""
        for pile in self.piles:
            pile.rebuild()

    def match(
        self,
        fingerprints: Needle,
        *,
        threshold: int = THRESHOLD,
        thresholds: Mapping[int, int] | None = None,
        groups: Collection[int] | None = None,
        min_quality: int = MIN_QUALITY,
    ) -> tuple[Hit, ...]:
        """All hits, exact before near, then by distance.

        `threshold` in bits, 0 to 256, holds for groups that `thresholds` does not name; `groups` are those compared
        with, None for all; `min_quality` 0 to 100. Raises Invalid for an unknown algorithm or a bad value, with its
        name as place.
        """
        return self.match_many(
            (fingerprints,), threshold=threshold, thresholds=thresholds, groups=groups, min_quality=min_quality
        )[0]

    def match_many(
        self,
        needles: Sequence[Needle],
        *,
        threshold: int = THRESHOLD,
        thresholds: Mapping[int, int] | None = None,
        groups: Collection[int] | None = None,
        min_quality: int = MIN_QUALITY,
        threads: int = 1,
    ) -> tuple[tuple[Hit, ...], ...]:
        """`match` for each of `needles`, in their order; quicker than one by one. Raises Invalid as `match` does.

        `threads` share the work; worth it from some hundred needles on.
        """
        scope = Scope.of(threshold, thresholds, groups)
        found = [list(self._exact_hits(needle, scope)) for needle in needles]
        for number, hit in self._near_hits(needles, scope, min_quality, threads):
            found[number].append(hit)
        return tuple(_nearest(hits) for hits in found)

    def _exact_hits(self, needle: Needle, scope: Scope) -> Iterator[Hit]:
        for algorithm, value in needle.hashes.items():
            raw = _raw(algorithm, value, algorithm)
            for entry, group in self._exact[algorithm].owners(raw) if algorithm != PDQ else ():
                if scope.allows(group):
                    yield Hit(entry=entry, algorithm=algorithm, distance=0, hit_class=HitClass.EXACT, group=group)

    def _near_hits(
        self, needles: Sequence[Needle], scope: Scope, min_quality: int, threads: int
    ) -> Iterator[tuple[int, Hit]]:
        forms = [
            (number, via, words)
            for number, needle in enumerate(needles)
            for via, words in _forms(needle).items()
            if via != PLAIN or needle.quality is None or needle.quality >= min_quality
        ]
        if not forms:
            return
        table = np.stack([words for _, _, words in forms])
        found = self._pdq.columns(table, threshold=scope.threshold, limits=scope.limits, threads=threads)
        for form, entry, distance, group, _ in found.lines():
            number, via, _ = forms[form]
            near = HitClass.NEAR
            yield number, Hit(entry=entry, algorithm=PDQ, distance=distance, hit_class=near, via=via, group=group)


def _forms(needle: Needle) -> dict[str, Words]:
    forms = {via: pack_one(value, place=f"variant {via}") for via, value in needle.variants.items()}
    return {PLAIN: pack_one(needle.hashes[PDQ], place=PDQ), **forms} if PDQ in needle.hashes else forms


def _nearest(found: list[Hit]) -> tuple[Hit, ...]:
    if not found:
        return ()
    nearest: dict[tuple[Id, str, int], Hit] = {}
    for hit in sorted(found, key=lambda each: (each.hit_class, each.distance, each.via != PLAIN)):
        nearest.setdefault((hit.entry, hit.algorithm, hit.group), hit)
    return tuple(nearest.values())


def _raw(algorithm: str, value: str, place: str) -> bytes:
    return digest_bytes(value, octets=_octets(algorithm, place), place=place)


def _octets(algorithm: str, place: str) -> int:
    octets = DIGEST_OCTETS.get(algorithm, 32 if algorithm == PDQ else None)
    if octets is None:
        raise Invalid(f"unknown algorithm; use one of {', '.join(ALGORITHMS)}", place=place)
    return octets
