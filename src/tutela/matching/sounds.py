"""Fingerprints of sound against those of entries: the share of equal bits at the best alignment.

Rules:
- each is compared with each at every alignment: the answer is exact, and takes about a millisecond an entry
- two are the same sound from `ALIKE` equal bits on, when about three seconds of them or more overlap
- alignments that overlap little count a little less, unless they are alike

Source: Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System" (2002): the bit error rate of 32-bit
sub-fingerprints, aligned; Chromaprint (MIT) makes such items, about eight a second.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutela.errors import Invalid
from tutela.matching.kernels import compiled
from tutela.matching.marks import Id
from tutela.matching.words import read_only

Items = npt.NDArray[np.uint32]

ALIKE = 0.75
LEAST_OVERLAP = 24
LONGEST = 4096  # items, more than eight minutes
_LITTLE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundHit:
    """An entry with the same sound. `share` of its bits are equal, `ALIKE` to 1."""

    entry: Id
    group: int
    share: float


class Sounds:
    """Fingerprints, uint32[n] each, by the ids of their entries. Any number of threads may ask."""

    def __init__(self) -> None:
        self._held: list[tuple[Items, Id, int]] = []

    def __len__(self) -> int:
        return len(self._held)

    def add(self, items: Items, entry: Id, group: int = 0) -> None:
        """Raises Invalid for another type and for more than 4,096 items."""
        self._held.append((_checked(items), entry, group))

    def match(self, items: Items, *, groups: Collection[int] | None = None) -> tuple[SoundHit, ...]:
        """The entries with the same sound, the likest first; of one entry its likest fingerprint. Raises Invalid."""
        asked, found = _checked(items), dict[tuple[Id, int], float]()
        for held, entry, group in self._held:
            share = _share(asked, held) if groups is None or group in groups else 0.0
            if share >= ALIKE:
                found[entry, group] = max(share, found.get((entry, group), 0.0))
        hits = (SoundHit(entry=entry, group=group, share=share) for (entry, group), share in found.items())
        return tuple(sorted(hits, key=lambda hit: -hit.share))


def share_of(one: Items, other: Items) -> float:
    """The share of equal bits, 0 to 1, at the alignment where it is largest. Raises Invalid."""
    return float(_share(_checked(one), _checked(other)))


def _checked(items: Items) -> Items:
    if items.dtype != np.uint32 or items.ndim != 1 or len(items) > LONGEST:
        raise Invalid(
            f"an array {items.dtype}{list(items.shape)}, expected uint32[n] of at most {LONGEST}", place="sound"
        )
    return read_only(np.ascontiguousarray(items))


@compiled
def _ones(value: np.uint32) -> np.uint32:
    bits = value - ((value >> np.uint32(1)) & np.uint32(0x55555555))
    bits = (bits & np.uint32(0x33333333)) + ((bits >> np.uint32(2)) & np.uint32(0x33333333))
    bits = (bits + (bits >> np.uint32(4))) & np.uint32(0x0F0F0F0F)
    return np.uint32((bits * np.uint32(0x01010101) & np.uint32(0xFFFFFFFF)) >> np.uint32(24))


@compiled
def _share(first: Items, second: Items) -> float:
    shortest = min(len(first), len(second))
    if shortest == 0:
        return 0.0
    overlap, best = min(LEAST_OVERLAP, shortest), 0.0
    for shift in range(overlap - len(second), len(first) - overlap + 1):
        here, there = max(0, shift), max(0, -shift)
        length = min(len(first) - here, len(second) - there)
        apart = 0
        for at in range(length):
            apart += int(_ones(first[here + at] ^ second[there + at]))
        share = 1 - apart / (32 * length)
        if share < ALIKE:
            share -= _LITTLE * (1 - min(1.0, length / shortest))
        best = max(best, share)
    return best
