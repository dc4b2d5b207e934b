"""An answer's body, gathered within a bound and unpacked piece by piece.

Rules:
- gzip is what we ask for; deflate is undone when sent all the same, any other encoding is an error
- unpacked bytes are counted as they come: a small answer that unpacks into a huge one stops at the bound
- a packed body that ends early is an error, never a shorter answer
"""

import zlib
from collections.abc import Iterable

from tutela.errors import Limited, Unavailable

PIECE = 1 << 18
_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


def gather(pieces: Iterable[bytes], *, encoding: str, most: int) -> bytes:
    """The whole body, at most `most` octets once unpacked. Raises Limited beyond, Unavailable when it is broken."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return _joined(pieces, most)
    if name not in _WINDOWS:
        raise Unavailable("the answer is packed in a way we did not ask for", place="encoding")
    return _joined(_unpacked(pieces, _WINDOWS[name]), most)


def _joined(pieces: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise Limited(f"the answer is larger than {most} bytes", place="bytes")
    return bytes(body)


def _unpacked(pieces: Iterable[bytes], window: int) -> Iterable[bytes]:
    unpacker = zlib.decompressobj(window)
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if unpacker.eof:  # another member of the same gzip body
                    unpacker = zlib.decompressobj(window)
                yield unpacker.decompress(rest, PIECE)
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        while not unpacker.eof and (more := unpacker.decompress(b"", PIECE)):
            yield more
    except zlib.error:
        raise Unavailable("the answer is packed in a way that cannot be unpacked", place="encoding") from None
    if not unpacker.eof:
        raise Unavailable("the packed answer ends before its end", place="encoding")
