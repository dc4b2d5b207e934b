"""One scanning process and who watches it: a process lost over a file costs that file a line, and nothing else.

Rules:
- what a file did to the process that decoded it is the `problem` of its line; digests and exact matches are still found
- a process that ends, hangs, asks for too much memory or answers nonsense is ended and replaced
- reading a member that holds others may end it: what is left inside of that member is lost, what follows is looked at
- it is given the next files before it has answered, so that it never waits; how many, follows from how many it answered
  last: a few hundredths of a second of work, so that no slow file waits long behind another
- what was given ahead is small on the pipe, so that the two never wait for each other to read
"""

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from tutela.errors import Invalid, Unavailable
from tutela.scanning.lines import LONGEST_LINE, Seen, from_wire
from tutela.scanning.options import Ask, Options
from tutela.scanning.walk import Found
from tutela.scanning.watched import GRACE, LOST, Watched
from tutela.scanning.worker import END_OF_FILE, HOLDER

LEFT_OUT = "the process that looks at files was lost again and again; the rest of this file was left out"
_MOST_LOST = 20  # for one file with members
_LEAST_AHEAD, _MOST_AHEAD, _OCTETS_AHEAD = 2, 64, 2 * 1024 * 1024
_OCTETS_ON_THE_PIPE = 16 * 1024  # a pipe takes 64 KiB
_PAUSE, _PAUSES = 0.01, 4  # seconds in which answers gather, and for how many of these work is given ahead

Answer = tuple[int, Seen | None]  # the number of a file, and a line of it; None when it has no further lines
Take = Callable[[bool], tuple[int, Found] | None]  # the next file with its number, if there is one; True: wait for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a process needs: the folder of the lists, and the options."""

    folder: Path
    options: Options


class _Begun:
    """A file that was taken: whether the process was given it, its lines so far, the processes lost over it."""

    def __init__(self, number: int, found: Found) -> None:
        self.number, self.found, self.given, self.told, self.lost = number, found, False, 0, 0
        self.is_said = False  # that a process was lost here
        self._within: list[tuple[int, str]] = []  # what holds the member that was told last, or that member itself
        self.ask_for(Ask(path=found.path))

    def tell(self, member: str, *, is_holder: bool) -> None:
        """One line more; `is_holder`: of a member whose own members follow."""
        while self._within and not member.startswith(self._within[-1][1]):
            self._within.pop()
        if is_holder:
            self._within.append((self.told, f"{member}/"))
        self.told, self.is_said = self.told + 1, False

    def close(self) -> bool:
        """Ask again without looking into the innermost member that the process may have been in; False for none."""
        if not self._within:
            return False
        number, _ = self._within.pop()
        self.told = number + 1
        self.ask_for(Ask(path=self.found.path, skip=self.told, closed=(*self.ask.closed, number)))
        return True

    def ask_for(self, ask: Ask) -> None:
        self.ask, self.wire = ask, ask.to_wire()


def _begin(begun: deque[_Begun], take: Take, ahead: int) -> bool:
    """Takes up to `ahead` files and what small bounds allow, waiting for the first alone; False when there is none."""
    octets, on_the_pipe = sum(each.found.size for each in begun), sum(len(each.wire) for each in begun)
    while not begun or (len(begun) < ahead and octets < _OCTETS_AHEAD and on_the_pipe < _OCTETS_ON_THE_PIPE):
        taken = take(not begun)
        if taken is None:
            break
        begun.append(_Begun(*taken))
        octets, on_the_pipe = octets + begun[-1].found.size, on_the_pipe + len(begun[-1].wire)
    return bool(begun)


