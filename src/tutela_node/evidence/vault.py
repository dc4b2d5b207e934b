"""Bytes into the vault: sealed while they arrive, hashed on the way, on disk before any row names them.

Rules:
- nothing plain is ever written: the receiver seals chunk by chunk (Cobblestone-256), under a key of this object alone
- the file and its folder are fsynced by `seal`, so the commit that names the object finds it there
- the object's own key is wrapped under the vault key, bound to the object's id; without it the file says nothing
- a received object that no row names is an orphan; `discard` removes it at once, fsck later
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from tutela.media.digests import Digester
from tutela.sealing import ChunkSealer, open_bytes, open_chunks, seal_bytes
from tutela_node.foundation import keys
from tutela_node.foundation.errors import Conflict, Limited, Missing, Unavailable
from tutela_node.foundation.ids import new_id

CONTEXT = b"tutela-vault-object-v1:"
SALT = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An object whose file is complete and on disk, waiting to be admitted. The key is wrapped already."""

    object_id: UUID
    size: int
    sha256: str
    sha1: str
    md5: str
    key_wrapped: bytes = field(repr=False)


class Receiver:
    """Takes the bytes of one object. `write` any number of times, then `seal` once."""

    def __init__(self, handle: BinaryIO, *, object_id: UUID, max_bytes: int) -> None:
        self._id, self._handle, self._max = object_id, handle, max_bytes
        self._key = os.urandom(32)
        self._sealer = ChunkSealer(self._key, context=context_of(object_id), salt=os.urandom(SALT))
        self._digests = Digester()
        self.is_sealed = False

    def write(self, chunk: bytes) -> None:
        """Raises Limited once the object has more bytes than it may, Unavailable when the disk takes no more."""
        if self._digests.size + len(chunk) > self._max:
            raise Limited(f"more than the {self._max} bytes that are taken", place=f"byte {self._max}")
        self._digests.update(chunk)
        with _on_disk():
            self._handle.write(self._sealer.update(chunk))

    def seal(self) -> Received:
        """The object as it was kept: on the disk, with the names that lead to it. Raises Unavailable."""
        if self.is_sealed:
            raise Conflict("this object is sealed already")
        with _on_disk():
            self._handle.write(self._sealer.finish())
            self._handle.flush()
            os.fsync(self._handle.fileno())
            fsync_folder(path_of(self._id).parent)
            fsync_folder(folder())
        found = self._digests.digests()
        received = Received(
            object_id=self._id,
            size=found.size,
            sha256=found.sha256,
            sha1=found.sha1,
            md5=found.md5,
            key_wrapped=seal_bytes(
                keys.secret("vault"), self._key, context=context_of(self._id), nonce12=os.urandom(12)
            ),
        )
        self.is_sealed = True
        return received


@contextmanager
def receive(max_bytes: int) -> Iterator[Receiver]:
    """A receiver for one object; what was not sealed when the block ends leaves no file. Raises Unavailable."""
    object_id = new_id()
    path = path_of(object_id)
    with _on_disk():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    receiver = None
    try:
        receiver = Receiver(handle, object_id=object_id, max_bytes=max_bytes)
        yield receiver
    finally:
        with suppress(OSError):  # what was sealed is on the disk; of the rest nothing stays
            handle.close()
        if receiver is None or not receiver.is_sealed:
            path.unlink(missing_ok=True)


@contextmanager
def _on_disk() -> Iterator[None]:
    """A disk that is full or broken is an outage that the sender is told of, and not a fault of what was sent."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"the vault cannot keep it: {error.strerror}", place="vault") from None


def discard(received: Received) -> None:
    """Removes an object that turned out to be one we already have. Safe to repeat."""
    path_of(received.object_id).unlink(missing_ok=True)


def open_stream(object_id: UUID, key_wrapped: bytes) -> Iterator[bytes]:
    """The plain chunks of an object, each authenticated before it is given; Missing when its file is not there."""
    key = open_bytes(keys.secret("vault"), key_wrapped, context=context_of(object_id))
    try:
        handle = path_of(object_id).open("rb")
    except FileNotFoundError:
        raise Missing("the file of this object is not in the vault", place=str(object_id)) from None
    with handle:
        yield from open_chunks(key, handle, context=context_of(object_id))


def path_of(object_id: UUID) -> Path:
    """Where the file of an object is: spread by the last two characters, which are random in a UUIDv7."""
    return folder() / object_id.hex[-2:] / object_id.hex


def folder() -> Path:
    return Path(settings.TUTELA.data) / "vault"


def context_of(object_id: UUID) -> bytes:
    return CONTEXT + object_id.bytes


def fsync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
