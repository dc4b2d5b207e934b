"""Opening of videos and sounds: from memory or a seekable stream alone, whatever the bytes ask for.

Rules:
- the demuxers are a fixed list, and no protocol is allowed: a file that names other files or addresses gets none
- one thread, no attached pictures, bounded probing; what the library raises becomes Invalid with a plain sentence
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from tutela.errors import Invalid, Limited

if TYPE_CHECKING:
    from av.container import InputContainer

DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,live_flv,mpegts,mpeg,mpegvideo,m4v,h264,hevc,asf,ogg,mp3,aac,flac,wav,w64,"
    "amr,caf,aiff,ac3,dts,ape,wv"
)
FAILURES = (  # what the library has been seen to raise for hostile bytes, beside its own errors
    ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
_OPTIONS = {
    "protocol_whitelist": "",
    "format_whitelist": DEMUXERS,
    "probesize": "5000000",
    "analyzeduration": "5000000",
}


@contextmanager
def opened(stream: BinaryIO) -> "Iterator[InputContainer]":
    """The container. Raises Invalid when it cannot be opened or read, Limited when memory does not suffice."""
    import av

    av.logging.set_level(None)
    try:
        with av.open(stream, mode="r", options=_OPTIONS, metadata_errors="ignore") as container:
            yield container
    except MemoryError as error:
        raise Limited("the file needs more memory than is allowed") from error
    except (av.FFmpegError, *FAILURES) as error:
        raise Invalid("the file is damaged, or of a variant that is not decoded here") from error
