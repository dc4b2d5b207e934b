"""The codes of somebody's own pictures, as their browser made them: lines of hexadecimal digits, and nothing else.

    <SHA-256, 64 digits> [<PDQ, 64 digits> <quality, 0 to 100>]

Rules:
- a line has room for two hashes and a number: no picture, no name and no words fit into one
- what is no such line is refused whole, with the number of the line and never with what stood there
- a code that comes twice counts once; the order is that of the sender
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tutela.errors import Invalid, Limited

MOST_PRINTS = 20
LONGEST_LINE = 64 + 1 + 64 + 1 + 3
_LINE = re.compile(r"([0-9a-f]{64})(?: ([0-9a-f]{64}) (100|[1-9]?[0-9]))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Print:
    """The codes of one picture. `pdq` is empty where the browser could not open it: then only this very file fits."""

    sha256: str
    pdq: str = ""
    quality: int | None = None

    def __repr__(self) -> str:
        """The codes must not reach logs or tracebacks."""
        return f"Print(quality={self.quality}, ...)"


def read_lines(lines: Iterable[object]) -> tuple[Print, ...]:
    """Raises Invalid with the number of the line from 1, Limited for more than `MOST_PRINTS`."""
    found: dict[Print, None] = {}
    for number, line in enumerate(lines, 1):
        if number > MOST_PRINTS:
            raise Limited(f"at most {MOST_PRINTS} pictures at a time", place="own")
        read = _LINE.fullmatch(line) if isinstance(line, str) and len(line) <= LONGEST_LINE else None
        if read is None:
            raise Invalid("must be 64 hexadecimal digits, or these, 64 more and a quality", place=f"own {number}")
        sha256, pdq, quality = read.groups()
        found[Print(sha256=sha256, pdq=pdq or "", quality=int(quality) if quality else None)] = None
    return tuple(found)


def line_of(code: Print) -> str:
    """The inverse of reading one line."""
    return code.sha256 if not code.pdq else f"{code.sha256} {code.pdq} {code.quality}"
