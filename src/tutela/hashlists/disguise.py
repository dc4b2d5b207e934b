"""Canaries as entries that look like the others of their list.

Rules:
- a canary takes kind, class, source, tags, feedback, expiry and algorithms together from one entry, so that they occur
  together as they do in the list; only entries are taken whose every value can be made
- what differs from entry to entry in the list (ids, times) is made anew in the same shape; what repeats is copied
- a canary that is in the copy before stays as it is there: what came and went with nothing else would stand out
- all follows from the secret and the list: no randomness, no clock
"""

import heapq
import hmac
import re
import string
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from tutela.errors import Invalid
from tutela.hashlists.canaries import USUAL, Marking, Watch, checked_count, value
from tutela.hashlists.diff import has_expired
from tutela.hashlists.entry import HEX_DIGITS, Admission, ListEntry, Problem
from tutela.hashlists.signed import Key

SAMPLE = 512
TRIES = 64  # for an id that is not taken
_RUN = re.compile(r"[A-Za-z0-9]+")
_HEX_RUN = re.compile(r"[0-9a-f]{8,}|[0-9A-F]{8,}")
_NUMBER = re.compile(r"[0-9]+(?=[^0-9]*$)")
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[147][0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}")
Thing = TypeVar("Thing")


def sampled(marking: Marking, keyed: Iterable[tuple[Key, Thing]], size: int = SAMPLE) -> list[Thing]:
    """An even choice of a list's entries (or lines), the same each time, whatever their order."""
    scored = ((marking.derived("sample", *key), number, thing) for number, (key, thing) in enumerate(keyed))
    return [thing for _, _, thing in heapq.nsmallest(size, scored, key=lambda each: each[:2])]


def kept_canaries(watch: Watch, recipient: str, entries: Iterable[ListEntry | Problem]) -> dict[int, ListEntry]:
    """The canaries of `recipient` as they are in the copy before, by number."""
    found: dict[int, ListEntry] = {}
    for each in entries:
        canary = watch.of_entry(each) if isinstance(each, ListEntry) else None
        if isinstance(each, ListEntry) and canary is not None and canary.recipient == recipient:
            found[canary.number] = each
    return found


def make_canaries(
    marking: Marking,
    recipient: str,
    sample: Sequence[ListEntry],
    *,
    count: int = USUAL,
    kept: Mapping[int, ListEntry] | None = None,
    on: date | None = None,
) -> tuple[ListEntry, ...]:
    """`count` canaries for the copy of `recipient`, shaped after `sample` (entries of the list, see `sampled`).

    `kept` are those of the copy before; one that has expired `on` the day is prolonged.
    Raises Invalid when no entry of the sample can be imitated: it must have only digests and PDQ, each once; and when
    the ids of the list leave no room for others of their shape (`Marking.opaque_id` gives some that do).
    """
    usable = [each for each in sample if _is_imitable(each)]
    if not usable:
        raise Invalid("no entry can be imitated: it must have only digests and PDQ, each once", place="canaries")
    habits, taken = _Habits.of(sample), {each.key for each in sample}
    made: list[ListEntry] = []
    for number in range(checked_count(count)):
        seed, before = marking.seed(recipient, number), (kept or {}).get(number)
        model = min(usable, key=partial(_nearness, seed))
        made.append(_kept(before, model, on) if before else _made(seed, model, habits, taken))
        taken.add(made[-1].key)
    return tuple(made)


def _kept(before: ListEntry, model: ListEntry, on: date | None) -> ListEntry:
    return replace(before, place="", expires=model.expires if has_expired(before, on) else before.expires)


def _nearness(seed: bytes, entry: ListEntry) -> bytes:
    """The nearest entry is the model: the same one while it is in the sample and no nearer one has come."""
    return hmac.digest(seed, "\0".join(entry.key).encode(), "sha256")


def _is_imitable(entry: ListEntry) -> bool:
    names = [algorithm for algorithm, _ in entry.hashes]
    return set(names) <= set(HEX_DIGITS) and len(set(names)) == len(names) > 0 and not entry.deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Habits:
    """What differs from entry to entry in a list, and how fine its times are."""

    uuids: bool
    times: Sequence[datetime]
    admissions: Sequence[datetime]
    own_decisions: bool

    @classmethod
    def of(cls, sample: Sequence[ListEntry]) -> "_Habits":
        admitted = [each.admitted for each in sample if each.admitted]
        return cls(
            uuids=all(_UUID.fullmatch(each.id) for each in sample),
            times=_differing([each.timestamp for each in sample if each.timestamp]),
            admissions=_differing([each.at for each in admitted]),
            own_decisions=bool(_differing([each.id for each in admitted])),
        )


