"""An item in the queue, a clock that stands where a test puts it, and people who decide."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tutela_node.foundation import clock
from tutela_node.review import rules
from tutela_node.review.tests.known import NOON, Move

if TYPE_CHECKING:
    from tutela_node.foundation.permissions import Actor


@pytest.fixture(autouse=True)
def later() -> Iterator[Move]:
    """Noon; `later(seconds)` moves the clock on and says what it is."""
    with ExitStack() as clocks:
        clocks.enter_context(clock.standing_at(NOON))

        def move(seconds: int) -> datetime:
            moment = clock.now() + timedelta(seconds=seconds)
            clocks.enter_context(clock.standing_at(moment))
            return moment

        yield move


@pytest.fixture
def new_item(db: None) -> Callable[..., UUID]:
    """Queues a new item; `match` is what the lists know of it."""

    def make(match: dict[str, object] | None = None, *, due_in: timedelta = timedelta(hours=24)) -> UUID:
        from tutela_node.foundation.permissions import SYSTEM
        from tutela_node.material import actions as material
        from tutela_node.review import actions

        item = material.register_item(SYSTEM, object_id=None, size=1000)
        bucket, reason = rules.bucket_of(match=match, reuse_distance=8, reuse_quality=80)
        actions.enqueue(SYSTEM, item=item, bucket=bucket, reason=reason, match=match, due_at=clock.now() + due_in)
        return item

    return make


@pytest.fixture
def look(db: None) -> Callable[["Actor", UUID], None]:
    """Opens one view, so that the log knows that somebody looked."""

    def open_one(actor: "Actor", item: UUID) -> None:
        from tutela_node.evidence import actions as evidence

        evidence.open_view(actor, item=item, closes_at=clock.now() + timedelta(seconds=20))

    return open_one
