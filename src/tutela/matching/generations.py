"""A folder of generations of one index: each whole or not there, the newest is the index, one process writes.

A generation is an index folder named by a number of its owner's: the last change that is in it for certain. Whoever
opens it applies the later changes again, a removal before an addition of the same id; changes that were in it already
do no harm then.

Rules:
- a generation gets its name when all of it is on disk, and the one before it is removed after that: a process that
  ends anywhere leaves the old one, the new one or both, and never half of one
- a reader that lists a generation which is removed before it is opened takes the newer one
"""

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tutela.errors import Conflict, Invalid
from tutela.matching.matcher import Matcher

_DIGITS = 20
_TRIES = 5


class Generations:
    """Open for writing, until it is closed. Raises Conflict when another process writes there, and OSError."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._lock = os.open(folder / ".writer", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise Conflict("another process merges there now", place=folder.name) from None
        for part in folder.glob(".*.part-*"):  # of a process that was killed
            shutil.rmtree(part, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets another process write."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def settle(self, matcher: Matcher, upto: int) -> None:
        """Make `matcher` the generation `upto` and go on from its files. Changes up to `upto` were made before.

        Raises Conflict when `upto` is not above every generation that is there, Invalid for ids that are text, OSError.
        """
        before = _numbers(self._folder)
        if upto <= max(before, default=-1):
            raise Conflict(f"generation {max(before)} is there already", place=f"generation {upto}")
        matcher.settle(self._folder / f"{upto:0{_DIGITS}d}")
        for number in before:  # who has it mapped keeps it
            shutil.rmtree(self._folder / f"{number:0{_DIGITS}d}", ignore_errors=True)


def newest(folder: Path, *, verify: bool = False) -> tuple[Matcher, int] | None:
    """The newest generation, mapped, and its number; None where there is none. Raises Invalid and OSError."""
    for _ in range(_TRIES):
        numbers = _numbers(folder)
        if not numbers:
            return None
        with suppress(FileNotFoundError):  # it was replaced just now
            return Matcher.open(folder / f"{numbers[-1]:0{_DIGITS}d}", verify=verify), numbers[-1]
    raise Invalid("a file of the newest generation is missing", place=f"generation {numbers[-1]}")


def _numbers(folder: Path) -> list[int]:
    """Generations that are there, the newest last."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return sorted(int(name) for name in names if len(name) == _DIGITS and name.isascii() and name.isdigit())
