"""Files of lists on their way in: sealed while they arrive, read piece by piece, removed when they are taken.

Rules:
- a list in clear is never on disk: its file is sealed chunk by chunk under a key of its own, wrapped by the vault key
- the file is on disk whole before a row names it; what no running import names is removed by `tidy`
- it can be read from any place, so that every format can be read from it
"""

import io
import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings

from tutela.media.digests import Digester
from tutela.sealing import ChunkReader, ChunkSealer, open_bytes, seal_bytes
from tutela_node.foundation import keys
from tutela_node.foundation.errors import Limited, Missing, VerificationFailed
from tutela_node.foundation.ids import new_id

CONTEXT = b"tutela-list-import-v1:"
SALT = 24
AHEAD = 1 << 18
ORPHAN_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A sealed file that is complete and on disk."""

    id: UUID
    size: int
    sha256: str
    key_wrapped: bytes = field(repr=False)


class Holder:
    """Takes the bytes of one file. `write` any number of times, then `seal` once."""

    def __init__(self, handle: BinaryIO, id: UUID, most: int) -> None:
        self._handle, self._id, self._most = handle, id, most
        self._key = os.urandom(32)
        self._sealer = ChunkSealer(self._key, context=_context(id), salt=os.urandom(SALT))
        self._digests = Digester()
        self.is_sealed = False

    def write(self, piece: bytes) -> None:
        """Raises Limited once the file has more octets than it may."""
        if self._digests.size + len(piece) > self._most:
            raise Limited(f"more than the {self._most} octets that are taken", place=f"octet {self._most}")
        self._digests.update(piece)
        self._handle.write(self._sealer.update(piece))

    def seal(self) -> Held:
        self._handle.write(self._sealer.finish())
        self._handle.flush()
        os.fsync(self._handle.fileno())
        descriptor = os.open(folder(), os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        found = self._digests.digests()
        wrapped = seal_bytes(keys.secret("vault"), self._key, context=_context(self._id), nonce12=os.urandom(12))
        self.is_sealed = True
        return Held(id=self._id, size=found.size, sha256=found.sha256, key_wrapped=wrapped)


@contextmanager
def receive(most: int) -> Iterator[Holder]:
    """Holds one file of at most `most` octets; what was not sealed when the block ends leaves nothing."""
    id = new_id()
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(_path(id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    holder = None
    try:
        with os.fdopen(descriptor, "wb") as handle:
            holder = Holder(handle, id, most)
            yield holder
    finally:
        if holder is None or not holder.is_sealed:
            _path(id).unlink(missing_ok=True)


def open_held(id: UUID, key_wrapped: bytes | memoryview) -> BinaryIO:
    """The plain bytes, each chunk authenticated before it is given. Raises Missing, VerificationFailed."""
    key = open_bytes(keys.secret("vault"), bytes(key_wrapped), context=_context(id))
    try:
        handle = _path(id).open("rb")
    except FileNotFoundError:
        raise Missing("the file of this import is not there any more", place="file") from None
    try:
        reader = ChunkReader(key, handle, context=_context(id))
    except VerificationFailed:
        handle.close()
        raise
    return cast(BinaryIO, io.BufferedReader(_Plain(reader, handle), AHEAD))


def discard(id: UUID) -> None:
    """Removes a file. Safe to repeat."""
    _path(id).unlink(missing_ok=True)


def tidy(running: Collection[UUID]) -> int:
    """Removes files that no running import names and that are no longer being received; answers how many."""
    kept, gone = {each.hex for each in running}, 0
    for path in folder().glob("*") if folder().exists() else ():
        if path.name not in kept and path.stat().st_mtime < time.time() - ORPHAN_SECONDS:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def folder() -> Path:
    return Path(settings.TUTELA.data) / "imports"


def _path(id: UUID) -> Path:
    return folder() / id.hex


def _context(id: UUID) -> bytes:
    return CONTEXT + id.bytes


class _Plain(io.RawIOBase):
    """A sealed file as a plain one that can be read from any place."""

    def __init__(self, reader: ChunkReader, handle: BinaryIO) -> None:
        self._reader, self._handle, self._at = reader, handle, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._reader.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # the buffer protocol has no type in 3.11
        piece = self._reader.read(self._at, len(view))
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._handle.close()
        super().close()
