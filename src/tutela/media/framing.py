"""Length-prefixed frames on a pipe: eight octets, big-endian, then that many octets."""

import struct
from typing import BinaryIO

from tutela.errors import Limited

_LENGTH = struct.Struct(">Q")


def framed(payload: bytes) -> bytes:
    """`payload` as it is written."""
    return _LENGTH.pack(len(payload)) + payload


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """Raises OSError when the other side is gone."""
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: BinaryIO, *, most: int) -> bytes:
    """The next frame. Raises EOFError when the stream ends before it does, Limited when it is longer than `most`."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > most:
        raise Limited(f"a frame of {length:,} bytes, more than the {most:,} expected")
    return _exactly(stream, length)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    payload = stream.read(length)
    if len(payload) < length:
        raise EOFError(f"the stream ended {length - len(payload)} bytes early")
    return payload
