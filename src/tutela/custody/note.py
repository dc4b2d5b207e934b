"""Signed notes (C2SP signed-note v1.0.0): a text, an empty line, signature lines by named Ed25519 keys.

Rules:
- a verifier key is written `name+hash+base64`: 8 hex digits of key id, then 0x01 and the 32 key bytes
- signatures of unknown keys are ignored; one of a known key that fails refuses the whole note; one must verify
- a note is at most 64 KiB with 32 signatures, is UTF-8, and has no control character but the newline
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from tutela.errors import Invalid, Limited, VerificationFailed
from tutela.sealing import Signer, verify_ed25519

ED25519 = b"\x01"
MAX_NOTE = 64 * 1024
MAX_SIGNATURES = 32
DASH = "— "


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key under a name. `public` is 32 bytes; `str(key)` is its `name+hash+base64`."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The 4 bytes by which a signature line names this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_hash.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Invalid when the parts, the kind of key or the hash are not right."""
        parts = text.strip().split("+", 2)
        if len(text) > 1000 or len(parts) != 3:
            raise Invalid("a verifier key is written name+hash+base64", place="key")
        material = decode_base64(parts[2], "key")
        if len(material) != 33 or material[:1] != ED25519:
            raise Invalid("only Ed25519 verifier keys (kind 1, 32 bytes) are known here", place="key")
        _check_name(parts[0])
        key = cls(name=parts[0], public=material[1:])
        if key.key_hash.hex() != parts[1]:
            raise Invalid("the hash of this verifier key does not fit its name and bytes", place="key")
        return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line: who, which key (4 bytes), and the signature itself."""

    name: str
    key_hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A parsed, unverified note; `text` ends in a newline."""

    text: str
    signatures: tuple[Signature, ...]


def verifier_key(signer: Signer) -> VerifierKey:
    """The verifier key of a signer, to be published; raises Invalid when its name cannot stand in a note."""
    _check_name(signer.name)
    return VerifierKey(name=signer.name, public=signer.public)


def sign_note(text: str, signers: Iterable[Signer]) -> bytes:
    """The signed note of a text that ends in a newline; raises Invalid when a note cannot carry the text."""
    if not text.endswith("\n") or _has_control(text):
        raise Invalid("the text of a note ends in a newline and has no other control character", place="text")
    lines = [_signature_line(text, signer) for signer in signers]
    if not lines:
        raise Invalid("a note has at least one signature", place="signatures")
    return f"{text}\n{''.join(lines)}".encode()


def parse_note(data: bytes) -> Note:
    """Raises Limited or Invalid with the line when the bytes are not a signed note. Verifies nothing."""
    if len(data) > MAX_NOTE:
        raise Limited(f"a signed note has at most {MAX_NOTE} bytes, not {len(data)}")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("a signed note is UTF-8", place=f"byte {error.start}") from None
    head, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n") or _has_control(whole):
        raise Invalid("a signed note is a text, an empty line and signature lines, ended by newlines")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Limited(f"a signed note has at most {MAX_SIGNATURES} signatures, not {len(lines)}")
    first = head.count("\n") + 3
    return Note(text=f"{head}\n", signatures=tuple(_parse_line(line, first + n) for n, line in enumerate(lines)))


def verify_note(data: bytes, keys: Sequence[VerifierKey]) -> Note:
    """The note, signed by at least one of `keys`.

    Raises Invalid when it is no note, VerificationFailed when a signature of a known key fails or none is known.
    """
    note = parse_note(data)
    known = {(key.name, key.key_hash): key for key in keys}
    count = 0
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_hash))
        if key is None:
            continue
        try:
            verify_ed25519(key.public, note.text.encode(), signature.signature)
        except VerificationFailed:
            raise VerificationFailed("the signature does not verify", place=f"key {signature.name}") from None
        count += 1
    if not count:
        raise VerificationFailed("no signature is by a known key", place="signatures")
    return note


def decode_base64(text: str, place: str) -> bytes:
    """Strict RFC 4648 section 4: raises Invalid for other letters, missing padding or set spare bits."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("not base64", place=place) from None
    if base64.b64encode(data).decode() != text:
        raise Invalid("not canonical base64", place=place)
    return data


def _signature_line(text: str, signer: Signer) -> str:
    raw = verifier_key(signer).key_hash + signer.sign(text.encode())
    return f"{DASH}{signer.name} {base64.b64encode(raw).decode()}\n"


def _parse_line(line: str, number: int) -> Signature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not encoded:
        raise Invalid("a signature line is an em dash, a key name and base64", place=f"line {number}")
    _check_name(name)
    raw = decode_base64(encoded, f"line {number}")
    if len(raw) < 5:
        raise Invalid("a signature has a 4-byte key id and the signature itself", place=f"line {number}")
    return Signature(name=name, key_hash=raw[:4], signature=raw[4:])


def _check_name(name: str) -> None:
    if not name or len(name) > 500 or "+" in name or any(mark.isspace() for mark in name) or _has_control(name):
        raise Invalid("a key name is not empty and has neither spaces nor “+”", place="key name")


def _has_control(text: str) -> bool:
    return any(mark < " " and mark != "\n" for mark in text)
