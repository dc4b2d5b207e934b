"""A process that reads hostile bytes and answers by frames, as it is watched by who started it.

Rules:
- a process that is silent for too long, or sends more than a frame may be, is lost; who watches it ends it
- it inherits a handful of environment variables, and none that could hold a secret
"""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO

from tutela.errors import Invalid, Unavailable
from tutela.media.framing import framed
from tutela.media.isolated import KEEP_MEMORY

GRACE = 5.0  # the process ends itself before we do
LOST = "the decoder process ended without an answer: out of memory, or a fault in a decoder"
LATE = "decoding took longer than the {:g} seconds allowed"
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LIBARCHIVE")
_START_SECONDS = 300.0
_PREFIX = 8
_PIECE = 1 << 16
_TAKEN = 4096  # octets that a pipe takes whole when it takes any (PIPE_BUF)


class Watched:
    """One process that runs a module of ours and begins with an empty frame. One thread uses it; any may `kill` it.

    `files`: descriptors that it gets beside its pipes. Raises Unavailable when it does not start.
    """

    def __init__(self, module: str, arguments: Sequence[str], *, files: Sequence[int] = ()) -> None:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._held, self._going = bytearray(), bytearray()
        self._child = subprocess.Popen(  # noqa: S603  # our own module, a path and numbers
            (sys.executable, "-P", "-m", module, *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=tuple(files),
            env={**environment, **KEEP_MEMORY, "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"},
        )

    def begin(self) -> None:
        """Waits until it is ready. Raises Unavailable; it is ended then."""
        try:
            self.frame(_START_SECONDS, most=0)
        except (OSError, EOFError, Invalid):
            self.end()
            raise Unavailable("the process that looks at files does not start") from None

    @property
    def id(self) -> int:
        return self._child.pid

    @property
    def is_over(self) -> bool:
        return self._child.poll() is not None

    def kill(self) -> None:
        """Whoever waits for it is told at once."""
        self._child.kill()

    def send(self, frame: bytes) -> None:
        """Raises OSError when it is gone, EOFError when it does not take it."""
        self.put(frame)
        self.flush(_START_SECONDS)

    def put(self, frame: bytes) -> None:
        """As `send`, but it lies here until `flush`."""
        self._going += framed(frame)

    def flush(self, seconds: float) -> None:
        """Raises OSError when it is gone, EOFError when it takes nothing for `seconds`."""
        number = _pipe(self._child.stdin).fileno()
        while self._going:
            if not select.select([], [number], [], seconds)[1]:
                self._child.send_signal(signal.SIGALRM)
                raise EOFError
            sent = os.write(number, memoryview(self._going)[:_TAKEN])
            del self._going[:sent]

    @property
    def has_frame(self) -> bool:
        """Whether the whole of the next frame is here already."""
        return len(self._held) >= _PREFIX and len(self._held) >= _PREFIX + int.from_bytes(self._held[:_PREFIX])

    def frame(self, seconds: float, *, most: int) -> bytes:
        """The next frame. Raises EOFError when it is gone or silent for `seconds`, Invalid for more than `most`."""
        length = int.from_bytes(self._exactly(_PREFIX, seconds), "big")
        if length > most:
            raise Invalid("a frame longer than any is")
        return self._exactly(length, seconds)

    def verdict(self, seconds: float) -> str:
        """Why it was lost, which ends it. `seconds`: what it was allowed."""
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout=1)
        late = self._child.returncode == -signal.SIGALRM
        self.end()
        return LATE.format(seconds) if late else LOST

    def end(self) -> None:
        """Safe to repeat."""
        self._child.kill()
        for pipe in (self._child.stdout, self._child.stdin):
            with suppress(OSError):  # what was left in the buffer has nowhere to go
                _pipe(pipe).close()
        self._child.wait()
        self._held.clear()

    def _exactly(self, length: int, seconds: float) -> bytes:
        output = _pipe(self._child.stdout).fileno()
        while len(self._held) < length:
            if not select.select([output], [], [], seconds)[0]:
                self._child.send_signal(signal.SIGALRM)
                raise EOFError
            chunk = os.read(output, max(_PIECE, min(length - len(self._held), 1 << 20)))
            if not chunk:
                raise EOFError
            self._held += chunk
        taken = bytes(memoryview(self._held)[:length])
        del self._held[:length]
        return taken


def _pipe(pipe: object) -> BinaryIO:
    assert pipe is not None
    return pipe  # type: ignore[return-value]  # a buffered binary file; typeshed says IO[bytes]
