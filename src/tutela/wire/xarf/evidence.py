"""The evidence that a report carries: its bytes decoded, its hash and size worked out again, whether it may be media.

Rules:
- what a report says of its evidence is held against the bytes; where they differ it is a warning, no fault
- a payload that is no base64 has no bytes; white space in it is passed over
- what is not plain text may hold pictures, films or sound, so it counts as media; so does text that carries a `data:`
  address of media, and whatever is declared to be media
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tutela.wire.findings import Finding, warning

MOST_ITEMS = 1000  # the form has at most 50; more are read, so that nothing travels past them
MOST_BYTES = 5 * 1024 * 1024  # of one item, XARF 4
DIGITS: Mapping[str, int] = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
_MEDIA = re.compile(r"\s*(image|video|audio)/", re.IGNORECASE)
_INSIDE = re.compile(rb"data\s*:\s*(image|video|audio|application)/|^content-transfer-encoding\s*:\s*base64",
                     re.IGNORECASE | re.MULTILINE)  # fmt: skip
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SPACE = re.compile(r"[ \t\r\n]+")
_PORTABLE_MAP = re.compile(rb"P[1-7][ \t\r\n]")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evidence:
    """One item. `data` is None where the payload is no base64; `digest` is what the report claims, `algorithm:hex`."""

    place: str
    content_type: str
    description: str
    data: bytes | None
    digest: str
    may_be_media: bool


def evidence_of(report: Mapping[str, Any]) -> tuple[Evidence, ...]:
    """Every item that has a payload of text, at most `MOST_ITEMS`; what is no item is passed over.

    What is beyond is one item without bytes that may be media.
    """
    given = report.get("evidence")
    return tuple(_items(given)) if isinstance(given, list) else ()


def check_evidence(report: Mapping[str, Any]) -> Iterator[Finding]:
    """What the evidence does not agree on with what is said of it."""
    given = report.get("evidence")
    for item in evidence_of(report):
        said = given[int(item.place.rpartition("/")[2])] if isinstance(given, list) else {}
        yield from _check(item, said.get("size") if isinstance(said, dict) else None)


def digests(data: bytes) -> dict[str, str]:
    """The digests XARF knows, in lower-case hexadecimal. MD5 and SHA-1 are names here, not protection."""
    return {name: hashlib.new(name, data, usedforsecurity=False).hexdigest() for name in DIGITS}


def _items(given: list[Any]) -> Iterator[Evidence]:
    for number, each in enumerate(given[: MOST_ITEMS + 1]):
        if number == MOST_ITEMS:
            place = f"/evidence/{number}"
            yield Evidence(place=place, content_type="", description="", data=None, digest="", may_be_media=True)
            return
        if isinstance(each, dict) and isinstance(each.get("payload"), str):
            data, kind = decoded(each["payload"]), _text(each, "content_type")
            yield Evidence(
                place=f"/evidence/{number}",
                content_type=kind,
                description=_text(each, "description"),
                data=data,
                digest=_text(each, "hash"),
                may_be_media=may_be_media(kind, each["payload"].encode() if data is None else data),
            )


def _check(item: Evidence, size: object) -> Iterator[Finding]:
    if item.data is None:
        yield _doubt(f"{item.place}/payload", "must be base64 (RFC 4648)")
        return
    if len(item.data) > MOST_BYTES:
        yield _doubt(f"{item.place}/payload", f"an item has at most {MOST_BYTES} bytes; more go another way")
    if isinstance(size, int) and size != len(item.data):
        yield _doubt(f"{item.place}/size", f"the payload has {len(item.data)} bytes")
    name, _, digits = item.digest.partition(":")
    if name not in DIGITS or not re.fullmatch("[0-9a-fA-F]+", digits):
        return  # none is claimed, or one that is told as broken
    if len(digits) != DIGITS[name]:
        yield _doubt(f"{item.place}/hash", f"a {name} has {DIGITS[name]} hexadecimal digits, not {len(digits)}")
    elif hashlib.new(name, item.data, usedforsecurity=False).hexdigest() != digits.lower():
        yield _doubt(f"{item.place}/hash", f"is not the {name} of the payload")


def _doubt(place: str, message: str) -> Finding:
    return warning("evidence", place, message)


def decoded(payload: str) -> bytes | None:
    """The bytes of a payload in base64, white space passed over; None where it is none."""
    try:
        return base64.b64decode(_SPACE.sub("", payload), validate=True)
    except (binascii.Error, ValueError):
        return None


def may_be_media(kind: str, data: bytes) -> bool:
    """Whether content of a declared type is anything but plain text, or text that carries media inside."""
    if _MEDIA.match(kind) or _PORTABLE_MAP.match(data) or _CONTROL.search(data) or _INSIDE.search(data):
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""
