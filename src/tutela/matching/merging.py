"""Merging by itself, beside questions: a thread begins when a change makes it worth it, and ends when all is merged.

Rules:
- who asks, adds or removes never waits for a merge and never starts one by name
- a merge ends by putting one part in the place of others: a question sees all of it or nothing
- what fails is kept for the owner and tried again at a later change; the index goes on as it was
- the thread is a daemon: a process that ends, or is killed, leaves its files as `generations` says
"""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self
from weakref import WeakMethod

from tutela.errors import TutelaError
from tutela.matching.generations import Generations
from tutela.matching.matcher import Matcher
from tutela.matching.pile import MOST_IN_SMALL


class Merging:
    """Merges `matcher` in memory, and with `home` into files, from now until `close` or until nobody holds this.

    `upto` answers the number of the last change that was made to `matcher`, and is asked as a merge into files begins.
    `least`: changes in memory that are worth new files, while they are a quarter of what is filed at least.
    """

    def __init__(
        self,
        matcher: Matcher,
        home: Generations | None = None,
        *,
        upto: Callable[[], int] = lambda: 0,
        least: int = MOST_IN_SMALL,
    ) -> None:
        self._matcher, self._home, self._upto, self._least = matcher, home, upto, least
        self._deciding = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.problem: TutelaError | OSError | MemoryError | None = None
        changed = WeakMethod(self._changed)  # a matcher that nobody holds any more gives its files back at once

        def tell() -> None:
            if (told := changed()) is not None:
                told()

        for pile in matcher.piles:
            pile.on_change = tell
        self._changed()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Merges no more; waits for a merge that has begun."""
        for pile in self._matcher.piles:
            pile.on_change = None
        with self._deciding:
            self._closed = True
        self.wait()

    def wait(self) -> None:
        """Waits for a merge that has begun, if there is one."""
        if (thread := self._thread) is not None:
            thread.join()

    def _changed(self) -> None:
        if not self._is_due():
            return
        with self._deciding:
            if self._closed or (self._thread is not None and self._thread.is_alive()):
                return  # it looks again before it ends; what it misses then is merged after the next change
            self._thread = threading.Thread(target=self._merge, name="merging", daemon=True)
            self._thread.start()

    def _is_due(self) -> bool:
        return any(pile.is_loose for pile in self._matcher.piles) or self._is_unsettled()

    def _is_unsettled(self) -> bool:
        return self._home is not None and any(pile.is_unsettled(self._least) for pile in self._matcher.piles)

    def _merge(self) -> None:
        try:
            while self._is_due() and not self._closed:
                self._merge_once()
            self.problem = None
        except (TutelaError, OSError, MemoryError) as error:
            self.problem = error

    def _merge_once(self) -> None:
        if self._home is not None and self._is_unsettled():
            self._home.settle(self._matcher, self._upto())
            return
        for pile in self._matcher.piles:
            if pile.is_loose:
                pile.rebuild()
