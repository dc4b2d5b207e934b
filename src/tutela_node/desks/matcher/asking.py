"""One question, from the grant to the class that is told: budget, cache, watch, index, record.

Rules:
- nothing is answered unless the replica is ready; it fails closed
- an answer is a class. Where a neighbourhood is frozen, it is that of the nearest question before
- the same question again is free, and gets the same answer while the lists are unchanged
- a look-up is written down before its answer leaves: who, when, which class, how many; no hash
- a canary that is asked for is written down by its digest, and changes no answer
- what an organisation asked is remembered for all of its tokens together
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tutela.matching import MIN_QUALITY, PDQ, Hit, HitClass, Needle, pack_one
from tutela.matching.words import Words
from tutela_node.desks.matcher.budgets import Budgets
from tutela_node.foundation.errors import Unavailable
from tutela_node.hashlists.neighbours import WORN, Watch, Worn
from tutela_node.hashlists.replica import Grant, Standing

MOST_CACHED = 10_000  # questions of one organisation
MOST_ORGANISATIONS = 2_000


class Told(StrEnum):
    """All that an answer says."""

    EXACT = "exact"
    NEAR = "near"
    NONE = "none"


class Lists(Protocol):
    """What is asked of a replica."""

    def standing(self) -> Standing: ...
    def grant(self, token: str) -> Grant | None: ...
    def match_many(self, needles: Sequence[Needle], grant: Grant) -> tuple[tuple[Hit, ...], ...]: ...
    def suspend(self, token_id: str, reason: str) -> None: ...
    def hear(self, needles: Sequence[Needle], grant: Grant) -> None: ...


class Records(Protocol):
    """Where look-ups are written down."""

    def put(self, record: Mapping[str, object]) -> None: ...


type_key = tuple[tuple[tuple[str, str], ...], bool]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Question:
    """`key` is equal for questions that are the same; `words` is the PDQ hash, where it is compared."""

    key: type_key
    words: Words | None


@dataclass(slots=True)
class _Asker:
    """What is remembered of an organisation."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    watch: Watch = field(default_factory=Watch)
    cache: OrderedDict[type_key, tuple[tuple[int, int], Told]] = field(default_factory=OrderedDict)


class Asking:
    """The questions of this process. Any number of threads may ask."""

    def __init__(self, lists: Lists, *, spool: Records, budgets: Budgets, clock: Callable[[], float]) -> None:
        self.lists = lists
        self.budgets = budgets
        self._spool = spool
        self._clock = clock
        self._askers: OrderedDict[str, _Asker] = OrderedDict()
        self._lock = threading.Lock()

    def ready(self) -> Standing:
        """Raises Unavailable while the replica may not answer."""
        standing = self.lists.standing()
        if not standing.is_ready:
            raise Unavailable("the lists are not ready here: ask again, or ask another matcher", place="index")
        return standing

    def charge(self, grant: Grant, cost: int) -> None:
        """For what asks no list but costs work. Raises TooOften."""
        self.budgets.spend(
            (grant.token, grant.organisation),
            cost,
            per_minute=grant.per_minute,
            per_day=grant.per_day,
            now=self._clock(),
        )

    def ask(self, grant: Grant, needles: Sequence[Needle]) -> tuple[Told, ...]:
        """One class for each needle, in their order. Raises Invalid, TooOften, Forbidden, Unavailable."""
        told = self._answers(grant, needles, most_cost=len(needles))
        self._write(grant, needles, told)
        return told

    def ask_any(self, grant: Grant, needles: Sequence[Needle]) -> Told:
        """The strongest class of any needle: a picture in several forms, at the price of one. Raises as `ask`.

        Each form is watched like a question of its own, and who asks learns less than if it had been one.
        """
        told = self._answers(grant, needles, most_cost=1)
        strongest = min(told, key=list(Told).index)
        self._write(grant, needles[:1], (strongest,))
        return strongest

    def _answers(self, grant: Grant, needles: Sequence[Needle], *, most_cost: int) -> tuple[Told, ...]:
        standing = self.ready()
        state = (standing.snapshot, standing.tail)
        questions = [_question(needle) for needle in needles]
        asker = self._asker(grant.organisation)
        with asker.lock:
            known = [asker.cache.get(each.key) for each in questions]
        new = {each.key for each, answer in zip(questions, known, strict=True) if answer is None}
        if new:
            self.charge(grant, min(len(new), most_cost))
        due = [at for at, answer in enumerate(known) if answer is None or answer[0] != state]
        found = dict(zip(due, self.lists.match_many([needles[at] for at in due], grant) if due else (), strict=True))
        with asker.lock:
            told = tuple(
                self._told(asker, grant, each, _class(found[at])) if at in found else _kept(known[at])
                for at, each in enumerate(questions)
            )
            _keep(asker, questions, told, state)
        return told

    def _told(self, asker: _Asker, grant: Grant, question: _Question, answer: Told) -> Told:
        """The answer as it may be told. Raises Forbidden, and suspends the token, where it feels its way."""
        if question.words is None or answer is Told.EXACT:
            return answer
        try:
            is_new = question.key not in asker.cache
            near = asker.watch.told(question.words, is_near=answer is Told.NEAR, is_new=is_new)
        except Worn:
            self.lists.suspend(grant.token, WORN)
            raise
        return Told.NEAR if near else Told.NONE

    def _asker(self, organisation: str) -> _Asker:
        with self._lock:
            found = self._askers.get(organisation)
            if found is None:
                found = self._askers[organisation] = _Asker()
                if len(self._askers) > MOST_ORGANISATIONS:
                    self._askers.popitem(last=False)
        return found

    def _write(self, grant: Grant, needles: Sequence[Needle], told: Sequence[Told]) -> None:
        counts: dict[tuple[str, str], int] = {}
        for needle, answer in zip(needles, told, strict=True):
            named = (str(answer), "+".join(sorted(needle.hashes)))
            counts[named] = counts.get(named, 0) + 1
        now = int(self._clock())
        try:
            self.lists.hear(needles, grant)
            for (kind, algorithm), count in counts.items():
                self._spool.put(
                    {"token": grant.token, "at": now, "class": kind, "count": count, "algorithm": algorithm}
                )
        except OSError:
            raise Unavailable("the look-up could not be written down, so it is not answered", place="spool") from None


def _question(needle: Needle) -> _Question:
    """Raises Invalid for a PDQ hash that is none. A picture too plain to be compared tells nothing by its PDQ hash."""
    is_compared = PDQ in needle.hashes and (needle.quality is None or needle.quality >= MIN_QUALITY)
    key = (tuple(sorted((name, value.lower()) for name, value in needle.hashes.items())), is_compared)
    return _Question(key=key, words=pack_one(needle.hashes[PDQ], place=PDQ) if is_compared else None)


def _kept(known: tuple[tuple[int, int], Told] | None) -> Told:
    assert known is not None  # what was not kept was due
    return known[1]


def _keep(asker: _Asker, questions: Sequence[_Question], told: Sequence[Told], state: tuple[int, int]) -> None:
    for question, answer in zip(questions, told, strict=True):
        asker.cache[question.key] = (state, answer)
        asker.cache.move_to_end(question.key)
    while len(asker.cache) > MOST_CACHED:
        asker.cache.popitem(last=False)


def _class(hits: Sequence[Hit]) -> Told:
    if any(hit.hit_class is HitClass.EXACT for hit in hits):
        return Told.EXACT
    return Told.NEAR if hits else Told.NONE
