"""`serve --role all`: one child process a role, started again when it ends, stopped together.

Rules:
- a child that dies is started again at once, then with growing pauses while it keeps dying
- children end with the supervisor, also when it is killed: each asks the kernel to be told (Linux)
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

ROLES = ("worker", "public", "workbench", "api", "matcher", "mail")
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0)
QUIET = 20.0  # seconds a child must live for its pauses to start again
PATIENCE = 15.0  # seconds a child has to end by itself


@dataclass(slots=True)
class Child:
    """One process that is kept alive. `command` is what it runs."""

    command: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  # our own command line, no input in it
            self.command,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  # the supervisor has one thread
        )

    def look(self) -> None:
        """Starts the child again when it has ended and its pause is over."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            self.end_group()
            self.deaths = 0 if now - self.started > QUIET else self.deaths
            self.again_at = now + PAUSES[min(self.deaths, len(PAUSES) - 1)]
            self.deaths += 1
            self.process = None
        if now >= self.again_at:
            self.start()

    def end_group(self) -> None:
        """Ends what the child started and left behind: it leads a session of its own."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def command_of(role: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tutela.cli.main", "node", "serve", "--role", role)


def served() -> list[str]:
    """The roles that are started: that of the mail where mail is taken."""
    return [role for role in ROLES if role != "mail" or os.environ.get("TUTELA_MAIL")]


def supervise(commands: Sequence[tuple[str, ...]] = ()) -> int:
    """Runs until told to stop, every role unless other commands are given; answers the exit code."""
    stopping: list[int] = []

    def end(signum: int, frame: FrameType | None) -> None:
        stopping.append(signum)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    children = [Child(command) for command in commands or map(command_of, served())]
    while not stopping:
        for child in children:
            child.look()
        time.sleep(0.1)
    _stop(children)
    return 0


def _stop(children: list[Child]) -> None:
    for child in children:
        if child.process:
            child.process.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        if child.process:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
            child.end_group()
            child.process.wait()


def _die_with_parent() -> None:
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL("libc.so.6").prctl(1, signal.SIGKILL)
