"""Look-ups written down by a matcher, and collected by the worker.

Rules:
- a line is handed to the kernel before its answer leaves, so a killed matcher loses none; a power cut may lose those
  of the last second
- a line holds who asked, when, what class was answered and how many questions it was: no hash, no content; a line
  about canaries that were asked for holds their digests
- files are numbered; the collector takes them in order and says which it has taken in the transaction that keeps them
"""

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutela_node.hashlists.replica.layout import SPOOL, fsync_folder

ROTATE_SECONDS = 2.0
ROTATE_OCTETS = 4 * 1024 * 1024
LONGEST_LINE = 4096
_OPEN, _DONE = ".open", ".done"


class Spool:
    """The spool of one matcher process. Any number of threads may write."""

    def __init__(self, folder: Path, *, name: str) -> None:
        """`name` is the matcher's own, new for each process: letters, digits and hyphens."""
        self._home = folder / SPOOL / name
        self._lock = threading.Lock()
        self._number = 0
        self._descriptor = -1
        self._started = self._synced = 0.0
        self._octets = 0

    def put(self, record: Mapping[str, object]) -> None:
        """Writes one look-up down. Raises OSError when it cannot: then the question must not be answered."""
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            if self._descriptor < 0:
                self._open()
            os.write(self._descriptor, line)
            self._octets += len(line)
            self._tend()

    def tend(self) -> None:
        """Syncs and closes what is due; to be called about once a second, also when nobody asks."""
        with self._lock:
            if self._descriptor >= 0:
                self._tend()

    def close(self) -> None:
        with self._lock:
            if self._descriptor >= 0:
                self._finish()

    def _open(self) -> None:
        self._number += 1
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)  # the collector removes an empty one
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._descriptor = os.open(self._path(_OPEN), flags, 0o600)
        self._started = self._synced = time.monotonic()
        self._octets = 0

    def _tend(self) -> None:
        now = time.monotonic()
        if now - self._started > ROTATE_SECONDS or self._octets > ROTATE_OCTETS:
            self._finish()
        elif now - self._synced > 1:
            os.fsync(self._descriptor)
            self._synced = now

    def _finish(self) -> None:
        os.fsync(self._descriptor)
        os.close(self._descriptor)
        self._descriptor = -1
        self._path(_OPEN).rename(self._path(_DONE))

    def _path(self, ending: str) -> Path:
        return self._home / f"{self._number:010d}{ending}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """One finished file: whose, its number, what it says, and how many of its lines could not be read."""

    matcher: str
    number: int
    path: Path
    records: tuple[Mapping[str, Any], ...]
    spoilt: int


def collect(folder: Path, *, abandoned_seconds: float = 60.0) -> Iterator[Collected]:
    """Finished files in the order of their numbers, and open ones that a matcher left behind when it was killed."""
    for home in sorted((folder / SPOOL).glob("*")):
        for path in sorted(home.glob("*")):
            left = path.suffix == _OPEN and time.time() - path.stat().st_mtime > abandoned_seconds
            if path.suffix == _DONE or left:
                records, spoilt = _read(path)
                yield Collected(
                    matcher=home.name, number=int(path.stem), path=path, records=tuple(records), spoilt=spoilt
                )


def forget(collected: Collected) -> None:
    """Removes a file that was kept elsewhere, and the folder of a matcher that has no more."""
    collected.path.unlink(missing_ok=True)
    try:
        collected.path.parent.rmdir()
    except OSError:  # a matcher is still writing there
        return
    fsync_folder(collected.path.parent.parent)


def _read(path: Path) -> tuple[list[Mapping[str, Any]], int]:
    records: list[Mapping[str, Any]] = []
    spoilt = 0
    with path.open("rb") as handle:
        while line := handle.readline(LONGEST_LINE):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                spoilt += 1
                continue
            if isinstance(record, dict):
                records.append(record)
            else:
                spoilt += 1
    return records, spoilt
