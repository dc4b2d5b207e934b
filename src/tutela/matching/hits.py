"""What is asked and what is answered: needles, hits, and how far a question goes in which list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

import numpy as np

from tutela.matching.index import Limits
from tutela.matching.marks import GROUPS, Id, group_number
from tutela.matching.words import bounded

PDQ = "pdq"
PLAIN = "plain"
THRESHOLD = 31
MIN_QUALITY = 50


class HitClass(StrEnum):
    """How sure a hit is; the only thing an outside asker is told."""

    EXACT = "exact"
    NEAR = "near"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that matches. `distance` is in bits, 0 for exact; `via` is "plain" or the name of the variant.

    `group` is the number of the list that has the entry.
    """

    entry: Id
    algorithm: str
    distance: int
    hit_class: HitClass
    via: str = PLAIN
    group: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """What to look for: algorithm -> hexadecimal text in either case.

    `quality` is that of the PDQ hash, 0 to 100, or None when unknown. `variants` names further PDQ hashes of the same
    picture; the asker gives only those of sufficient quality.
    """

    hashes: Mapping[str, str]
    quality: int | None = None
    variants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scope:
    """How far a question goes: `threshold` at most, `limits` (int16[65536]) by group, -1 where it does not go."""

    threshold: int
    limits: Limits | None = None

    @classmethod
    def of(cls, threshold: int, thresholds: Mapping[int, int] | None, groups: Collection[int] | None) -> Self:
        """From the threshold, those of single groups, and the groups asked for. Raises Invalid."""
        bounded(threshold)
        if thresholds is None and groups is None:
            return cls(threshold=threshold)
        limits = np.full(GROUPS, threshold if groups is None else -1, dtype=np.int16)
        for group in groups or ():
            limits[group_number(group)] = threshold
        for group, own in (thresholds or {}).items():
            if groups is None or group in groups:
                limits[group_number(group)] = bounded(own)
        return cls(threshold=max(0, int(limits.max())), limits=limits)

    def allows(self, group: int) -> bool:
        return self.limits is None or self.limits[group] >= 0
