"""Small sealed fields: what a row says is encrypted, and found again by a keyed hash.

Rules:
- each purpose has its own key (HKDF of the node's field key); the purpose and the row's meaning are bound as context
- a look-up is HMAC-SHA256 under the purpose's own key: equal plain values meet, nothing else is learned
"""

import hmac
import os
from collections.abc import Callable
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tutela.sealing import open_bytes, seal_bytes
from tutela_node.foundation import keys


def seal(purpose: str, plain: bytes) -> bytes:
    return seal_bytes(_key("fields", purpose), plain, context=purpose.encode(), nonce12=os.urandom(12))


def unseal(purpose: str, sealed: bytes | memoryview) -> bytes:
    """Raises VerificationFailed when the bytes were changed or belong to another purpose."""
    return open_bytes(_key("fields", purpose), bytes(sealed), context=purpose.encode())


def lookup(purpose: str, plain: str | bytes) -> str:
    return looker(purpose)(plain)


def sealer(purpose: str) -> Callable[[bytes], bytes]:
    """`seal` for many values of one purpose: the key is read once."""
    key, context = _key("fields", purpose), purpose.encode()
    return lambda plain: seal_bytes(key, plain, context=context, nonce12=os.urandom(12))


def looker(purpose: str) -> Callable[[str | bytes], str]:
    """`lookup` for many values of one purpose: the key is read once."""
    key = _key("lookups", purpose)

    def look(plain: str | bytes) -> str:
        return hmac.digest(key, plain.encode() if isinstance(plain, str) else plain, "sha256").hex()

    return look


def _key(root: str, purpose: str) -> bytes:
    return _derive(keys.secret(root), purpose)


@cache
def _derive(root: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(root)
