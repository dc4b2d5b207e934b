"""Exact fingerprints: SHA-256, SHA-1 and MD5 of bytes, whole or as they arrive.

Rules:
- all three always: lists in use still hold SHA-1 and MD5; neither protects anything here
- FIPS 180-4 and RFC 1321 by the interpreter's hashlib; nothing of our own
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from tutela.media.algorithms import Algorithm
from tutela.media.kinds import Kind

ALGORITHMS = tuple(
    Algorithm(name=name, bits=bits, applies_to=frozenset(Kind))
    for name, bits in (("sha256", 256), ("sha1", 160), ("md5", 128))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Lower-case hexadecimal digests, and how many octets went into them."""

    sha256: str
    sha1: str
    md5: str
    size: int


class Digester:
    """Digests of bytes that arrive in pieces: `update` any number of times, `digests` at any point. Constant memory."""

    def __init__(self) -> None:
        self._running = (
            hashlib.sha256(),
            hashlib.sha1(usedforsecurity=False),
            hashlib.md5(usedforsecurity=False),
        )
        self.size = 0

    def update(self, chunk: bytes) -> None:
        for running in self._running:
            running.update(chunk)
        self.size += len(chunk)

    def digests(self) -> Digests:
        sha256, sha1, md5 = (running.hexdigest() for running in self._running)
        return Digests(sha256=sha256, sha1=sha1, md5=md5, size=self.size)


def digest_stream(chunks: Iterable[bytes]) -> Digests:
    """Digests of the chunks joined, in constant memory. Raises only what `chunks` raises."""
    digester = Digester()
    for chunk in chunks:
        digester.update(chunk)
    return digester.digests()


def digest(data: bytes) -> Digests:
    """Digests of `data`."""
    return digest_stream((data,))
