"""A receipt: that something was logged, when, and of which bytes; one file, checked offline.

Rules:
- it holds the leaf, its proof, the key that opens this leaf alone, and the details that the leaf commits to
- a document is the one that was logged when the details name its SHA-256
- trust never comes from the receipt: the keys of the log are the reader's
Source: RFC 9162 and C2SP tlog-proof for the proof; leaf-v1 for the commitment.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tutela.custody.checkpoint import Checkpoint
from tutela.custody.leaf import Leaf, open_leaf, parse_leaf
from tutela.custody.note import VerifierKey
from tutela.custody.proof import MAX_PROOF, Proof, parse_proof, verify_proof
from tutela.errors import Invalid, Limited, VerificationFailed
from tutela.sealing import canonical, parse_canonical

FORMAT = "tutela-receipt-v1"
MAX_RECEIPT = MAX_PROOF + 64 * 1024
FIELDS = frozenset({"format", "leaf", "proof", "key", "details"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`key` (32 bytes) opens this leaf alone; `details` are the canonical bytes that it commits to."""

    leaf: bytes
    proof: Proof
    key: bytes
    details: bytes

    def to_bytes(self) -> bytes:
        """The content of a receipt file: canonical JSON."""
        return canonical(self.values())

    def values(self) -> dict[str, object]:
        """The members of a receipt, as plain JSON."""
        return {
            "format": FORMAT,
            "leaf": self.leaf.decode(),
            "proof": self.proof.to_bytes().decode(),
            "key": self.key.hex(),
            "details": json.loads(self.details),
        }


def parse_receipt(data: bytes) -> Receipt:
    """A receipt, also with other members beside its own or written in another order. Raises Limited or Invalid."""
    if len(data) > MAX_RECEIPT:
        raise Limited(f"a receipt has at most {MAX_RECEIPT} bytes, not {len(data)}")
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        raise Invalid("a receipt is JSON") from None
    if not isinstance(values, dict) or not values.keys() >= FIELDS or values["format"] != FORMAT:
        raise Invalid(f"a receipt holds {', '.join(sorted(FIELDS))}, the format being {FORMAT}")
    texts = {name: _text(values, name) for name in ("leaf", "proof", "key")}
    try:
        key = bytes.fromhex(texts["key"])
    except ValueError:
        raise Invalid("must be hexadecimal", place="key") from None
    if not isinstance(values["details"], dict):
        raise Invalid("must be an object", place="details")
    details = canonical(values["details"])
    return Receipt(leaf=texts["leaf"].encode(), proof=parse_proof(texts["proof"].encode()), key=key, details=details)


def verify_receipt(
    receipt: Receipt, keys: Sequence[VerifierKey], *, origin: str | None = None, document: bytes | None = None
) -> tuple[Leaf, Checkpoint]:
    """The event and the checkpoint that prove it. `document`: the bytes that are said to have been logged.

    Raises VerificationFailed or Invalid with the member that does not hold.
    """
    checkpoint = verify_proof(receipt.proof, receipt.leaf, keys, origin=origin)
    leaf = parse_leaf(receipt.leaf)
    details: Any = parse_canonical(receipt.details)
    open_leaf(leaf, receipt.key, details)
    if document is not None and details.get("sha256") != hashlib.sha256(document).hexdigest():
        raise VerificationFailed("these are not the bytes that were logged", place="document")
    return leaf, checkpoint


def _text(values: dict[str, Any], name: str) -> str:
    value = values[name]
    if not isinstance(value, str) or (not value.isprintable() and any(0xD800 <= ord(each) < 0xE000 for each in value)):
        raise Invalid("must be a text", place=name)
    return value
