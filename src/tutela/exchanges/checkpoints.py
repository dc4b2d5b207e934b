"""A checkpoint as text: canonical JSON that names the exchange it belongs to.

Rules:
- it is refused by an exchange with another service, address or selection: entries would be missed without a word
- what is no checkpoint of ours is refused as a whole; nothing is guessed from it
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from tutela.errors import Invalid, Limited
from tutela.sealing import canonical, parse_canonical

MOST_OCTETS = 1 << 17


def mark(*parts: str) -> str:
    """A short name of an exchange, from what decides which entries it gives: address, selection."""
    return hashlib.sha256(canonical(list(parts))).hexdigest()[:16]


def write(kind: str, of: str, values: Mapping[str, object]) -> str:
    """The text of a checkpoint of the exchange whose mark is `of`."""
    return canonical({"exchange": kind, "of": of, **values}).decode()


@dataclass(frozen=True, slots=True)
class Values:
    """What a checkpoint holds, each value checked as it is taken. Empty for the beginning."""

    values: Mapping[str, object]

    def number(self, name: str) -> int:
        """A whole number from 0, 0 where there is none."""
        value = self.values.get(name, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise _damaged()
        return value

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise _damaged()
        return value

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise _damaged()
        return value

    def pairs(self, name: str) -> tuple[tuple[int, int], ...]:
        """Pairs of whole numbers, the first the smaller."""
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise _damaged()
        return tuple(_pair(each) for each in value)


def read(text: str, kind: str, of: str) -> Values:
    """The values of a checkpoint; the empty text is the beginning. Raises Invalid."""
    if not text:
        return Values({})
    try:
        values = parse_canonical(text.encode(), max_bytes=MOST_OCTETS)
    except (Invalid, Limited, UnicodeError):
        raise _damaged() from None
    if not isinstance(values, dict):
        raise _damaged()
    if values.get("exchange") != kind or values.get("of") != of:
        raise Invalid(
            "this checkpoint belongs to another service, address or selection; start again without one",
            place="checkpoint",
        )
    return Values(values)


def _pair(value: object) -> tuple[int, int]:
    match value:
        case [int() as first, int() as second] if 0 <= first < second:
            return first, second
    raise _damaged()


def _damaged() -> Invalid:
    return Invalid("this is no checkpoint of ours; start again without one", place="checkpoint")
