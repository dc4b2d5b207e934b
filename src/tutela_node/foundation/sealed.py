"""Small sealed fields: what a row says is encrypted, and found again by a keyed hash.

Rules:
- each purpose has its own key (HKDF of the node's field key); the purpose and the row's meaning are bound as context
- a look-up is HMAC-SHA256 under the purpose's own key: equal plain values meet, nothing else is learned
"""

import os
from functools import cache

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tutela.sealing import open_bytes, seal_bytes
from tutela_node.foundation import keys


def seal(purpose: str, plain: bytes) -> bytes:
    return seal_bytes(_key("fields", purpose), plain, context=purpose.encode(), nonce12=os.urandom(12))


def unseal(purpose: str, sealed: bytes | memoryview) -> bytes:
    """Raises VerificationFailed when the bytes were changed or belong to another purpose."""
    return open_bytes(_key("fields", purpose), bytes(sealed), context=purpose.encode())


def lookup(purpose: str, plain: str | bytes) -> str:
    mac = hmac.HMAC(_key("lookups", purpose), hashes.SHA256())
    mac.update(plain.encode() if isinstance(plain, str) else plain)
    return mac.finalize().hex()


def _key(root: str, purpose: str) -> bytes:
    return _derive(keys.secret(root), purpose)


@cache
def _derive(root: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(root)
