"""Members: what lies inside a file, one after the other, whatever holds it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A member. `name` is the way inside the file, octets that are no text as surrogate escapes.

    `data` is None when the bytes could not be had; then `problem` says why. `size` is what the holder says.
    """

    name: str
    data: bytes | None
    size: int | None = None
    problem: str = ""


Pulse = Callable[[], None]  # called at least every second or so of work, to say that it goes on