class Workman:
    """A process that looks at files, started at the first one or by `prepare`. One thread uses it; any may `stop` it.

    Raises Unavailable when no process can be started at all.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._child: Watched | None = None
        self._prepared: Watched | None = None
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        self._end()

    @property
    def child_id(self) -> int | None:
        """The process id, if one runs."""
        child = self._child or self._prepared
        return child.id if child else None

    def prepare(self) -> None:
        """Start the process before there is work, and before the lists are written. Raises Unavailable."""
        self._prepared = self._launched()

    def stop(self) -> None:
        """End the process; whoever waits for it is told at once."""
        self._stopped = True
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            prepared.end()
        if (child := self._child) is not None:
            child.kill()

    def look(self, path: bytes) -> Iterator[Seen]:
        """The lines of one file. Never raises for what the file holds or does."""
        files = iter([(0, Found(path=path, steps=()))])
        for answers in self.answers(lambda _: next(files, None)):
            yield from (seen for _, seen in answers if seen is not None)

    def answers(self, take: Take) -> Iterator[list[Answer]]:
        """The lines of each file that `take` gives, in its order, as they come; ends when it gives none while waiting.

        A file that has a problem already has one line. Never raises for what a file holds or does.
        """
        begun, ahead = deque[_Begun](), _LEAST_AHEAD
        while _begin(begun, take, ahead):
            answers: list[Answer] = []
            try:
                self._give(begun)
                if len(begun) > 1 and begun[0].given:
                    time.sleep(_PAUSE)
                self._hear(begun, answers)
            except (OSError, EOFError, Invalid):
                self._lose(begun, answers)
            ended = sum(seen is None for _, seen in answers)
            ahead = max(_LEAST_AHEAD, min(_MOST_AHEAD, ended * _PAUSES))
            yield answers

    def _give(self, begun: deque[_Begun]) -> None:
        """Sends what was not sent yet. Raises OSError when the process is lost and has nothing to answer."""
        waiting = [each for each in begun if not each.given and not each.found.problem]
        if not waiting:
            return
        is_working = any(each.given for each in begun)
        child = self._child if is_working and self._child is not None else self._running()
        try:
            for each in waiting:
                child.put(each.wire)
            child.flush(self._setup.options.seconds + GRACE)
        except (OSError, EOFError):  # it is over: what it answered before is heard first, and then who is to blame
            if not is_working:
                self._end()  # it had nothing yet: that is nobody's fault, unless it happens again and again
                waiting[0].lost += 1
                if waiting[0].lost > _MOST_LOST:
                    raise
            return
        for each in waiting:
            each.given = True

    def _hear(self, begun: deque[_Begun], answers: list[Answer]) -> None:
        """Adds what has come, at least one line. Raises OSError, EOFError and Invalid when the process is lost."""
        seconds = self._setup.options.seconds + GRACE
        while begun:
            first = begun[0]
            if first.found.problem:
                answers += ((first.number, Seen(problem=first.found.problem)), (first.number, None))
                begun.popleft()
                continue
            child = self._child
            if child is None or not (first.given and (child.has_frame or not answers)):
                return
            frame = child.frame(seconds, most=LONGEST_LINE)
            if frame == END_OF_FILE:
                answers.append((first.number, None))
                begun.popleft()
            elif frame:
                seen = from_wire(frame.removeprefix(HOLDER))
                answers.append((first.number, seen))
                first.tell(seen.member, is_holder=frame.startswith(HOLDER))

    def _lose(self, begun: deque[_Begun], answers: list[Answer]) -> None:
        """The process is over: the file whose turn it was is asked for again, or given up; the rest is given anew."""
        verdict = self._verdict()
        for each in begun:
            each.given = False
        first = begun[0]
        first.lost += 1
        is_reading = first.ask.blind == first.told  # and not decoding what it read
        if is_reading and not first.is_said:
            answers.append((first.number, Seen(problem=verdict)))
            first.is_said = True
        if first.lost <= _MOST_LOST and not is_reading:
            first.ask_for(replace(first.ask, skip=first.told, blind=first.told, verdict=verdict))
        elif first.lost > _MOST_LOST or not first.close():
            answers += () if first.is_said else ((first.number, Seen(problem=LEFT_OUT)),)
            answers.append((first.number, None))
            begun.popleft()

    def _verdict(self) -> str:
        """Why it was lost. Raises Unavailable when that is because the scan is to end."""
        child, self._child = self._child, None
        verdict = child.verdict(self._setup.options.seconds) if child is not None else LOST
        if self._stopped:
            raise Unavailable("the scan was ended") from None
        return verdict

    def _running(self) -> Watched:
        if self._child is not None and self._child.is_over:
            self._end()  # it ended since its last answer: that is no fault of the next file
        return self._child or self._start()

    def _start(self) -> Watched:
        if self._stopped:
            raise Unavailable("the scan was ended")
        prepared, self._prepared = self._prepared, None
        if prepared is not None and self._is_ready(prepared):
            return prepared
        child = self._launched()
        if not self._is_ready(child):  # one that was prepared may have ended since
            raise Unavailable("the process that looks at files does not start")
        return child

    def _is_ready(self, child: Watched) -> bool:
        self._child = child
        try:
            child.send(b"")  # the lists are written
            child.begin()
        except (OSError, EOFError, Unavailable):
            self._end()
            return False
        return True

    def _launched(self) -> Watched:
        folder, options = os.fsencode(self._setup.folder).hex(), json.dumps(self._setup.options.as_object())
        return Watched("tutela.scanning.worker", (folder, options))

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()
