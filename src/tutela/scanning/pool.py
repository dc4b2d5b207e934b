"""Files to lines through processes of our own, in the order of the walk.

Rules:
- each process has a thread that gives it files and watches it; the lines come out in the order of the files
- bounded: so many files are begun before the one whose turn it is has ended, and so many lines wait
- whoever leaves the context, also by Ctrl-C, has ended every process
"""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

from tutela.scanning.lines import Seen
from tutela.scanning.walk import Found
from tutela.scanning.workman import Answer, Setup, Workman

WINDOW, MOST_WAITING = 4_096, 20_000
_EARLY = 8  # processes that are started before there is a file

Told = tuple[Found, Seen | None]  # None when the file has no further lines


class Pool:
    """`workers` processes, each with the lists mapped, which are written when `lines` is called. They are started
    meanwhile. Raises Unavailable when they cannot be.
    """

    def __init__(self, setup: Setup, workers: int) -> None:
        self._workmen = [Workman(setup) for _ in range(workers)]

    def __enter__(self) -> Self:
        for workman in self._workmen[:_EARLY]:
            workman.prepare()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for workman in self._workmen:
            workman.stop()

    @property
    def child_ids(self) -> list[int]:
        """The processes that run now."""
        return [pid for workman in self._workmen if (pid := workman.child_id) is not None]

    def lines(self, files: Iterable[Found]) -> Iterator[Told]:
        """The lines of each file, then None, in the order of `files`."""
        turns = _Turns(iter(files))
        threads = [threading.Thread(target=_work, args=(each, turns), daemon=True) for each in self._workmen]
        for thread in threads:
            thread.start()
        try:
            yield from turns.out()
        finally:
            turns.stop()
            for workman in self._workmen:
                workman.stop()
            for thread in threads:
                thread.join()


def _work(workman: Workman, turns: "_Turns") -> None:
    with workman:
        try:
            for answers in workman.answers(turns.take):
                turns.put(answers)
        except _Stopped:
            return
        except Exception as error:  # noqa: BLE001  # whoever waits would wait for ever for a thread that is gone
            turns.fail(error)


class _Stopped(Exception):
    """Nobody waits for lines any more."""


class _Turns:
    """Hands out files, and takes their lines in any order to give them back in the order of the files."""

    def __init__(self, files: Iterator[Found]) -> None:
        self._files = enumerate(files)
        self._taking = threading.Lock()
        self._changed = threading.Condition()
        self._lines: dict[int, tuple[Found, deque[Seen | None]]] = {}
        self._turn, self._waiting, self._last = 0, 0, -1
        self._error: Exception | None = None
        self._exhausted = self._stopped = False

    def take(self, wait: bool) -> tuple[int, Found] | None:
        """The next file; None when there is none. With `wait`, while too many are begun or somebody else takes one, it
        waits; else it is None then.
        """
        if not self._taking.acquire(blocking=wait):
            return None
        try:
            with self._changed:
                while wait and self._is_full() and not self._stopped:
                    self._changed.wait()
                if self._stopped or self._exhausted or self._is_full():
                    return None
            taken = next(self._files, None)  # the walk may take long: nobody waits for it but who wants a file
            with self._changed:
                if taken is None:
                    self._exhausted = True
                    self._changed.notify_all()
                else:
                    self._last = taken[0]
                    self._lines[taken[0]] = (taken[1], deque())
            return taken
        finally:
            self._taking.release()

    def _is_full(self) -> bool:
        return self._last - self._turn >= WINDOW

    def put(self, answers: list[Answer]) -> None:
        """Waits while too many lines wait, unless it is the turn of the first of these."""
        if not answers:
            return
        with self._changed:
            first = answers[0][0]
            while self._waiting >= MOST_WAITING and first != self._turn and not self._stopped:
                self._changed.wait()
            if self._stopped:
                raise _Stopped
            for number, seen in answers:
                self._lines[number][1].append(seen)
            self._waiting += len(answers)
            if first == self._turn:
                self._changed.notify_all()

    def fail(self, error: Exception) -> None:
        with self._changed:
            self._error = self._error or error
            self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def out(self) -> Iterator[Told]:
        while (ready := self._ready()) is not None:
            yield from ready

    def _ready(self) -> list[Told] | None:
        """What can be told now, at least one; None at the end."""
        with self._changed:
            while True:
                found = list(self._due())
                if found:
                    self._waiting -= len(found)
                    self._changed.notify_all()
                    return found
                if self._error is not None:
                    raise self._error
                if self._exhausted and self._turn > self._last:
                    return None
                self._changed.wait()

    def _due(self) -> Iterator[Told]:
        while self._turn in self._lines:
            found, lines = self._lines[self._turn]
            with suppress(IndexError):
                while (seen := lines.popleft()) is not None:
                    yield found, seen
                yield found, None
                del self._lines[self._turn]
                self._turn += 1
                continue
            return
