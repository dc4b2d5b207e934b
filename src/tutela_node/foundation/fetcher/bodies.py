"""Lets an answer's bytes through to the sink, counted, and undoes an encoding that nobody asked for, bounded.

Rules:
- we ask for `identity`; gzip and deflate are undone when sent all the same, any other encoding is an error
- the decoded bytes are counted and cut at the limit: a small answer that unpacks into a large one stops there
"""

import zlib
from collections.abc import Callable
from typing import Protocol

from tutela_node.foundation.errors import Limited, Unavailable

PIECE = 64 * 1024


class Body(Protocol):
    """Takes the bytes of an answer and counts what it passed on."""

    size: int

    def feed(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class Plain:
    """Passes bytes on; raises Limited beyond `max_bytes`."""

    def __init__(self, sink: Callable[[bytes], None], max_bytes: int) -> None:
        self._sink = sink
        self._max = max_bytes
        self.size = 0

    def feed(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > self._max:
            raise Limited(f"the answer is larger than {self._max} bytes", place="bytes")
        if data:
            self._sink(data)

    def close(self) -> None:
        """Nothing is held back."""


class Unpacked(Plain):
    """Unpacks gzip or zlib in pieces, so that no piece is larger than 64 KiB."""

    def __init__(self, sink: Callable[[bytes], None], max_bytes: int) -> None:
        super().__init__(sink, max_bytes)
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def feed(self, data: bytes) -> None:
        rest = data
        try:
            while rest and not self._zlib.eof:
                super().feed(self._zlib.decompress(rest, PIECE))
                rest = self._zlib.unconsumed_tail
        except zlib.error:
            raise Unavailable("the answer is packed in a way that cannot be unpacked", place="encoding") from None

    def close(self) -> None:
        if not self._zlib.eof:
            raise Unavailable("the packed answer ends before its end", place="encoding")


def body_for(encoding: str, sink: Callable[[bytes], None], max_bytes: int) -> Body:
    if encoding in ("", "identity"):
        return Plain(sink, max_bytes)
    if encoding in ("gzip", "x-gzip", "deflate"):
        return Unpacked(sink, max_bytes)
    raise Unavailable("the answer is packed in a way we did not ask for", place="encoding")
