"""Public-key boxes: anybody seals, one key opens (HPKE, RFC 9180, base mode, HKDF-SHA256, AES-256-GCM).

Rules:
- a node's box key is a hybrid of ML-KEM-768 and X25519 (1,216 public bytes, 96 private bytes); a mailbox derived from
  a receipt code is X25519 (32 and 32 bytes); lengths tell them apart, and the first byte of a sealed box names its kind
- `info` says what the box is for and is bound into it
- HPKE makes a fresh ephemeral key for every box from the system's random source, inside the library
"""

from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from tutela.errors import Invalid, VerificationFailed
from tutela.sealing.receipts import normalise_code

CLASSIC, HYBRID = b"\x01", b"\x02"
SUITES = {
    CLASSIC: Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
    HYBRID: Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
}
X25519_SIZE = 32
MLKEM_SEED = 64
MLKEM_PUBLIC = 1184
# scrypt (RFC 7914): 16 MiB and about 50 ms on a small server. A code has 95 random bits, so this only adds margin.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxKey:
    """A key pair that opens boxes: `private` and `public` are raw bytes; the private ones never show in its repr."""

    private: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """A fresh hybrid key from the system's random source."""
        mlkem = MLKEM768PrivateKey.generate().private_bytes_raw()
        return cls(private=mlkem + X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_private_bytes(cls, private: bytes) -> Self:
        """96 bytes (hybrid) or 32 (X25519); raises Invalid for any other length."""
        _private_key(private)
        return cls(private=bytes(private))

    @property
    def public(self) -> bytes:
        if len(self.private) == X25519_SIZE:
            return X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()
        mlkem = MLKEM768PrivateKey.from_seed_bytes(self.private[:MLKEM_SEED]).public_key().public_bytes_raw()
        return mlkem + X25519PrivateKey.from_private_bytes(self.private[MLKEM_SEED:]).public_key().public_bytes_raw()


def seal_to(public: bytes, plain: bytes, *, info: bytes) -> bytes:
    """Seals to 1,216 (hybrid; adds 1,137 bytes) or 32 public bytes (X25519; adds 49); else Invalid."""
    if len(public) not in (X25519_SIZE, MLKEM_PUBLIC + X25519_SIZE):
        raise Invalid(f"a box key has 1216 or 32 public bytes, not {len(public)}")
    try:
        if len(public) == X25519_SIZE:
            return CLASSIC + SUITES[CLASSIC].encrypt(plain, X25519PublicKey.from_public_bytes(public), info)
        mlkem = MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC])
        curve = X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC:])
        return HYBRID + SUITES[HYBRID].encrypt(plain, MLKEM768X25519PublicKey(mlkem, curve), info)
    except ValueError:
        raise Invalid("these bytes are no usable public key") from None


def open_with(private: bytes, sealed: bytes, *, info: bytes) -> bytes:
    """The plain bytes; raises VerificationFailed when the box was changed, is for another key or another `info`."""
    kind, key = _private_key(private)
    if sealed[:1] != kind:
        raise VerificationFailed("the box is cut short or of another kind than this key")
    try:
        return SUITES[kind].decrypt(sealed[1:], key, info)
    except (InvalidTag, ValueError):
        raise VerificationFailed("the box was changed, or is for another key or purpose") from None


def mailbox_from_code(code: str, salt: bytes) -> tuple[bytes, bytes]:
    """The X25519 pair (32 private, 32 public bytes) of a receipt code, always the same for a code and a salt.

    `salt` is the node's own, 16 bytes or more. Raises Invalid when the code is mistyped. scrypt, about 50 ms.
    """
    if len(salt) < 16:
        raise Invalid("the salt of mailboxes has 16 bytes or more")
    work = Scrypt(salt=b"tutela-mailbox-v1" + salt, length=X25519_SIZE, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P)
    private = work.derive(normalise_code(code).encode("ascii"))
    return private, BoxKey(private=private).public


def _private_key(private: bytes) -> tuple[bytes, X25519PrivateKey | MLKEM768X25519PrivateKey]:
    if len(private) == X25519_SIZE:
        return CLASSIC, X25519PrivateKey.from_private_bytes(private)
    if len(private) != MLKEM_SEED + X25519_SIZE:
        raise Invalid(f"a box key has 96 or 32 private bytes, not {len(private)}")
    mlkem = MLKEM768PrivateKey.from_seed_bytes(private[:MLKEM_SEED])
    return HYBRID, MLKEM768X25519PrivateKey(mlkem, X25519PrivateKey.from_private_bytes(private[MLKEM_SEED:]))
