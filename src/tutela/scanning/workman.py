"""One scanning process and who watches it: a process lost over a file costs that file a line, and nothing else.

Rules:
- what a file did to the process that decoded it is the `problem` of its line; digests and exact matches are still found
- a process that ends, hangs, asks for too much memory or answers nonsense is ended and replaced
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from tutela.errors import Invalid, Unavailable
from tutela.scanning.lines import LONGEST_LINE, Seen, from_wire
from tutela.scanning.options import Ask, Options
from tutela.scanning.watched import GRACE, Watched
from tutela.scanning.worker import END_OF_FILE

LEFT_OUT = "the process that looks at files was lost again and again; the rest of this file was left out"
_MOST_LOST = 20  # for one file with members


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a process needs: the folder of the lists, and the options."""

    folder: Path
    options: Options


class _Lost(Exception):
    """The process ended, or was ended, before it had answered; the text says which."""


class Workman:
    """A process that looks at files, started at the first one. One thread uses it; any may `stop` it.

    Raises Unavailable when no process can be started at all.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._child: Watched | None = None
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        self._end()

    @property
    def child_id(self) -> int | None:
        """The process id, if one runs."""
        return self._child.id if self._child else None

    def stop(self) -> None:
        """End the process; whoever waits for it is told at once."""
        self._stopped = True
        if (child := self._child) is not None:
            child.kill()

    def look(self, path: bytes) -> Iterator[Seen]:
        """The lines of one file. Never raises for what the file holds or does."""
        ask, lost = Ask(path=path), 0
        while True:
            told = ask.skip
            try:
                for seen in self._asked(ask):
                    told += 1
                    yield seen
                return
            except _Lost as error:
                if self._stopped:
                    raise Unavailable("the scan was ended") from None
                lost += 1
                if ask.blind == told or lost > _MOST_LOST:
                    yield Seen(problem=str(error) if ask.blind == told else LEFT_OUT)
                    return
                ask = replace(ask, skip=told, blind=told, verdict=str(error))

    def _asked(self, ask: Ask) -> Iterator[Seen]:
        child, seconds = self._running(), self._setup.options.seconds
        try:
            child.send(ask.to_wire())
            while (frame := child.frame(seconds + GRACE, most=LONGEST_LINE)) != END_OF_FILE:
                if frame:
                    yield from_wire(frame)
        except (OSError, EOFError, Invalid):
            self._child = None
            raise _Lost(child.verdict(seconds)) from None

    def _running(self) -> Watched:
        if self._child is not None and self._child.is_over:
            self._end()  # it ended since its last answer: that is no fault of the next file
        return self._child or self._start()

    def _start(self) -> Watched:
        if self._stopped:
            raise Unavailable("the scan was ended")
        folder, options = os.fsencode(self._setup.folder).hex(), json.dumps(self._setup.options.as_object())
        child = self._child = Watched("tutela.scanning.worker", (folder, options))
        try:
            child.begin()
        except Unavailable:
            self._child = None
            raise
        return child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()
