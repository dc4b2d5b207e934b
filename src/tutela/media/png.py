"""PNG files as they are: without text that a decoder would choke on, and only when header and pixels agree.

Rules:
- pixels of another size than the header declares make no picture: decoders fill up or drop rows in silence, and the
  fingerprint would be one of their filling
- a large compressed comment must not keep a picture from being hashed
- only the chunks before the first pixels are looked at, and only so many: what is odd is left to the decoder
- pixels that were inflated here to be counted are handed on stored, so that the decoder need not inflate them again
"""

import zlib
from collections.abc import Iterator

from tutela.errors import Invalid

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT = {b"tEXt", b"zTXt", b"iTXt"}
_MOST_CHUNKS = 4096
_FRAME = 12  # octets of length, name and checksum around the content of a chunk
_PIECE = 1 << 20
_MOST_STORED = 64 << 20  # octets of pixels; larger ones are counted, and inflated again by the decoder
_PALETTE = 3
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


def checked(data: bytes) -> bytes:
    """`data`, whose pixels are known to be as many as its header declares; small ones come with their pixels stored.

    Raises Invalid when the whole pixel data of a PNG are for another size. A file that is cut short, or that cannot be
    inflated, is not judged here and comes back as it is; so does a file that is no PNG. Source: PNG (W3C), clauses 8
    (interlacing), 9 (filtering), 11.2.1.
    """
    if not data.startswith(_SIGNATURE) or data[12:16] != b"IHDR" or data[25] not in _CHANNELS:
        return data
    wanted = declared_octets(data)
    inflater, kept, found = zlib.decompressobj(), list[bytes](), 0
    try:
        for piece in pixel_data(data):
            rest = piece
            while rest and found <= wanted and not inflater.eof:
                part = inflater.decompress(rest, _PIECE)
                found += len(part)
                rest = inflater.unconsumed_tail
                if wanted <= _MOST_STORED:
                    kept.append(part)
    except zlib.error:
        return data
    if found > wanted or (inflater.eof and found != wanted):
        raise Invalid("the header declares another size than the pixels have")
    is_whole = inflater.eof and wanted <= _MOST_STORED
    return _with_pixels(data, zlib.compress(b"".join(kept), level=0)) if is_whole else data


def _with_pixels(data: bytes, pixels: bytes) -> bytes:
    """The file with one chunk of pixels in the place of all; what follows them (animation, text) is left out."""
    place = len(_SIGNATURE)
    while data[place + 4 : place + 8] not in (b"IDAT", b""):
        place += _FRAME + int.from_bytes(data[place : place + 4])
    chunks = [_chunk(b"IDAT", pixels), _chunk(b"IEND", b"")]
    return b"".join([data[:place], *chunks])


def _chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)


def declared_octets(data: bytes) -> int:
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


def channels_of(data: bytes) -> int | None:
    """Samples of a pixel, where a PNG file has 8 bits a sample, no palette, and all rows in one pass; else None."""
    if not data.startswith(_SIGNATURE) or data[12:16] != b"IHDR" or len(data) < 33:
        return None
    plain = data[24] == 8 and data[25] in _CHANNELS and data[25] != _PALETTE and data[26:29] == bytes(3)
    return _CHANNELS[data[25]] if plain else None


def pixel_data(data: bytes) -> Iterator[bytes]:
    """The content of the chunks that hold pixels, in their order."""
    place = len(_SIGNATURE)
    while place + _FRAME <= len(data):
        size, name = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        if name == b"IDAT":
            yield data[place + 8 : place + 8 + size]
        elif name == b"IEND":
            return
        place += _FRAME + size
