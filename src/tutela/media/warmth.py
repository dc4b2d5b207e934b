"""Compiles, or loads from their cache, the loops that decoding and hashing use.

Rules:
- a process that may not write files does this before it is confined: a cache that cannot be written costs the file
  that was being decoded
"""

import numpy as np

from tutela.media import pdq
from tutela.media.borders import borders_of
from tutela.media.png_kernels import unfilter

_SIDE = 8


def warm() -> None:
    """Takes some seconds on the first start after an installation, and a fraction of one after that."""
    pdq.hash_rgb(np.zeros((_SIDE, _SIDE, 3), np.uint8))
    place = np.zeros(1, np.int64)
    pdq.luma_of_places(np.zeros((1, 1, 1), np.uint8), place, place)
    pdq.luma_of_numbers(np.zeros((1, 1), np.uint8), np.zeros((256, 3), np.uint8), (place, place))
    pdq.hash_turned(np.zeros((_SIDE, _SIDE), np.float32))
    borders_of(np.zeros((_SIDE, _SIDE), np.float32))
    for channels in range(1, 5):
        octets = _SIDE * channels
        rows = [bytes([kind]) + bytes(octets) for kind in range(5)]
        unfilter(np.frombuffer(b"".join(rows), np.uint8), len(rows), octets, channels)
