"""What one outermost container may cost, with everything inside it.

Rules:
- octets are counted when they are decompressed, at every level, and so are members; at the bound it all ends
- a member is held whole only up to what decoders take, and what all levels hold together is bounded
- work is told to whoever watches every few mebibytes
"""

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from tutela.scanning.containers import zstandard
from tutela.scanning.options import Options
from tutela.scanning.parts import Part, Pulse

MOST_OCTETS, TIMES = 4 << 30, 8  # decompressed, and so many times the size of the container beside
MOST_MEMBERS, SMALLEST = 1_000_000, 512  # and one for so many octets of the container beside
MOST_HELD = 640 << 20
LONGEST_NAME = 4096
DEPTH = 4

REST = "$rest"  # stands for what was left out, in the place of a name
DAMAGED = "it is damaged here; what follows was not looked at"
SEARCHED = "the archive is damaged here; members behind were searched for by their headers"
DAMAGED_MEMBER = "the member is damaged; part of it is missing"
ENCRYPTED = "encrypted"
TOO_DEEP = "a container more than {} levels deep; it was not looked into"
TOO_MUCH = "what it holds is more than is looked at of one container; the rest was left out"
UNKNOWN_CODING = "compressed in a way that is not decoded here"
UNDECODED = "damaged, or compressed in a way that is not decoded here"
UNREAD = "{}; it is not decoded here, what it holds was not looked at"
VOLUMES = "one of several volumes; what lies in the others was not looked at here"

PIECE = 256 * 1024
_PULSE = 4 << 20

# What parsers raise for bytes that are damaged or made to break them.
FAULTS = (
    ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, LookupError, MemoryError, OSError,
    RuntimeError, TypeError, ValueError, lzma.LZMAError, struct.error, tarfile.TarError, zipfile.BadZipFile, zlib.error,
    zstandard.ERROR,
)  # fmt: skip


class Exhausted(Exception):
    """A bound of the outermost container is reached."""


class Readable(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int, /) -> bytes: ...


class _Once(Protocol):
    def read1(self, size: int, /) -> bytes: ...


class Piecewise:
    """A buffered stream of Python's, piece by piece: a fault costs nothing that came before it."""

    def __init__(self, stream: _Once) -> None:
        self.read = stream.read1


class Bounds:
    """The account of one outermost container that has `size` octets. `depth`: how many levels are looked into."""

    def __init__(
        self, options: Options, pulse: Pulse, *, size: int, most_octets: int = MOST_OCTETS, depth: int = DEPTH
    ) -> None:
        self.options, self.pulse, self.depth = options, pulse, depth
        self._most_octets, self._most_members = most_octets + TIMES * size, MOST_MEMBERS + size // SMALLEST
        self._octets = self._members = self._held = self._quiet = 0

    @property
    def most(self) -> int:
        """Octets that a member may have now."""
        return max(0, min(self.options.max_bytes, MOST_HELD - self._held))

    @property
    def too_large(self) -> str:
        return f"the member has more than the {self.most:,} bytes that are decoded"

    @property
    def too_deep(self) -> str:
        return TOO_DEEP.format(self.depth)

    def spend(self, octets: int) -> None:
        """Count what was decompressed or read. Raises Exhausted."""
        self._octets += octets
        if self._octets > self._most_octets:
            raise Exhausted
        self.work(octets)

    def work(self, octets: int) -> None:
        """Tell who watches about octets that cost time and nothing else."""
        self._quiet += octets
        if self._quiet >= _PULSE:
            self._quiet = 0
            self.pulse()

    def count(self) -> None:
        """One member more. Raises Exhausted."""
        self._members += 1
        if self._members > self._most_members:
            raise Exhausted
        self.pulse()

    @contextmanager
    def holding(self, octets: int) -> Iterator[None]:
        """While a member is looked into, it is held."""
        self._held += octets
        try:
            yield
        finally:
            self._held -= octets


def part_of(name: str, stream: Readable, bounds: Bounds, *, size: int | None = None) -> Part:
    """The member that `stream` gives, as far as it can be had. `size`: what the container says."""
    kept, found, problem = [], 0, ""
    try:
        while piece := stream.read(PIECE):
            bounds.spend(len(piece))
            found += len(piece)
            if found > bounds.most:
                return Part(name=name, data=None, size=size, problem=bounds.too_large)
            kept.append(piece)
    except FAULTS:
        problem = DAMAGED_MEMBER
    if size is not None and found < size:
        problem = DAMAGED_MEMBER
    if problem and not found:
        return Part(name=name, data=None, size=size, problem=problem)
    return Part(name=name, data=b"".join(kept), size=size, problem=problem)


def named(name: str, fallback: str = "$unnamed") -> str:
    """A name of bounded length whose octets `os.fsencode` can give back."""
    try:
        name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        name = name.encode("utf-8", "replace").decode()
    return name[:LONGEST_NAME] or fallback
