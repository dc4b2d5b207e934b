"""Stands in for a node that subscribes to a list: keeps entries and checkpoint, and can be killed between batches."""

from datetime import datetime

from tutela.exchanges import Batch, Exchange
from tutela.hashlists import Problem

Held = dict[tuple[str, str, str], tuple[tuple[str, str], ...]]


class Subscriber:
    """Applies batches in order. `held` is what it has: key -> hashes."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.held: Held = {}
        self.checkpoint = ""
        self.problems: list[Problem] = []

    def fetch(self, now: datetime, *, killed_after: int | None = None) -> Batch | None:
        """Take batches up to the end, or be killed after so many; the last one taken."""
        last = None
        for count, batch in enumerate(self.exchange.fetch(self.checkpoint, now=now), start=1):
            self._apply(batch)
            last = batch
            if killed_after == count:
                break
        return last

    def _apply(self, batch: Batch) -> None:
        for entry in batch.entries:
            if entry.deleted:
                self.held.pop(entry.key, None)
            else:
                self.held[entry.key] = entry.hashes
        self.problems.extend(batch.problems)
        self.checkpoint = batch.checkpoint
