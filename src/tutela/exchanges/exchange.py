"""What every exchange gives and takes, whatever service is behind it.

Rules:
- a batch's checkpoint is stored after the batch's entries are; then a kill anywhere loses nothing and skips nothing
- entries of one run are applied in the order they come: the later one of the same key replaces the earlier
- a checkpoint is opaque text that only the exchange that made it reads; the empty text starts from the beginning
- an unreadable page or entry is a problem of its batch; only a service that does not answer ends a run early
- errors and representations hold no credential, no address with a token in it, and no value of a list
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tutela.hashlists import ListEntry, Problem, Source


class Verdict(StrEnum):
    """What we say of an entry: that it is what the list says, or that it is not."""

    AFFIRMATIVE = "affirmative"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one answer of the service held.

    `checkpoint` is canonical JSON text. `is_caught_up` is true of a run's last batch when everything the service
    offered at the run's `now` was asked for. `fetched_until` (UTC) is the moment up to which all changes were read,
    but for what a problem says cannot be read; None where the service does not tell.
    """

    entries: tuple[ListEntry, ...] = field(default=(), repr=False)
    problems: tuple[Problem, ...] = ()
    checkpoint: str = field(repr=False)
    is_caught_up: bool = False
    fetched_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What we found of one fingerprint of one entry.

    `key` is the entry's (`ListEntry.key`: source, kind, id). `value` is the fingerprint itself: some services know
    entries only by it. `reasons` are codes of `Standing.reasons` or of the kind's; most are for negative verdicts.
    """

    key: tuple[str, str, str] = field(repr=False)
    algorithm: str
    verdict: Verdict
    value: str = field(default="", repr=False)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of an opinion: taken by the service, or refused with a reason, or to be sent again later."""

    opinion: Opinion
    accepted: bool
    reason: str = ""
    may_try_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason that the service takes with an opinion; `algorithms` are those it is for, none means all."""

    code: str
    name: str
    algorithms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who we are to the service, as it says, and what it offers us. `members` are those who contribute entries."""

    member: Source | None = None
    members: tuple[Source, ...] = ()
    reasons: tuple[Reason, ...] = ()


class Exchange(Protocol):
    """An open exchange with one service. Not safe for two threads at once."""

    @property
    def name(self) -> str:
        """The name of its kind."""
        ...

    def fetch(self, checkpoint: str, *, now: datetime) -> Iterator[Batch]:
        """Everything that changed since `checkpoint` up to `now` (aware), in batches, at least one.

        Raises Unavailable when the service does not answer well, Forbidden when it refuses us, Limited beyond a
        bound, Invalid for a checkpoint of another exchange or an address that leads elsewhere: somebody has to look.
        What was yielded before stays good.
        """
        ...

    def send(self, feedback: Sequence[Opinion]) -> tuple[Sent, ...]:
        """What became of each opinion, in their order. What the service refuses, or cannot take now, says so itself."""
        ...

    def check(self) -> Standing:
        """Ask who we are; that it returns shows that address and credentials work. Raises as `fetch`."""
        ...

    def close(self) -> None:
        """End the connections. Safe to call twice."""
        ...
