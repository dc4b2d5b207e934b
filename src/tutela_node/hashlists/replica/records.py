"""Signed lines: one canonical JSON object each, with an Ed25519 signature before it.

    <signature, 88 characters of base64> <canonical JSON>\\n

Rules:
- what is signed says what it is: a snapshot, a change or a beat, so that one never passes for another
- a line is read whole or not at all; the last one of a file that is still being written has no line feed yet
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from tutela.sealing import Signer, canonical, parse_canonical, verify_ed25519
from tutela_node.foundation.errors import VerificationFailed

DOMAIN = b"tutela-matcher-1 "
LONGEST = 64 * 1024 * 1024
_SIGNATURE = 88


def signed_line(signer: Signer, kind: str, value: Mapping[str, object]) -> bytes:
    body = canonical(value)
    signature = base64.b64encode(signer.sign(_message(kind, body)))
    return signature + b" " + body + b"\n"


def opened_line(key: bytes, kind: str, line: bytes) -> dict[str, Any]:
    """The object of a line. Raises VerificationFailed when it was not signed as this `kind`, Invalid for its form."""
    signature, body = line[:_SIGNATURE], line[_SIGNATURE + 1 :].removesuffix(b"\n")
    try:
        raw = base64.b64decode(signature, validate=True)
    except binascii.Error:
        raise VerificationFailed("a line has no signature", place=kind) from None
    verify_ed25519(key, _message(kind, body), raw)
    value = parse_canonical(body, max_bytes=LONGEST)
    if not isinstance(value, dict):
        raise VerificationFailed("a signed line is no object", place=kind)
    return value


def _message(kind: str, body: bytes) -> bytes:
    return DOMAIN + kind.encode() + b"\n" + body
