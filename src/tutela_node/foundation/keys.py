"""The local keystore: one file per key under the data folder, readable by the node's user alone.

Rules:
- a process loads only the keys its role names (`ROLE_KEYS`): the public desk can seal to the node and cannot open
- secrets are made once, by `init`, and never change silently; a missing key is an error that names it
- a key file appears whole or not at all; one that is empty, cut or unreadable is an error that names it, never a key
- a PKCS#11 keystore takes the same names; this one is the embedded default
"""

import os
from pathlib import Path

from django.conf import settings

from tutela.sealing import BoxKey, Ed25519Signer
from tutela_node.foundation.errors import Conflict, Unavailable

SECRETS = {
    "fields": 32,  # small sealed fields: addresses, list entries, drafts
    "lookups": 32,  # HMAC look-ups of sealed fields
    "vault": 32,  # wraps the key of every vault object
    "log": 32,  # Ed25519 seed: checkpoints of the custody log
    "package": 32,  # Ed25519 seed: evidence packages
    "release": 32,  # Ed25519 seed: published lists and zones
    "matcher": 32,  # Ed25519 seed: snapshots, changes and signs of life for the matchers
    "canary": 32,  # HMAC: the canaries in copies of lists
    "locator": 32,  # HMAC of receipt codes
    "draft": 32,  # sealed drafts that a reporter's browser carries
    "session": 50,  # Django's SECRET_KEY of the signed-in desks
    "intake": 96,  # HPKE private key: opens what the public desk sealed
}
MATCHER_PUBLIC = "matcher.pub"
INTAKE_PUBLIC = 1216  # octets of `intake.pub`
ROLE_KEYS = {
    "public": frozenset({"locator", "draft"}),
    "workbench": frozenset(SECRETS) - {"draft", "intake", "matcher"},
    "matcher": frozenset(),
    "mail": frozenset(),
    "api": frozenset({"fields", "lookups", "vault", "session"}),
    "worker": frozenset(SECRETS) - {"draft"},
    "all": frozenset(SECRETS),
}


def folder() -> Path:
    return Path(settings.TUTELA.data) / "keys"


def make_missing() -> list[str]:
    """Makes the keys that do not exist yet and says which. Never replaces one.

    Raises Conflict when only the public half of the intake key is there: what was sealed to it needs the old secret.
    """
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    public = folder() / "intake.pub"
    if public.exists() and not (folder() / "intake").exists():
        raise Conflict("the secret of “intake.pub” is missing: restore it from the backup of the keys", place="intake")
    made = [name for name in SECRETS if not (folder() / name).exists()]
    for name in made:
        _write(folder() / name, BoxKey.generate().private if name == "intake" else os.urandom(SECRETS[name]))
    if not public.exists():
        _write(public, BoxKey.from_private_bytes(_read("intake", SECRETS["intake"])).public)
    if not (folder() / MATCHER_PUBLIC).exists():
        seed = _read("matcher", SECRETS["matcher"])
        _write(folder() / MATCHER_PUBLIC, Ed25519Signer.from_seed("matcher", seed).public)
    return made


def secret(name: str) -> bytes:
    """The bytes of a key; raises Unavailable when this role may not have it or it was never made."""
    if name not in ROLE_KEYS[settings.TUTELA.role]:
        raise Unavailable(f"the role “{settings.TUTELA.role}” does not hold the key “{name}”", place=name)
    return _read(name, SECRETS[name])


def intake_public() -> bytes:
    """What the public desk seals to."""
    return _read("intake.pub", INTAKE_PUBLIC)


def matcher_public(data: Path) -> bytes:
    """What a matcher verifies its snapshots with; it has no settings of Django's, so it names its data folder."""
    return _content(data / "keys" / MATCHER_PUBLIC, MATCHER_PUBLIC, 32)


def signer(name: str) -> Ed25519Signer:
    """The signer behind `log`, `package` or `release`; its name is the node's origin and the key's."""
    return Ed25519Signer.from_seed(f"{settings.TUTELA.origin}/{name}", secret(name))


def _read(name: str, size: int) -> bytes:
    return _content(folder() / name, name, size)


def _content(path: Path, name: str, size: int) -> bytes:
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        raise Unavailable(f"the key “{name}” was never made: run `tutela node init`", place=name) from None
    except OSError as error:
        raise Unavailable(f"the key “{name}” cannot be read: {error.strerror}", place=name) from None
    if len(found) != size:
        raise Unavailable(f"the key “{name}” has {len(found)} octets instead of {size}: restore it", place=name)
    return found


def _write(path: Path, content: bytes) -> None:
    """The whole file under its name, or nothing: a link made last, which fails when the name is taken."""
    part = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.link(part, path)
    finally:
        part.unlink()
    folder_descriptor = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder_descriptor)
    os.close(folder_descriptor)
