"""A call to a sender's own address that a report of theirs changed: signed by us, verified by whoever gets it.

Rules:
- one event a call; it names the report by our number, the state it is in, and when; nothing of what was reported
- the signature covers method, address, content type and the digest of the body, with HMAC-SHA-256 under a shared secret
- the moment of signing is part of it; what is older than five minutes, or from the future, is refused
- an event may come twice, under the same id, and events may overtake each other: `at` says which is newer
Source: RFC 9421 (HTTP message signatures), RFC 9530 (Content-Digest).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from tutela.errors import Invalid, Limited, VerificationFailed

MOST_BYTES = 64 * 1024
OLDEST = timedelta(minutes=5)
TAG = "tutela-webhook"
LABEL = "tutela"
COVERED = ("@method", "@target-uri", "content-type", "content-digest")
JSON = "application/json"
_FAULTS = (HTTPMessageSignaturesException, ValueError, TypeError, KeyError, IndexError, AttributeError)
_SECRET = re.compile(r"whsec_[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`id` is the same when it is sent again; `report` is the number under which the report was taken."""

    id: str
    kind: str
    report: str
    state: str
    at: datetime

    def to_bytes(self) -> bytes:
        """The body of a call."""
        told = {"id": self.id, "type": self.kind, "report": self.report, "state": self.state}
        return json.dumps({**told, "at": self.at.isoformat(timespec="seconds")}).encode()


def write_secret(random32: bytes) -> str:
    """The secret as it is handed out once, of 32 random bytes."""
    return f"whsec_{random32.hex()}"


def sign(*, url: str, body: bytes, key_id: str, secret: str, at: datetime) -> dict[str, str]:
    """The headers of a POST of `body` to `url`. Raises Invalid where the address or the secret is none."""
    call = _Call(url=url, headers={"Content-Type": JSON})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=_Secret(secret))
    try:
        signer.sign(call, key_id=key_id, created=at, label=LABEL, tag=TAG, covered_component_ids=COVERED[:3], body=body)
    except (HTTPMessageSignaturesException, ValueError):
        raise Invalid("this address cannot be signed", place="address") from None
    return call.headers


def verify(*, url: str, headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Event:
    """The event of a call that was posted to `url`, as its receiver sees it.

    Raises VerificationFailed where the signature, the digest or the time does not hold, Invalid for a body that is no
    event, Limited above 64 KiB.
    """
    if len(body) > MOST_BYTES:
        raise Limited(f"at most {MOST_BYTES} bytes are read")
    call = _Call(url=url, headers=dict(headers))
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=_Secret(secret))
    try:
        found = verifier.verify(call, max_age=None, expect_tag=TAG, require_components=COVERED, body=body)
    except _FAULTS:
        raise VerificationFailed("the signature does not hold", place="Signature") from None
    created = found[0].parameters.get("created") if len(found) == 1 else None
    if not isinstance(created, int) or abs(now.timestamp() - created) > OLDEST.total_seconds():
        raise VerificationFailed("signed more than five minutes ago, or in the future", place="Signature-Input")
    return read_event(body)


def read_event(body: bytes) -> Event:
    """The event in a body that was verified already. Raises Invalid."""
    try:
        told = json.loads(body)
        texts = {name: told[name] for name in ("id", "type", "report", "state", "at")}
        if not all(isinstance(each, str) for each in texts.values()):
            raise TypeError
        at = datetime.fromisoformat(texts["at"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Invalid("the body is no event of ours") from None
    return Event(id=texts["id"], kind=texts["type"], report=texts["report"], state=texts["state"], at=at)


@dataclass(slots=True)
class _Call:
    """A request as the library wants to see it."""

    url: str
    headers: dict[str, str]
    method: str = "POST"


class _Secret(HTTPSignatureKeyResolver):
    """One secret, whatever key is named."""

    def __init__(self, secret: str) -> None:
        if not _SECRET.fullmatch(secret):
            raise Invalid("must be whsec_ and 64 hexadecimal digits", place="secret")
        self._key = bytes.fromhex(secret.removeprefix("whsec_"))

    def resolve_public_key(self, key_id: str) -> bytes:
        return self._key

    def resolve_private_key(self, key_id: str) -> bytes:
        return self._key
