"""What a JSON object says of itself beside its list: its plain values, read also where the rest is broken.

Rules:
- values before the first fault are kept: a page with a broken record still tells where the next page is
- depth is bounded, so is the time: the size of an answer is, and it is read once
- numbers are read as those of the machine (`use_float`): else ijson's C code fails in ways that cannot be caught on an
  integer of more than 4300 digits, up to a crash of the process
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO

import ijson

from tutela.errors import Unavailable

MOST_DEPTH = 32
LARGEST = 1 << 53
_OPENING = frozenset({"start_map", "start_array"})
_CLOSING = frozenset({"end_map", "end_array"})
_FAULTS = (ijson.JSONError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The plain values of a JSON object by name. `is_whole`: it was JSON to its end."""

    values: Mapping[str, object] = field(repr=False)
    is_whole: bool

    def text(self, name: str) -> str:
        """A text, empty where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """A number without its fraction, or None."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
            return None
        return int(value)

    def flag(self, name: str) -> bool | None:
        value = self.values.get(name)
        return value if isinstance(value, bool) else None

    def has(self, name: str) -> bool:
        return name in self.values


def outline(body: bytes) -> Outline:
    """The outline of `body`; without values when it is no JSON object."""
    values: dict[str, object] = {}
    depth, name, is_object = 0, "", False
    try:
        for event, value in ijson.basic_parse(BytesIO(body), use_float=True):
            if event in _OPENING:
                is_object = is_object or (depth == 0 and event == "start_map")
                depth += 1
            elif event in _CLOSING:
                depth -= 1
            elif depth == 1 and event == "map_key":
                name = value
            elif depth == 1 and is_object:
                values[name] = value
            if depth > MOST_DEPTH:
                return Outline(values=values, is_whole=False)
    except _FAULTS:
        return Outline(values=values, is_whole=False)
    return Outline(values=values, is_whole=is_object)


def whole(body: bytes, what: str) -> Outline:
    """The outline of an answer that must be a whole JSON object. Raises Unavailable naming `what` was expected."""
    read = outline(body)
    if not read.is_whole:
        raise Unavailable(f"the service answered with something else than {what}", place="service")
    return read
