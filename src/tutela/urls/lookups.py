"""Looking an address up without writing it down, and showing a person which one is meant.

Rules:
- a stored or published address is an HMAC under a key: a plain hash of a host is found again by trying all hosts
- the short form is for people who may see the address anyway; it is no anonymisation
"""

import hashlib
import hmac

from tutela.errors import Invalid
from tutela.urls.canonical import Canonical

KEY_BYTES = 32
HOST_SHOWN = 48
SEGMENT_SHOWN = 16


def keyed_hash(key32: bytes, text: str) -> str:
    """HMAC-SHA-256 (RFC 2104) of the UTF-8 text in 64 lower-case hex digits. Raises Invalid for another key length."""
    if len(key32) != KEY_BYTES:
        raise Invalid(f"the key has {len(key32)} bytes, not {KEY_BYTES}")
    return hmac.new(key32, text.encode("utf-8"), hashlib.sha256).hexdigest()


def redact(canonical: Canonical) -> str:
    """A short form for lists on a screen: host, first and last part of the path, and a sign where more was left out."""
    segments = [_shortened(segment, SEGMENT_SHOWN) for segment in canonical.path.split("/")[1:]]
    shown = segments if len(segments) <= 2 else [segments[0], "…", segments[-1]]
    port = "" if canonical.port is None else f":{canonical.port}"
    mark = "" if canonical.query is None else "?…"
    return f"{_shortened(canonical.host, HOST_SHOWN)}{port}/{'/'.join(shown)}{mark}"


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
