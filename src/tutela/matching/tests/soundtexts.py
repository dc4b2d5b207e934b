"""Items of a sound as the text that Chromaprint writes, for tests that need no library."""

import base64

import numpy as np
import numpy.typing as npt


def packed(items: list[list[int]]) -> bytes:
    """As the format says: positions of the bits that change, of each item, in order, from 1."""
    three, five = [], []
    for bits in items:
        for before, bit in zip([0, *bits], bits, strict=False):
            three.append(min(bit - before, 7))
            five += [bit - before - 7] if bit - before >= 7 else []
        three.append(0)
    return bytes([1, *len(items).to_bytes(3, "big")]) + _bits(three, 3) + _bits(five, 5)


def text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def text_of(items: npt.NDArray[np.uint32]) -> str:
    changes = [one ^ other for one, other in zip(items.tolist(), [0, *items.tolist()], strict=False)]
    return text(packed([[bit + 1 for bit in range(32) if change >> bit & 1] for change in changes]))


def _bits(values: list[int], width: int) -> bytes:
    whole = sum(value << (width * at) for at, value in enumerate(values))
    return whole.to_bytes((len(values) * width + 7) // 8, "little")
