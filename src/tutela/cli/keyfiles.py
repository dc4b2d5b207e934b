"""Key files of the command line: a publisher's signing key, the secret for canaries.

Rules:
- a signing key is one line, `PRIVATE+KEY+name+hash+base64`, the private form of the verifier key `name+hash+base64`
- a secret is 64 hexadecimal digits
- a new file is readable by its owner only and takes no other file's place; an error never shows what a file holds
"""

import base64
import os
import secrets
from pathlib import Path

from tutela.custody import VerifierKey, verifier_key
from tutela.custody.note import ED25519, decode_base64
from tutela.errors import Conflict, Invalid
from tutela.sealing import Ed25519Signer

PRIVATE = "PRIVATE+KEY+"
SECRET_BYTES = 32
LARGEST = 2048


def new_signer(name: str, path: Path) -> VerifierKey:
    """A new signing key in a new file; answers what is to be published. Raises Invalid for a name, and Conflict."""
    seed = secrets.token_bytes(32)
    public = verifier_key(Ed25519Signer.from_seed(name, seed))
    _write(path, f"{PRIVATE}{name}+{public.key_hash.hex()}+{base64.b64encode(ED25519 + seed).decode()}\n")
    return public


def read_signer(path: Path) -> Ed25519Signer:
    """Raises Invalid with the path when the file holds no signing key."""
    name, _, rest = _read(path).removeprefix(PRIVATE).partition("+")
    try:
        material = decode_base64(rest.partition("+")[2], "key")
        signer = Ed25519Signer.from_seed(name, material[1:])
        if material[:1] == ED25519 and rest.partition("+")[0] == verifier_key(signer).key_hash.hex():
            return signer
    except Invalid:
        pass
    raise Invalid(f"a key file holds one line, {PRIVATE}name+hash+base64", place=str(path)) from None


def new_secret(path: Path) -> None:
    """A new secret in a new file. Raises Conflict when there is one."""
    _write(path, secrets.token_bytes(SECRET_BYTES).hex() + "\n")


def read_secret(path: Path) -> bytes:
    """Raises Invalid with the path when the file holds no secret."""
    try:
        secret = bytes.fromhex(_read(path))
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise Invalid(f"a secret file holds {2 * SECRET_BYTES} hexadecimal digits", place=str(path))
    return secret


def _read(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.read(LARGEST).decode("utf-8", "replace").strip()


def _write(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict("is there already; a key is never replaced", place=str(path)) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
