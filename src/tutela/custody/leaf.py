"""Leaf format v1, frozen: what the log holds of one custody event. See docs/spec/leaf-v1.md.

Rules:
- a leaf is canonical JSON with six fields: random ids, the time, the kind, and a commitment to the details
- the commitment is HMAC-SHA256 over the canonical details under the event's own key, which comes from the subject's
  key and the event id: one event can be shown without the others, and destroying the subject's key erases them all
- no address, plain hash, name or detail is in a leaf
- parsing refuses unknown fields and anything not identical to its own re-serialisation
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tutela.errors import Invalid, VerificationFailed
from tutela.sealing import canonical, parse_canonical

MAX_LEAF = 1024
ID = re.compile(r"[0-9a-f]{32}")
HASH = re.compile(r"[0-9a-f]{64}")
KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,3}")
MAX_KIND = 64
FIELDS = frozenset({"v", "event", "subject", "at", "kind", "commitment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """`event` and `subject` are 32 hex characters, `at` is UTC to the millisecond, `commitment` 64 hex characters."""

    event: str
    subject: str
    at: datetime
    kind: str
    commitment: str

    def to_bytes(self) -> bytes:
        """The canonical bytes that the log holds; raises Invalid naming the field that breaks the format."""
        _check_fields(self)
        fields = {"event": self.event, "subject": self.subject, "kind": self.kind, "commitment": self.commitment}
        return canonical({"v": 1, "at": _text(self.at), **fields})


def event_key(subject_key: bytes, event: str) -> bytes:
    """The 32-byte key of one event: HMAC-SHA256 of the event id's 16 bytes under the subject's 32-byte key."""
    if len(subject_key) != 32 or not ID.fullmatch(event):
        raise Invalid("a subject key has 32 bytes and an event id 32 hex characters", place="event")
    return hmac.digest(subject_key, bytes.fromhex(event), hashlib.sha256)


def make_leaf(
    *, event: str, subject: str, at: datetime, kind: str, event_key: bytes, details: Mapping[str, object]
) -> bytes:
    """The bytes of a leaf; `at` is cut to milliseconds. Raises Invalid naming the field that breaks the format.

    `event` and `subject` must be random (32 hex characters), `event_key` the answer of `event_key`.
    """
    commitment = _commit(event_key, details)
    cut = at.replace(microsecond=at.microsecond // 1000 * 1000)
    return Leaf(event=event, subject=subject, at=cut, kind=kind, commitment=commitment).to_bytes()


def parse_leaf(data: bytes) -> Leaf:
    """Raises Limited or Invalid with the field or byte when the bytes are not a leaf of format v1."""
    value = parse_canonical(data, max_bytes=MAX_LEAF)
    if not isinstance(value, dict) or value.keys() != FIELDS:
        raise Invalid(f"a leaf has exactly the fields {', '.join(sorted(FIELDS))}")
    if value["v"] != 1 or isinstance(value["v"], bool):
        raise Invalid("only leaf format 1 is known here", place="v")
    texts = {name: _text_field(value, name) for name in FIELDS - {"v"}}
    leaf = Leaf(**{**texts, "at": _time(texts["at"])})  # type: ignore[arg-type]  # the names are those of FIELDS
    _check_fields(leaf)
    return leaf


def open_leaf(leaf: Leaf, event_key: bytes, details: Mapping[str, object]) -> None:
    """Raises VerificationFailed unless the leaf commits to exactly these details under this key."""
    if not hmac.compare_digest(_commit(event_key, details), leaf.commitment):
        raise VerificationFailed("the leaf does not commit to these details", place=f"event {leaf.event}")


def _commit(key: bytes, details: Mapping[str, object]) -> str:
    if len(key) != 32:
        raise Invalid(f"an event key has 32 bytes, not {len(key)}", place="event_key")
    return hmac.digest(key, canonical(details), hashlib.sha256).hex()


def _check_fields(leaf: Leaf) -> None:
    _text(leaf.at)
    for name, pattern in (("event", ID), ("subject", ID), ("commitment", HASH), ("kind", KIND)):
        if not pattern.fullmatch(getattr(leaf, name)):
            raise Invalid(f"the field does not have the form {pattern.pattern}", place=name)
    if len(leaf.kind) > MAX_KIND:
        raise Invalid(f"a kind has at most {MAX_KIND} characters", place="kind")


def _text(at: datetime) -> str:
    if at.utcoffset() is None or at.microsecond % 1000:
        raise Invalid("the time of a leaf has a time zone and whole milliseconds", place="at")
    moment = at.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _time(text: str) -> datetime:
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid("the time is written like 2026-01-31T09:05:00.000Z", place="at") from None
    if _text(at) != text:
        raise Invalid("the time is written like 2026-01-31T09:05:00.000Z", place="at")
    return at


def _text_field(value: dict[str, object], name: str) -> str:
    text = value[name]
    if not isinstance(text, str):
        raise Invalid("the field must be text", place=name)
    return text