def _differing(values: list[Thing]) -> list[Thing]:
    """The values if nearly each is another one, else none."""
    return values if len(values) > 1 and len(set(values)) >= 0.9 * len(values) else []


def _made(seed: bytes, model: ListEntry, habits: _Habits, taken: Container[Key]) -> ListEntry:
    hashes = tuple((algorithm, value(seed, algorithm)) for algorithm, _ in model.hashes)
    made = replace(model, hashes=hashes, place="")
    if model.timestamp:
        made = replace(made, timestamp=_time_like(model.timestamp, habits.times, seed, b"time"))
    if model.admitted:
        at = _time_like(model.admitted.at, habits.admissions, seed, b"admitted")
        decision = _text_like(model.admitted.id, seed, b"decision") if habits.own_decisions else model.admitted.id
        made = replace(made, admitted=Admission(id=decision, at=at))
    for attempt in range(TRIES):
        made = replace(made, id=_id_like(model, hashes, seed, attempt=attempt, uuids=habits.uuids))
        if made.key not in taken:
            return made
    raise Invalid("the ids of the list leave no room for others of their shape; give it opaque ids", place="canaries")


def _id_like(model: ListEntry, hashes: Sequence[tuple[str, str]], seed: bytes, *, attempt: int, uuids: bool) -> str:
    """An id of the model's shape; where the model's holds one of its values, it holds the canary's."""
    for (_, theirs), (_, ours) in zip(model.hashes, hashes, strict=True):
        if theirs in model.id.lower():
            is_upper = theirs not in model.id
            return model.id.replace(theirs.upper() if is_upper else theirs, ours.upper() if is_upper else ours)
    return _text_like(model.id, seed, b"id %d" % attempt, uuids=uuids)


def _text_like(text: str, seed: bytes, label: bytes, *, uuids: bool = False) -> str:
    stream = hmac.digest(seed, label, "sha512") * 8  # a text has at most 512 characters and each takes one byte
    if uuids:
        return _uuid_like(text, stream)
    return _RUN.sub(lambda match: _run_like(match[0], stream[match.start() : match.end()]), text)


def _run_like(run: str, drawn: bytes) -> str:
    """Hexadecimal digits anew; of a number the second half, so that it stays in its range; letters as they are."""
    if _HEX_RUN.fullmatch(run) and not run.isdigit():
        digits = string.hexdigits[:16] if run == run.lower() else "0123456789ABCDEF"
        return "".join(digits[byte % 16] for byte in drawn)
    number = _NUMBER.search(run)
    if number is None:
        return run
    start, stop = number.start() + len(number[0]) // 2, number.end()
    kept = run[:start]
    return kept + "".join(str(byte % 10) for byte in drawn[start:stop]) + run[stop:]


def _uuid_like(text: str, drawn: bytes) -> str:
    """Anew but for the version, the variant and, in version 7, the time to a quarter of a second."""
    plain = text.replace("-", "")
    fixed = {12, *range(10)} if plain[12] == "7" else {12}
    made = [digit if at in fixed else f"{drawn[at] % 16:x}" for at, digit in enumerate(plain)]
    made[16] = "89ab"[drawn[16] % 4]
    digits = iter(made)
    return "".join(mark if mark == "-" else next(digits) for mark in text)


def _time_like(moment: datetime, differing: Sequence[datetime], seed: bytes, label: bytes) -> datetime:
    """Another time near `moment`, as fine as the list's and within its range; the same where the list's repeat."""
    if not differing:
        return moment
    unit = _unit(differing)
    width = max(3, timedelta(hours=1) // unit)
    shift = (int.from_bytes(hmac.digest(seed, label, "sha256")[:8]) % (2 * width + 1) - width) * unit
    room = (min(differing) - moment, max(differing) - moment)
    return next((moment + each for each in (shift, -shift) if room[0] <= each <= room[1]), moment)


def _unit(times: Sequence[datetime]) -> timedelta:
    coarse: tuple[tuple[timedelta, Callable[[datetime], bool]], ...] = (
        (timedelta(days=1), lambda each: (each.hour, each.minute, each.second, each.microsecond) == (0, 0, 0, 0)),
        (timedelta(seconds=1), lambda each: each.microsecond == 0),
        (timedelta(milliseconds=1), lambda each: each.microsecond % 1000 == 0),
    )
    return next((unit for unit, fits in coarse if all(map(fits, times))), timedelta(microseconds=1))
