"""The one clock of the node. Rules and the kit get time as an argument; only actions, jobs and desks read it here.

`standing_at` lets a test stand still or move; nothing else changes it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    return _standing.get() or datetime.now(UTC)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    token = _standing.set(moment)
    try:
        yield
    finally:
        _standing.reset(token)
