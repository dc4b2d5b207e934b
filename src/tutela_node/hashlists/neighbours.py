"""Notices questions that feel their way around a listed hash, and bounds what their answers tell.

A question is informative about a hash only near the edge of the ball of hashes that match it. Any two questions inside
that ball, or at its edge, are at most twice the threshold apart. So all questions within `RADIUS` bits of one that was
answered “near” are one neighbourhood, and its answers together are what an asker can learn of the hashes around it.

Rules:
- each answer of a neighbourhood costs the bits by which a sequential estimator (Krichevsky and Trofimov, 1981) failed
  to foresee it: many like answers are nearly free, mixed ones cost about a bit each. By Kraft's inequality no strategy
  learns more than that sum, on average
- bits that no question of the neighbourhood varied tell at most their common distance: `told` is also bounded by the
  number of bits that were varied, plus nine
- a neighbourhood that told `MOST_TOLD` bits is frozen: a further question gets the answer of the nearest one before
  it, which tells nothing new
- who goes on asking there is suspended: after `PATIENCE` further questions, or at once when hashes were made by hand
  (a picture's PDQ hash has 128 ones, since its bits say which coefficients are above their median)
- the question before the first “near” counts too: the last `REMEMBERED` questions are kept, without who asked
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tutela.errors import Forbidden
from tutela.matching.words import WORDS, Words

RADIUS = 62  # twice the threshold of PDQ
MOST_TOLD = 24.0
PATIENCE = 128
MADE = 8
REMEMBERED = 50_000
NEIGHBOURHOODS = 1024
KEPT = 512  # questions of one neighbourhood, for the nearest answer
ONES = 128
_DISTANCE_BITS = 9  # a distance of 0 to 256


WORN = "asked around one picture in a way that would give its hash away"


class Worn(Forbidden):
    """An asker feels their way around a listed hash; their token is to be suspended."""


class _Ring:
    """The last questions, in a table that overwrites its oldest row."""

    def __init__(self, rows: int) -> None:
        self._most = rows
        self.words: Words = np.zeros((min(rows, 1024), WORDS), dtype=np.uint64)
        self.count = 0

    def put(self, words: Words) -> None:
        if self.count == len(self.words) < self._most:
            larger = np.zeros((min(self._most, 2 * len(self.words)), WORDS), dtype=np.uint64)
            larger[: self.count] = self.words
            self.words = larger
        self.words[self.count % len(self.words)] = words
        self.count += 1

    def held(self) -> Words:
        return self.words[: min(self.count, len(self.words))]


@dataclass(slots=True)
class Neighbourhood:
    """The questions around one that was near. `varied`: bits in which any of them differs from the first."""

    centre: Words
    near: int = 0
    none: int = 0
    cost: float = 0.0
    made: int = 0
    after: int = 0
    varied: Words = field(default_factory=lambda: np.zeros(WORDS, dtype=np.uint64))
    _questions: Words = field(default_factory=lambda: np.zeros((KEPT, WORDS), dtype=np.uint64))
    _answers: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(KEPT, dtype=np.bool_))

    @property
    def told(self) -> float:
        """Bits, at most, that the answers so far tell of the hashes around the centre."""
        return min(self.cost, int(np.bitwise_count(self.varied).sum()) + _DISTANCE_BITS)

    @property
    def is_frozen(self) -> bool:
        return self.told >= MOST_TOLD

    def hear(self, words: Words, *, is_near: bool) -> None:
        """Counts one answer that was given."""
        asked = self.near + self.none
        same = self.near if is_near else self.none
        self.cost -= math.log2((same + 0.5) / (asked + 1))
        self.near, self.none = self.near + is_near, self.none + (not is_near)
        self.varied |= words ^ self.centre
        self.made += is_made(words)
        self._questions[asked % KEPT], self._answers[asked % KEPT] = words, is_near

    def repeated(self, words: Words) -> bool:
        """The answer of the nearest question before this one; of equals the first."""
        held = min(self.near + self.none, KEPT)
        return bool(self._answers[int(np.argmin(apart(self._questions[:held], words)))])

    def is_worn(self) -> bool:
        """Whether who asks here again is feeling their way."""
        return self.is_frozen and (self.made >= MADE or self.after >= PATIENCE)


class Watch:
    """The neighbourhoods of one organisation. Its owner holds a lock around every call."""

    def __init__(self) -> None:
        self._ring = _Ring(REMEMBERED)
        self._around: list[Neighbourhood] = []
        self._centres: Words = np.zeros((0, WORDS), dtype=np.uint64)

    def frozen(self, words: Words) -> Neighbourhood | None:
        """The neighbourhood that answers this question, because it told enough."""
        return next((each for each in self._near(words) if each.is_frozen), None)

    def hear(self, words: Words, *, is_near: bool) -> None:
        """Remembers one answered question."""
        around = self._near(words)
        for each in around:
            each.hear(words, is_near=is_near)
        if is_near and not around:
            self._begin(words)
        self._ring.put(words)

    def told(self, words: Words, *, is_near: bool, is_new: bool) -> bool:
        """Whether “near” is answered; `is_near` is what the lists say. Raises Worn for who feels their way.

        `is_new`: whether the same was not asked before, which is free.
        """
        frozen = self.frozen(words)
        if frozen is None:
            if is_new:
                self.hear(words, is_near=is_near)
            return is_near
        frozen.after += is_new
        if frozen.is_worn():
            raise Worn("this token is suspended for what it asked: write to the operator", place="token")
        return frozen.repeated(words)

    def most_told(self) -> float:
        return max((each.told for each in self._around), default=0.0)

    def _near(self, words: Words) -> list[Neighbourhood]:
        if not self._around:
            return []
        return [self._around[at] for at in np.flatnonzero(apart(self._centres, words) <= RADIUS)]

    def _begin(self, words: Words) -> None:
        """A neighbourhood around a first near answer; what was asked there before was answered “none”."""
        begun = Neighbourhood(centre=words.copy())
        before = self._ring.held()
        for each in before[apart(before, words) <= RADIUS]:
            begun.hear(each, is_near=False)
        begun.hear(words, is_near=True)
        self._around = [*self._around[-NEIGHBOURHOODS + 1 :], begun]
        self._centres = np.stack([each.centre for each in self._around])


def apart(table: Words, words: Words) -> npt.NDArray[np.int64]:
    """Hamming distances, int64[n], of `words` (uint64[4]) to each row of `table` (uint64[n, 4])."""
    found: npt.NDArray[np.int64] = np.bitwise_count(table ^ words).sum(axis=1, dtype=np.int64)
    return found


def is_made(words: Words) -> bool:
    """Whether a hash has a number of ones that the hash of a picture with distinct coefficients never has."""
    return int(np.bitwise_count(words).sum()) != ONES
