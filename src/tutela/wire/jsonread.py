"""JSON of anybody -> a value, within bounds.

Rules:
- size, depth and the length of numbers are bounded before anything is built
- UTF-8 alone, with or without a byte order mark; NaN, infinities and half characters (lone surrogates) are refused
- a name that is given twice in one object: the last one counts, and that it was so is told
"""

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

from tutela.errors import Invalid, Limited

MAX_DEPTH = 32
LONGEST_NUMBER = 64
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)  # an unclosed text too: linear time
_BRACKET = re.compile(rb"[\[\]{}]")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class JsonRead:
    """`repeated` counts names that stood twice in one object."""

    value: Any
    repeated: int


def read_json(data: bytes, *, max_bytes: int) -> JsonRead:
    """Raises Limited above a bound, Invalid with the byte or character at which it is no JSON."""
    if len(data) > max_bytes:
        raise Limited(f"{len(data)} bytes of JSON; at most {max_bytes} are read")
    _refuse_depth(data)
    hook = _Hook()
    try:
        text = data.removeprefix(_BOM).decode("utf-8")
        value = json.loads(
            text,
            parse_float=_number,
            parse_int=_whole,
            parse_constant=_refuse,
            object_pairs_hook=hook,
        )
        if b"\\u" in data:
            _refuse_halves(value)
    except UnicodeDecodeError as error:
        raise Invalid("JSON must be UTF-8", place=f"byte {error.start}") from None
    except UnicodeEncodeError:
        raise Invalid("a text holds half of a character (a lone surrogate)") from None
    except json.JSONDecodeError as error:
        raise Invalid(f"this is no JSON: {error.msg}", place=f"character {error.pos}") from None
    except ValueError as error:
        raise Invalid(f"this is no JSON: {error}") from None
    return JsonRead(value=value, repeated=hook.repeated)


@dataclass(slots=True)
class _Hook:
    repeated: int = field(default=0)

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        self.repeated += len(pairs) - len(made)
        return made


def _refuse_depth(data: bytes) -> None:
    """Counts brackets before parsing, so that the parser never recurses far; brackets inside text do not count."""
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKET.finditer(_TEXT.sub(b"", data)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > MAX_DEPTH:
            raise Limited(f"JSON nests deeper than {MAX_DEPTH} levels")


def _number(text: str) -> float:
    value = float(text) if len(text) <= LONGEST_NUMBER else math.inf
    if not math.isfinite(value):
        raise ValueError("a number is longer or larger than is read")
    return value


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("a number is longer than is read")
    return int(text)


def _refuse(text: str) -> object:
    raise ValueError(f"{text} is no number of JSON")


def _refuse_halves(value: object) -> None:
    """Raises UnicodeEncodeError for a text that no encoding can write."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        for name, member in value.items():
            name.encode()
            _refuse_halves(member)
    elif isinstance(value, list):
        for member in value:
            _refuse_halves(member)
