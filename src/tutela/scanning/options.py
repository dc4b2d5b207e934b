"""What a scan asks for: everything that changes its lines, and nothing else.

Rules:
- a scan that goes on after an interruption has the same options, so that its lines are as if it had never stopped
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tutela.matching import MIN_QUALITY, THRESHOLD
from tutela.media import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`threshold` in bits for lists without their own; `variants` by name, beside the plain form.

    `seconds`: wall-clock time for one file or member. `memory`: octets of address space of a process, beside the
    mapped lists. `inside`: look into archives, documents, web archives and disk images. `most_members`: in one file.
    `keyframes`: of videos decode these alone.
    """

    threshold: int = THRESHOLD
    min_quality: int = MIN_QUALITY
    variants: tuple[str, ...] = ()
    seconds: float = 30.0
    memory: int = 2 * 1024 * 1024 * 1024
    max_bytes: int = 256 * 1024 * 1024
    max_pixels: int = 100_000_000
    inside: bool = True
    carve: bool = True
    most_members: int = 10_000_000
    keyframes: bool = False

    @property
    def limits(self) -> Limits:
        """Those of the decoders."""
        return Limits(max_bytes=self.max_bytes, max_pixels=self.max_pixels)

    def as_object(self) -> dict[str, Any]:
        """For JSON; `from_object` reads it."""
        return asdict(self) | {"variants": list(self.variants)}

    @classmethod
    def from_object(cls, given: Mapping[str, Any]) -> "Options":
        return cls(**{**given, "variants": tuple(given["variants"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One file to look at: from which line on, and which line to give without decoding, with `verdict` as its problem.

    `closed`: members, by their numbers, that are not looked into. A file that ended the process is asked for like this.
    """

    path: bytes
    skip: int = 0
    blind: int | None = None
    verdict: str = ""
    closed: tuple[int, ...] = ()

    def to_wire(self) -> bytes:
        return json.dumps([self.path.hex(), self.skip, self.blind, self.verdict, self.closed]).encode()

    @classmethod
    def from_wire(cls, frame: bytes) -> "Ask":
        path, skip, blind, verdict, closed = json.loads(frame)
        return cls(path=bytes.fromhex(path), skip=skip, blind=blind, verdict=verdict, closed=tuple(closed))
