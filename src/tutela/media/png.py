"""PNG files as they are: without text that a decoder would choke on, and only when header and pixels agree.

Rules:
- pixels of another size than the header declares make no picture: decoders fill up or drop rows in silence, and the
  fingerprint would be one of their filling
- a large compressed comment must not keep a picture from being hashed
- only the chunks before the first pixels are looked at, and only so many: what is odd is left to the decoder
"""

import zlib
from collections.abc import Iterator

from tutela.errors import Invalid

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT = {b"tEXt", b"zTXt", b"iTXt"}
_MOST_CHUNKS = 4096
_FRAME = 12  # octets of length, name and checksum around the content of a chunk
_PIECE = 1 << 20
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def without_text(data: bytes) -> bytes:
    """`data` itself when it is no PNG or has no text before its pixels. Source: PNG (W3C), clauses 5 and 11.3.3."""
    if not data.startswith(_SIGNATURE):
        return data
    kept, place = [_SIGNATURE], len(_SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        name = data[place + 4 : place + 8]
        if name in (b"", b"IDAT"):
            break
        end = place + _FRAME + int.from_bytes(data[place : place + 4])
        if name not in _TEXT:
            kept.append(data[place:end])
        place = end
    return b"".join([*kept, data[place:]])


def check_pixels(data: bytes) -> None:
    """Raises Invalid when the whole pixel data of a PNG are for another size than its header declares.

    A file that is cut short is not judged here. Source: PNG (W3C), clauses 8 (interlacing), 9 (filtering), 11.2.1.
    """
    if not data.startswith(_SIGNATURE) or data[12:16] != b"IHDR" or data[25] not in _CHANNELS:
        return
    wanted = _octets(data)
    inflater, found = zlib.decompressobj(), 0
    for piece in _pixel_data(data):
        rest = piece
        while rest and found <= wanted and not inflater.eof:
            found += len(inflater.decompress(rest, _PIECE))
            rest = inflater.unconsumed_tail
    if found > wanted or (inflater.eof and found != wanted):
        raise Invalid("the header declares another size than the pixels have")


def _octets(data: bytes) -> int:
    """Octets of filtered rows that the header declares; each row has one more for its filter."""
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    bits = data[24] * _CHANNELS[data[25]]
    passes = _ADAM7 if data[28] else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total


def _pixel_data(data: bytes) -> Iterator[bytes]:
    place = len(_SIGNATURE)
    while place + _FRAME <= len(data):
        size, name = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        if name == b"IDAT":
            yield data[place + 8 : place + 8 + size]
        elif name == b"IEND":
            return
        place += _FRAME + size
