"""Canonical JSON (RFC 8785, JCS): one value, one sequence of bytes.

Rules:
- floats are refused, so that no two languages can print a number differently
- whole numbers stay within ±(2**53 - 1), the range every JSON reader keeps exactly
- parsing refuses what is not identical to its own re-serialisation, deeper than 32 levels or larger than the bound
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any, cast

import rfc8785

from tutela.errors import Invalid, Limited

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)  # an unclosed text too: linear time
BRACKET = re.compile(rb"[\[\]{}]")


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of a JSON value made of mappings, sequences, text, whole numbers, booleans and None.

    Raises Invalid with the path of the value that JSON cannot carry, Limited when it nests deeper than 32 levels.
    """
    try:
        return rfc8785.dumps(cast("Any", _plain(value, "$", 0)))
    except rfc8785.CanonicalizationError as error:
        raise Invalid(f"this value has no canonical form: {error}") from None


def parse_canonical(data: bytes, *, max_bytes: int = 1 << 20) -> object:
    """The value of canonical JSON bytes.

    Raises Limited above `max_bytes` or 32 levels, Invalid with the byte offset at which the bytes differ from the
    canonical form of what they say (duplicate keys, white space, other escapes, other order).
    """
    if len(data) > max_bytes:
        raise Limited(f"{len(data)} bytes of JSON; at most {max_bytes} are read")
    _refuse_depth(data)
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_refuse_float, parse_constant=_refuse_float)
    except UnicodeDecodeError as error:
        raise Invalid("JSON must be UTF-8", place=f"byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise Invalid(f"not JSON: {error.msg}", place=f"character {error.pos}") from None
    except ValueError as error:
        raise Invalid(f"not JSON that we accept: {error}") from None
    again = canonical(value)
    if again != data:
        pairs = enumerate(zip_longest(data, again))
        offset = next(index for index, (ours, theirs) in pairs if ours != theirs)
        raise Invalid("not canonical JSON (RFC 8785)", place=f"byte {offset}")
    return value


def key_id(public_key: bytes) -> str:
    """The name of a public key: the first 16 bytes of its SHA-256, in hex (32 characters)."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def _plain(value: object, path: str, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise Limited(f"JSON nests deeper than {MAX_DEPTH} levels")
    match value:
        case None | bool() | str():
            return value
        case int():
            if abs(value) > MAX_INTEGER:
                raise Invalid("a whole number must stay within ±(2**53 - 1); write it as text", place=path)
            return value
        case Mapping():
            return dict(_members(value, path, depth))
        case list() | tuple():
            return [_plain(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
        case float():
            raise Invalid("floating-point numbers are refused; write a whole number or text", place=path)
    raise Invalid(f"JSON cannot carry a {type(value).__name__}", place=path)


def _members(value: Mapping[object, object], path: str, depth: int) -> Iterator[tuple[str, object]]:
    for key, item in value.items():
        if not isinstance(key, str):
            raise Invalid("a JSON field name must be text", place=path)
        yield key, _plain(item, f"{path}.{key[:40]}", depth + 1)


def _refuse_float(text: str) -> object:
    raise ValueError(f"the number {text[:20]} is not a whole number")


def _refuse_depth(data: bytes) -> None:
    """Counts brackets before parsing, so that the parser never recurses far; brackets inside text do not count."""
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in BRACKET.finditer(TEXT.sub(b"", data)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > MAX_DEPTH + 1:
            raise Limited(f"JSON nests deeper than {MAX_DEPTH} levels")
