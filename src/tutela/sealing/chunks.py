"""Streams sealed in chunks: Cobblestone-256 of C2SP chunked-encryption (HKDF-Expand-SHA-512, AES-256-GCM, 16 KiB).

Rules:
- a sealed stream is a 24-byte salt, a 32-byte key commitment, then chunks of 16 KiB plus a 16-byte tag; the last chunk
  is always shorter than 16 KiB, possibly empty, and so marks the end
- key, nonces and commitment come from the key, the salt and the context: the wrong context opens nothing
- plain bytes leave only after their chunk is authenticated; a caller that must not act on a part waits for the end
- constant memory both ways, and any chunk can be read alone
The `cryptography` recipe of the same name writes and reads the same bytes (a test holds us to it); it takes no salt,
names no chunk and cannot seek, which the vault needs.
"""

import hmac
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tutela.errors import Invalid, Limited, VerificationFailed

CHUNK = 16 * 1024
TAG = 16
SALT = 24
COMMITMENT = 32
OVERHEAD = SALT + COMMITMENT
MAX_CHUNKS = 2**38
LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"


class _Stream:
    """Key, base nonce and commitment of one message."""

    def __init__(self, key: bytes, salt: bytes, context: bytes) -> None:
        if len(key) != 32 or len(salt) != SALT:
            raise Invalid(f"a chunk key has 32 bytes and a salt {SALT}, not {len(key)} and {len(salt)}")
        info = LABEL + salt + context
        derived = HKDFExpand(algorithm=SHA512(), length=32 + 12 + COMMITMENT, info=info).derive(key)
        self._cipher = AESGCM(derived[:32])
        self._base = int.from_bytes(derived[32:44], "big")
        self.commitment = derived[44:]

    def seal(self, number: int, plain: bytes) -> bytes:
        return self._cipher.encrypt(self._nonce(number), plain, None)

    def open(self, number: int, sealed: bytes) -> bytes:
        if len(sealed) < TAG:
            raise VerificationFailed("the stream is cut short inside a tag", place=f"chunk {number}")
        try:
            return self._cipher.decrypt(self._nonce(number), sealed, None)
        except InvalidTag:
            message = "the chunk was changed, moved or cut short"
            raise VerificationFailed(message, place=f"chunk {number}") from None

    def _nonce(self, number: int) -> bytes:
        if not 0 <= number < MAX_CHUNKS:
            raise Limited("a sealed stream has at most 2**38 chunks", place=f"chunk {number}")
        return (self._base ^ number).to_bytes(12, "big")


class ChunkSealer:
    """Seals one stream: `update` any number of times, then `finish` once; join what they answer, in order.

    `key` is 32 uniformly random bytes, `salt` 24 random bytes never used twice with that key.
    """

    def __init__(self, key: bytes, *, context: bytes, salt: bytes) -> None:
        self._stream = _Stream(key, salt, context)
        self._pending = bytearray()
        self._ready = [salt + self._stream.commitment]
        self._number = 0
        self._finished = False

    def update(self, plain: bytes) -> bytes:
        self._refuse_finished()
        self._pending += plain
        whole = len(self._pending) // CHUNK * CHUNK
        for start in range(0, whole, CHUNK):
            self._seal(bytes(self._pending[start : start + CHUNK]))
        del self._pending[:whole]
        return self._take()

    def finish(self) -> bytes:
        self._refuse_finished()
        self._finished = True
        self._seal(bytes(self._pending))
        return self._take()

    def _seal(self, plain: bytes) -> None:
        self._ready.append(self._stream.seal(self._number, plain))
        self._number += 1

    def _take(self) -> bytes:
        taken, self._ready = b"".join(self._ready), []
        return taken

    def _refuse_finished(self) -> None:
        if self._finished:
            raise Invalid("this stream is finished; a sealer is used for one message")


def seal_chunks(key: bytes, plain: Iterable[bytes], *, context: bytes, salt: bytes) -> Iterator[bytes]:
    """The sealed stream of the joined pieces, in pieces. See `ChunkSealer`."""
    sealer = ChunkSealer(key, context=context, salt=salt)
    for piece in plain:
        yield sealer.update(piece)
    yield sealer.finish()


def open_chunks(key: bytes, sealed: BinaryIO | Iterable[bytes], *, context: bytes) -> Iterator[bytes]:
    """The plain chunks (16 KiB, the last one shorter), each yielded after it is authenticated.

    Reads until the end of `sealed`. Raises VerificationFailed with the chunk number when a chunk was changed, moved,
    removed or added, when the end is missing, or when key or context are not those of the stream (place `header`).
    """
    pieces = _Pieces(sealed)
    stream = _opened(key, pieces.take(OVERHEAD), context)
    for number in range(MAX_CHUNKS + 1):
        chunk = pieces.take(CHUNK + TAG)
        if not chunk:
            raise VerificationFailed("the stream is cut short: its last chunk is missing", place=f"chunk {number}")
        plain = stream.open(number, chunk)
        yield plain
        if len(plain) < CHUNK:
            return  # a short chunk is the last: bytes that followed it were read with it and refused


class ChunkReader:
    """Random access to a sealed stream in a seekable file. Opening checks the header and the authentic length."""

    def __init__(self, key: bytes, handle: BinaryIO, *, context: bytes) -> None:
        """Raises VerificationFailed as `open_chunks` does, for the header and the last chunk."""
        self._handle = handle
        handle.seek(0)
        self._stream = _opened(key, handle.read(OVERHEAD), context)
        body = handle.seek(0, os.SEEK_END) - OVERHEAD
        last, rest = divmod(body, CHUNK + TAG)
        if body < TAG or rest == 0:
            raise VerificationFailed("the stream is cut short: its last chunk is missing", place=f"chunk {last}")
        self.size = last * CHUNK + len(self.chunk(last))

    def chunk(self, number: int) -> bytes:
        """The plain bytes of one chunk, authenticated."""
        self._handle.seek(OVERHEAD + number * (CHUNK + TAG))
        return self._stream.open(number, self._handle.read(CHUNK + TAG))

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` plain bytes from `offset`; fewer at the end."""
        end = min(offset + max(length, 0), self.size)
        if not 0 <= offset < end:
            return b""
        first = offset // CHUNK
        plain = b"".join(self.chunk(number) for number in range(first, (end - 1) // CHUNK + 1))
        return plain[offset - first * CHUNK : end - first * CHUNK]


class _Pieces:
    """Exact-sized reads from a file or from pieces of any size."""

    def __init__(self, source: BinaryIO | Iterable[bytes]) -> None:
        self._file = source if hasattr(source, "read") else None
        self._rest = iter(()) if self._file is not None else iter(source)
        self._held = bytearray()

    def take(self, size: int) -> bytes:
        while len(self._held) < size:
            piece = self._file.read(size - len(self._held)) if self._file is not None else next(self._rest, None)
            if piece is None or (self._file is not None and not piece):
                break
            self._held += piece
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


def _opened(key: bytes, header: bytes, context: bytes) -> _Stream:
    if len(header) < OVERHEAD:
        raise VerificationFailed(
            f"a sealed stream starts with {OVERHEAD} bytes; this has {len(header)}", place="header"
        )
    stream = _Stream(key, header[:SALT], context)
    if not hmac.compare_digest(stream.commitment, header[SALT:]):
        raise VerificationFailed("this key and context are not those of the stream", place="header")
    return stream
