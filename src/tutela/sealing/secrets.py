"""Small sealed values: AES-256-GCM with what the value is bound in as context.

Rules:
- format: version byte 0x01, 12-byte nonce, ciphertext with its 16-byte tag (29 bytes more than the plain text)
- the version and the context are authenticated: a value moved to another place does not open
- the caller brings the nonce from the system's random source and never repeats one under a key (NIST SP 800-38D:
  at most 2**32 random nonces a key)
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tutela.errors import Invalid, Limited, VerificationFailed

VERSION = b"\x01"
NONCE = 12
TAG = 16
MAX_PLAIN = 64 * 1024 * 1024


def seal_bytes(key: bytes, plain: bytes, *, context: bytes, nonce12: bytes) -> bytes:
    """Seals up to 64 MiB under a 32-byte key; larger things go through `ChunkSealer`.

    Raises Invalid for a key or nonce of another length, Limited above 64 MiB.
    """
    if len(nonce12) != NONCE:
        raise Invalid(f"a nonce has 12 bytes, not {len(nonce12)}")
    if len(plain) > MAX_PLAIN:
        raise Limited(f"{len(plain)} bytes are too many for one value; seal them as chunks")
    return VERSION + nonce12 + _cipher(key).encrypt(nonce12, plain, VERSION + context)


def open_bytes(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """The plain bytes; raises VerificationFailed when bytes, key or context differ from what was sealed."""
    cipher = _cipher(key)
    if len(sealed) < 1 + NONCE + TAG or sealed[:1] != VERSION:
        raise VerificationFailed("not a sealed value of version 1, or cut short")
    try:
        return cipher.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], VERSION + context)
    except InvalidTag:
        raise VerificationFailed("the sealed value was changed, or belongs to another key or place") from None


def _cipher(key: bytes) -> AESGCM:
    if len(key) != 32:
        raise Invalid(f"a sealing key has 32 bytes, not {len(key)}")
    return AESGCM(key)
