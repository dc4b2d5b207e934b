"""Keyed-hash lists: a blocking list that a proxy can look up and not read.

Rules:
- an entry is the HMAC-SHA-256 of one expression of an address, under a key that travels apart from the list
- canonical JSON (RFC 8785), one value a line: the header, then the hashes in order, none twice
- the header names the key by an id derived from it, and the version of the list
- a public suffix as a whole is never listed
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import rfc8785

from tutela.errors import Invalid, Limited, VerificationFailed
from tutela.urls import Canonical, expressions, keyed_hash

FORMAT = "tutela-keyed-hashes-1"
METHOD = "HMAC-SHA-256 of Safe Browsing v4 expressions"
KEY_ID_TEXT = "tutela keyed-hash list: key id"
KEY_ID_DIGITS = 16
MAX_HASHES = 5_000_000
LINE_BYTES = 76  # {"hmac":"64 digits"} and the line end
HEADER_BYTES = 1024
LINE_END = b"\n"
HASH_LINE = re.compile(rb'\{"hmac":"([0-9a-f]{64})"\}')


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedList:
    """`hashes` are 64 lower-case hex digits each; `version` counts up with each release."""

    key_id: str
    version: int
    hashes: frozenset[str]


def key_id(key32: bytes) -> str:
    """16 hex digits that name a key without giving it away."""
    return keyed_hash(key32, KEY_ID_TEXT)[:KEY_ID_DIGITS]


def listed_expression(canonical: Canonical) -> str:
    """The expression that lists this address: a whole host with what is below it, or one page with its query.

    Raises Invalid for a whole public suffix.
    """
    exact = expressions(canonical)[0]
    if canonical.is_public_suffix and exact == f"{canonical.host}/":
        raise Invalid("this is a public suffix, under which many have their sites; list the registered name below it")
    return exact


def render_hashes(listed: Iterable[Canonical], *, key32: bytes, version: int) -> bytes:
    """The list as JSON lines. Raises Invalid (place: entry number) or Limited beyond 5 million entries."""
    hashes: set[str] = set()
    for number, canonical in enumerate(listed, start=1):
        if number > MAX_HASHES:
            raise Limited(f"at most {MAX_HASHES} entries are rendered")
        try:
            hashes.add(keyed_hash(key32, listed_expression(canonical)))
        except Invalid as error:
            raise Invalid(error.message, place=f"entry {number}") from None
    header = _header(KeyedList(key_id=key_id(key32), version=version, hashes=frozenset(hashes)))
    lines = [header, *(f'{{"hmac":"{digest}"}}'.encode("ascii") for digest in sorted(hashes)), b""]
    return LINE_END.join(lines)


def _header(keyed: KeyedList) -> bytes:
    if keyed.version < 0:
        raise Invalid("the version is a number from 0", place="version")
    return rfc8785.dumps(
        {
            "count": len(keyed.hashes),
            "format": FORMAT,
            "key_id": keyed.key_id,
            "method": METHOD,
            "version": keyed.version,
        }
    )


def read_hashes(raw: bytes) -> KeyedList:
    """The list in these bytes; only what `render_hashes` writes is accepted.

    Raises Limited beyond 5 million entries, Invalid with the line for anything out of form, order or count.
    """
    if len(raw) > HEADER_BYTES + MAX_HASHES * LINE_BYTES:
        raise Limited(f"the list has {len(raw)} bytes, more than {MAX_HASHES} entries need")
    header, *lines = raw.split(LINE_END)
    if not lines or lines.pop() != b"":
        raise Invalid("the last line must end with a line feed", place=f"line {raw.count(LINE_END) + 1}")
    digests = [_digest(line, number) for number, line in enumerate(lines, start=2)]
    for number, (before, after) in enumerate(pairwise(digests), start=3):
        if before >= after:
            raise Invalid("the hashes must rise from line to line, none twice", place=f"line {number}")
    return _with_header(header, frozenset(digests))


def _digest(line: bytes, number: int) -> str:
    match = HASH_LINE.fullmatch(line)
    if match is None:
        raise Invalid('a line is {"hmac":"..."} with 64 lower-case hex digits', place=f"line {number}")
    return match[1].decode("ascii")


def _with_header(header: bytes, hashes: frozenset[str]) -> KeyedList:
    try:
        given = json.loads(header[:HEADER_BYTES])
        keyed = KeyedList(key_id=str(given["key_id"]), version=int(given["version"]), hashes=hashes)
        expected = _header(keyed)
    except (ValueError, TypeError, KeyError, RecursionError, rfc8785.CanonicalizationError):
        raise Invalid(f"the header names the format {FORMAT}, a key id and a version", place="line 1") from None
    if header != expected:
        raise Invalid(f"the header is not the canonical one for these {len(hashes)} hashes", place="line 1")
    return keyed


def is_listed(canonical: Canonical, keyed: KeyedList, *, key32: bytes) -> bool:
    """Whether any expression of the address is on the list. Raises VerificationFailed when the key is another one."""
    if key_id(key32) != keyed.key_id:
        raise VerificationFailed(f"the list needs the key {keyed.key_id}", place="key")
    return any(keyed_hash(key32, expression) in keyed.hashes for expression in expressions(canonical))
