"""The size that a WebP file declares, read from its first chunk (RFC 9649)."""

_LOSSLESS_SIDE = 0x3FFF


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the canvas; None when this is no WebP file or its first chunk is of an unknown sort."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            packed = int.from_bytes(data[21:25], "little")
            return 1 + (packed & _LOSSLESS_SIDE), 1 + (packed >> 14 & _LOSSLESS_SIDE)
        case b"VP8 ":
            width, height = int.from_bytes(data[26:28], "little"), int.from_bytes(data[28:30], "little")
            return width & _LOSSLESS_SIDE, height & _LOSSLESS_SIDE
    return None
