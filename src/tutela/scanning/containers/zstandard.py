"""Zstandard (RFC 8878), where Python has it: it comes with py7zr before Python 3.14 and is left out where it is not.

Rules:
- a window larger than 128 MiB is refused, as the reference program does
"""

from typing import Any

module: Any = None
try:
    from backports import zstd

    module = zstd
except ImportError:
    pass

ERROR: type[Exception] = module.ZstdError if module is not None else ValueError
MAGIC = b"\x28\xb5\x2f\xfd"
_WINDOW_LOG = 27


def decompressor() -> Any:
    """Raises KeyError where it is not there."""
    if module is None:
        raise KeyError("zstandard")
    return module.ZstdDecompressor(options=options())


def options() -> dict[Any, int]:
    """For a decoder, where there is one."""
    return {module.DecompressionParameter.window_log_max: _WINDOW_LOG}
