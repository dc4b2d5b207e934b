"""A file as it is read: held whole when it is small, else in pieces, and whether it changed meanwhile.

Rules:
- a link that took the place of the file after the walk is not followed; a pipe that did is not waited for
- one pass: what is decoded are the bytes that were digested
"""

import os
import stat
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Self

from tutela.media import Digests, digest, digest_stream
from tutela.scanning.containers.recognition import TAIL
from tutela.scanning.parts import Pulse

CHANGED = "changed while it was read"
HEAD = 64 * 1024
_CHUNK = 4 * 1024 * 1024
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Opened:
    """A regular file, open. `data`: the whole of it, when it has at most `most` octets. Raises OSError."""

    def __init__(self, path: bytes, *, most: int) -> None:
        self.stream: BinaryIO = os.fdopen(os.open(path, _FLAGS), "rb", buffering=0)
        try:
            self._before = os.fstat(self.stream.fileno())
            if not stat.S_ISREG(self._before.st_mode):
                raise OSError(None, "not a regular file")
            self.size = self._before.st_size
            self.data = self._held(most) if self.size <= most else None
            self.head = self.data[:HEAD] if self.data is not None else os.pread(self.stream.fileno(), HEAD, 0)
        except BaseException:
            self.stream.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stream.close()

    @property
    def tail(self) -> bytes:
        """The last octets. Raises OSError."""
        return self.data[-TAIL:] if self.data is not None else ending(self.stream)

    def digests(self, pulse: Pulse) -> Digests:
        """Of the whole file. Raises OSError."""
        if self.data is not None:
            return digest(self.data)
        self.stream.seek(0)
        return digest_stream(self._chunks(pulse))

    def changed(self) -> bool:
        """Whether somebody wrote to it since it was opened."""
        now = os.fstat(self.stream.fileno())
        return (now.st_size, now.st_mtime_ns) != (self._before.st_size, self._before.st_mtime_ns)

    def _held(self, most: int) -> bytes | None:
        first = self.stream.read(self.size + 1)  # one more than there is: as much as that comes when it grows
        if len(first) == self.size:
            return first
        held = bytearray(first)
        while len(held) <= most and (chunk := self.stream.read(_CHUNK if len(held) < self.size else 4096)):
            held += chunk
        return bytes(held) if len(held) <= most else None  # None: it grew while it was read

    def _chunks(self, pulse: Pulse) -> Iterator[bytes]:
        left = max(self.size, 1)  # a file that grows for ever ends here
        while left > 0 and (chunk := self.stream.read(min(_CHUNK, left))):
            pulse()
            left -= len(chunk)
            yield chunk


def ending(stream: BinaryIO) -> bytes:
    """The last `TAIL` octets of an open file, wherever it stands. Raises OSError."""
    number = stream.fileno()
    return os.pread(number, TAIL, max(0, os.fstat(number).st_size - TAIL))
