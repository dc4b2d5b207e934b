"""Fingerprints against lists of fingerprints: the hits, exact and near.

Rules:
- "exact" means equal cryptographic digests; an equal PDQ hash is a near match at distance 0, for different pictures
  can share it
- PDQ matches at 31 bits or less and only from pictures of quality 50 or more, as its authors advise; a bare hash whose
  quality is not known is compared
- turned and mirrored forms of the picture are compared when given, since PDQ alone does not find them
- one hit for each entry and algorithm: the nearest, and of equals the plain form
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tutela.errors import Invalid
from tutela.matching.exact import DIGEST_OCTETS, ExactTable
from tutela.matching.index import Index
from tutela.matching.roster import Id
from tutela.matching.words import bounded, digest_bytes, pack_one, words_of

PDQ = "pdq"
PLAIN = "plain"
ALGORITHMS = (*DIGEST_OCTETS, PDQ)
THRESHOLD = 31
MIN_QUALITY = 50


class HitClass(StrEnum):
    """How sure a hit is; the only thing an outside asker is told."""

    EXACT = "exact"
    NEAR = "near"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that matches. `distance` is in bits, 0 for exact; `via` is "plain" or the name of the variant."""

    entry: Id
    algorithm: str
    distance: int
    hit_class: HitClass
    via: str = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """What to look for: algorithm -> hexadecimal text in either case.

    `quality` is PDQ's, 0 to 100, or None when unknown. `variants` names further PDQ hashes of the same picture.
    """

    hashes: Mapping[str, str]
    quality: int | None = None
    variants: Mapping[str, str] = field(default_factory=dict)


class Matcher:
    """Exact tables and a PDQ index over one set of entry ids. Any number of threads may ask, add and remove."""

    __slots__ = ("_exact", "_pdq")

    def __init__(self) -> None:
        self._exact = {algorithm: ExactTable(octets) for algorithm, octets in DIGEST_OCTETS.items()}
        self._pdq = Index()

    def __len__(self) -> int:
        """Fingerprints that can match."""
        return len(self._pdq) + sum(len(table) for table in self._exact.values())

    def add(self, entries: Iterable[tuple[Id, Iterable[tuple[str, str]]]]) -> Counter[str]:
        """Add entries as (id, pairs of algorithm and hexadecimal text); they match when this returns.

        Nothing is added when any value is bad: raises Invalid whose place is algorithm and position in `entries`.
        Returns the values that cannot be compared here, counted by algorithm (such as licensed hashes).
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
        for algorithm, (digests, ids) in columns.items():
            if algorithm == PDQ:
                self._pdq.add(words_of(b"".join(digests)), ids)
            else:
                self._exact[algorithm].add(digests, ids)
        return ignored

    def remove(self, entries: Iterable[Id]) -> int:
        """Take out every fingerprint of `entries`; returns how many went."""
        gone = tuple(entries)
        return self._pdq.remove(gone) + sum(table.remove(gone) for table in self._exact.values())

    def rebuild(self) -> None:
        """Move what was added into the fast structures; worth it after a bulk `add`."""
        self._pdq.rebuild()
        for table in self._exact.values():
            table.rebuild()

    def match(
        self, fingerprints: Needle, *, threshold: int = THRESHOLD, min_quality: int = MIN_QUALITY
    ) -> tuple[Hit, ...]:
        """All hits, exact before near, then by distance. `threshold` in bits, 0 to 256; `min_quality` 0 to 100.

        Raises Invalid for an unknown algorithm or a bad value, with its name as place.
        """
        bounded(threshold)
        found = [*self._exact_hits(fingerprints), *self._near_hits(fingerprints, threshold, min_quality)]
        nearest: dict[tuple[Id, str], Hit] = {}
        for hit in sorted(found, key=lambda each: (each.hit_class, each.distance, each.via != PLAIN)):
            nearest.setdefault((hit.entry, hit.algorithm), hit)
        return tuple(nearest.values())

    def _exact_hits(self, needle: Needle) -> Iterator[Hit]:
        for algorithm, value in needle.hashes.items():
            raw = _raw(algorithm, value, algorithm)
            for entry in self._exact[algorithm].find(raw) if algorithm != PDQ else ():
                yield Hit(entry=entry, algorithm=algorithm, distance=0, hit_class=HitClass.EXACT)

    def _near_hits(self, needle: Needle, threshold: int, min_quality: int) -> Iterator[Hit]:
        forms = {via: pack_one(value, place=f"variant {via}") for via, value in needle.variants.items()}
        if PDQ in needle.hashes:
            forms = {PLAIN: pack_one(needle.hashes[PDQ], place=PDQ), **forms}
        if needle.quality is not None and needle.quality < min_quality:
            return
        for via, words in forms.items():
            for near in self._pdq.search(words, threshold=threshold):
                yield Hit(entry=near.id, algorithm=PDQ, distance=near.distance, hit_class=HitClass.NEAR, via=via)


def _raw(algorithm: str, value: str, place: str) -> bytes:
    octets = DIGEST_OCTETS.get(algorithm, 32 if algorithm == PDQ else None)
    if octets is None:
        raise Invalid(f"unknown algorithm; use one of {', '.join(ALGORITHMS)}", place=place)
    return digest_bytes(value, octets=octets, place=place)
