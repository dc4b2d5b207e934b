"""Ed25519 signatures (RFC 8032) behind a protocol that a hardware keystore can also fulfil.

Rules:
- a signer has a name, so that its key id in a signed note is stable
- verifying raises; it never returns a boolean
- the public key exports as PEM, so that `openssl pkeyutl -verify -pubin -rawin` checks a signature without us
"""

from dataclasses import dataclass, field
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tutela.errors import Invalid, VerificationFailed


class Signer(Protocol):
    """Signs with one Ed25519 key: `public` is 32 bytes, `sign` answers 64."""

    @property
    def name(self) -> str: ...
    @property
    def public(self) -> bytes: ...
    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ed25519Signer:
    """A signer whose seed is in memory; the seed never shows in its repr."""

    name: str
    public: bytes
    _key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> Self:
        """`seed` is the 32-byte secret of RFC 8032; raises Invalid for any other length."""
        if len(seed) != 32:
            raise Invalid(f"an Ed25519 seed has 32 bytes, not {len(seed)}", place=name)
        key = Ed25519PrivateKey.from_private_bytes(seed)
        return cls(name=name, public=key.public_key().public_bytes_raw(), _key=key)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> None:
    """Raises VerificationFailed unless `signature` (64 bytes) is by the key `public` (32 bytes) over `message`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise VerificationFailed("the Ed25519 signature does not verify under this key") from None


def public_pem(public: bytes) -> bytes:
    """The 32-byte key as a PEM SubjectPublicKeyInfo (RFC 8410); raises Invalid for another length."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        raise Invalid(f"an Ed25519 public key has 32 bytes, not {len(public)}") from None
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
