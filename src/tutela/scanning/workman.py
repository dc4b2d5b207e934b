"""One scanning process and who watches it: a process lost over a file costs that file a line, and nothing else.

Rules:
- what a file did to the process that decoded it is the `problem` of its line; digests and exact matches are still found
- a process that ends, hangs, asks for too much memory or answers nonsense is ended and replaced
- the process inherits a handful of environment variables, and none that could hold a secret
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from tutela.errors import Invalid, Unavailable
from tutela.media.framing import write_frame
from tutela.media.isolated import KEEP_MEMORY
from tutela.scanning.lines import LONGEST_LINE, Seen, from_wire
from tutela.scanning.options import Ask, Options
from tutela.scanning.worker import END_OF_FILE

LEFT_OUT = "the process that looks at files was lost again and again; the rest of this file was left out"
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME")
_START_SECONDS = 300.0
_GRACE = 5.0  # the process ends itself before we do
_MOST_LOST = 20  # for one file with members
_PREFIX = 8


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
        self._child: subprocess.Popen[bytes] | None = None
        self._held = bytearray()
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        self._end()

    @property
    def child_id(self) -> int | None:
        """The process id, if one runs."""
        return self._child.pid if self._child else None

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
        child = self._running()
        try:
            write_frame(_input(child), ask.to_wire())
            while (frame := self._frame(child, self._setup.options.seconds + _GRACE)) != END_OF_FILE:
                if frame:
                    yield from_wire(frame)
        except (OSError, EOFError, Invalid):
            raise _Lost(self._verdict(child)) from None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self._end()  # it ended since its last answer: that is no fault of the next file
        return self._child or self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._stopped:
            raise Unavailable("the scan was ended")
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        folder, options = os.fsencode(self._setup.folder).hex(), json.dumps(self._setup.options.as_object())
        child = self._child = subprocess.Popen(  # noqa: S603  # our own module, a path and numbers
            (sys.executable, "-P", "-m", "tutela.scanning.worker", folder, options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, **KEEP_MEMORY, "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"},
        )
        try:
            self._frame(child, _START_SECONDS)
        except (OSError, EOFError, Invalid):
            self._end()
            raise Unavailable("the process that looks at files does not start") from None
        return child

    def _frame(self, child: subprocess.Popen[bytes], seconds: float) -> bytes:
        """The next frame. Raises EOFError when the process is gone or silent for `seconds`, Invalid when too long."""
        length = int.from_bytes(self._exactly(child, _PREFIX, seconds), "big")
        if length > LONGEST_LINE:
            raise Invalid("a line longer than any line is")
        return self._exactly(child, length, seconds)

    def _exactly(self, child: subprocess.Popen[bytes], length: int, seconds: float) -> bytes:
        output = _output(child).fileno()
        while len(self._held) < length:
            if not select.select([output], [], [], seconds)[0]:
                child.send_signal(signal.SIGALRM)
                raise EOFError
            chunk = os.read(output, 1 << 16)
            if not chunk:
                raise EOFError
            self._held += chunk
        taken = bytes(self._held[:length])
        del self._held[:length]
        return taken

    def _verdict(self, child: subprocess.Popen[bytes]) -> str:
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=1)
        late = child.returncode == -signal.SIGALRM
        self._end()
        if late:
            return f"decoding took longer than the {self._setup.options.seconds:g} seconds allowed"
        return "the decoder process ended without an answer: out of memory, or a fault in a decoder"

    def _end(self) -> None:
        child, self._child = self._child, None
        self._held.clear()
        if child is None:
            return
        child.kill()
        for pipe in (_output(child), _input(child)):
            with suppress(OSError):  # what was left in the buffer has nowhere to go
                pipe.close()
        child.wait()


def _output(child: subprocess.Popen[bytes]) -> BinaryIO:
    assert child.stdout is not None
    return child.stdout  # type: ignore[return-value]  # a buffered binary file; typeshed says IO[bytes]


def _input(child: subprocess.Popen[bytes]) -> BinaryIO:
    assert child.stdin is not None
    return child.stdin  # type: ignore[return-value]  # a buffered binary file; typeshed says IO[bytes]
