"""WebP files (RFC 9649): the size that one declares, and the luma of a plain one without its colours.

Rules:
- plain: one lossy picture that is whole, without transparency, profile or further chunks; anything else, and whatever
  the decoder does not like, is for `pictures`
- a lossy picture is stored as luma and colours (RFC 6386); its luma is what PDQ looks at, so that nothing else is made
  of it: the hash stays within 4 bits of that of the colours (measured)
"""

import numpy as np
import numpy.typing as npt

_LOSSLESS_SIDE = 0x3FFF
_HEADER = 20  # octets before the picture, in a file of one chunk
_BLACK, _SPAN = 16, 219  # of the luma of video (ITU-R BT.601)


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


def is_plain(data: bytes) -> bool:
    """Whether it is one lossy picture and nothing else, of the length that it says."""
    if data[:4] != b"RIFF" or data[8:16] != b"WEBPVP8 ":
        return False
    length = int.from_bytes(data[16:20], "little")
    return _HEADER + length <= len(data) <= _HEADER + length + 1


def stored_luma(data: bytes) -> npt.NDArray[np.uint8] | None:
    """uint8[h, w or more] of a file that is plain, for `full_range`; None when it does not decode to its size."""
    import av  # loading it takes a while, and most files are no WebP

    try:
        decoder = av.VideoCodecContext.create("webp", "r")
        decoder.thread_count = 1
        packet = av.Packet(data)
        frames = decoder.decode(packet) or decoder.decode(None)
    except (av.FFmpegError, ValueError, MemoryError):
        return None
    if len(frames) != 1 or (frames[0].width, frames[0].height) != webp_size(data):
        return None
    if frames[0].format.name != "yuv420p" or frames[0].is_corrupt:
        return None
    plane = frames[0].planes[0]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)


def full_range(luma: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Values 0 to 255 of those in the range of video, 16 to 235; rounded, as a decoder gives them."""
    shown: npt.NDArray[np.float32] = np.rint((luma - _BLACK) * np.float32(255 / _SPAN)).clip(0, 255)
    return shown
