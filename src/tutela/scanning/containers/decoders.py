"""Decompression in pieces of bounded size, whatever the method.

Rules:
- no piece that comes out is larger than was asked for, so that a bomb is counted while it goes off
- a stream that ends before its end marker raises; what came out before has been given
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from tutela.scanning.containers import zstandard

STORED, DEFLATED, BZIP2, LZMA, ZSTANDARD, XZ = 0, 8, 12, 14, 93, 95  # APPNOTE.TXT 4.4.5
_MOST_DICTIONARY = 256 << 20
_PIECE = 64 * 1024


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes: ...


class _Inflater:
    """Raw deflate in the shape of the other decompressors."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(-zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class _ZipLzma:
    """LZMA as zip files have it: a head with the properties, then a raw stream (APPNOTE.TXT 5.8.8)."""

    def __init__(self) -> None:
        self._head = b""
        self._decoder: lzma.LZMADecompressor | None = None

    @property
    def eof(self) -> bool:
        return self._decoder is not None and self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return self._decoder is None or self._decoder.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data if self._decoder is not None else b""

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        if self._decoder is None:
            self._head += data
            size = int.from_bytes(self._head[2:4], "little")
            if len(self._head) < 4 + max(size, 5):
                return b""
            self._decoder, data = _lzma_of(self._head[4 : 4 + size]), self._head[4 + size :]
        return self._decoder.decompress(data, max_length)


def _lzma_of(properties: bytes) -> lzma.LZMADecompressor:
    """Raises ValueError for properties that no encoder writes."""
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    dictionary = int.from_bytes(properties[1:5], "little")
    if dictionary > _MOST_DICTIONARY:
        raise ValueError("a dictionary larger than is taken")
    chosen = {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": max(4096, dictionary)}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[chosen])


_MADE: dict[int, Callable[[], _Decompressor]] = {
    DEFLATED: _Inflater,
    BZIP2: bz2.BZ2Decompressor,
    LZMA: _ZipLzma,
    XZ: lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=2 * _MOST_DICTIONARY),
    ZSTANDARD: zstandard.decompressor,
}


class Decoded:
    """One compressed stream, read in pieces. Raises KeyError for a method that is not known here.

    `unused`: octets taken from `pieces` that lie behind the end of the stream.
    """

    def __init__(self, method: int, pieces: Iterator[bytes]) -> None:
        self._decoder = _MADE[method]() if method != STORED else None
        self._pieces = pieces

    def read(self, size: int, /) -> bytes:
        """The next octets, `size` at most; none at the end. Raises EOFError when it is cut, and what decoders raise."""
        decoder = self._decoder
        if decoder is None:
            return next(self._pieces, b"")
        while not decoder.eof:
            piece = next(self._pieces, b"") if decoder.needs_input else b""
            starved = decoder.needs_input and not piece
            if found := decoder.decompress(piece, size):
                return found
            if starved and not decoder.eof:
                raise EOFError("the compressed stream is cut short")
        return b""

    @property
    def unused(self) -> int:
        return len(self._decoder.unused_data) if self._decoder is not None else 0


def pieces(read: Callable[[int], bytes], length: int) -> Iterator[bytes]:
    """Of the next `length` octets."""
    while length > 0 and (piece := read(min(_PIECE, length))):
        length -= len(piece)
        yield piece
