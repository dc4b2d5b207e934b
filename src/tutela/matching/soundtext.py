"""The text of a Chromaprint fingerprint to its items, without Chromaprint's library.

Rules:
- one algorithm, the one that fpcalc uses (1): items of others cannot be compared with its own
- a text that says more items than are compared is refused before anything is made room for
- every bit is checked to be there: a text that breaks off is no fingerprint

Source: the format as Chromaprint (MIT) writes it: a byte for the algorithm and three for the number of items, then how
far apart the set bits of each item stand that differ from the item before, three bits each with 0 as the end of an
item, and five bits more, all of them behind, for what does not fit into three.
"""

import base64
import binascii

import numpy as np
import numpy.typing as npt

from tutela.errors import Invalid
from tutela.matching.kernels import compiled

Items = npt.NDArray[np.uint32]

ALGORITHM = 1
LONGEST = 4096  # items, more than eight minutes
LONGEST_TEXT = 65_536  # characters; two minutes of sound are 3,000 to 5,000
_HEAD, _BITS, _LARGEST = 4, 32, 7


def items_of_text(text: str, place: str) -> Items:
    """The items, uint32[n] with n up to 4,096, of a fingerprint in URL-safe base64. Raises Invalid with `place`."""
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"a fingerprint of sound has at most {LONGEST_TEXT:,} characters", place=place)
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("a Chromaprint fingerprint is text in URL-safe base64", place=place) from None
    if len(octets) < _HEAD:
        raise Invalid("not a Chromaprint fingerprint: it ends before its items begin", place=place)
    if octets[0] != ALGORITHM:
        raise Invalid(f"made by algorithm {octets[0]} of Chromaprint; those of {ALGORITHM} are compared", place=place)
    count = int.from_bytes(octets[1:_HEAD], "big")
    if count > LONGEST:
        raise Invalid(f"says that it has {count:,} items; at most {LONGEST:,} are compared", place=place)
    items = np.zeros(count, np.uint32)
    if not _unpack(np.frombuffer(octets, np.uint8)[_HEAD:], items):
        raise Invalid("not a Chromaprint fingerprint: it breaks off or says more bits than an item has", place=place)
    return items


@compiled
def _bits(octets: npt.NDArray[np.uint8], at: int, width: int) -> int:
    """`width` bits from bit `at` on, the lowest first; -1 beyond the end."""
    if at + width > 8 * len(octets):
        return -1
    value = 0
    for bit in range(width):
        value |= ((int(octets[(at + bit) >> 3]) >> ((at + bit) & 7)) & 1) << bit
    return value


@compiled
def _unpack(octets: npt.NDArray[np.uint8], items: Items) -> bool:
    """Fills `items`; False when the octets do not hold so many."""
    ends, at = 0, 0
    while ends < len(items):  # where the values of five bits begin: behind all of three, at a whole octet
        value = _bits(octets, at, 3)
        if value < 0:
            return False
        at += 3
        ends += value == 0
    more, at = (at + 7) & ~7, 0
    before = np.uint32(0)
    for number in range(len(items)):
        bit, item = 0, np.uint32(0)
        value = _bits(octets, at, 3)
        while value > 0:
            at += 3
            if value == _LARGEST:
                beyond = _bits(octets, more, 5)
                if beyond < 0:
                    return False
                more += 5
                value += beyond
            bit += value
            if bit > _BITS:
                return False
            item |= np.uint32(1) << np.uint32(bit - 1)
            value = _bits(octets, at, 3)
        at += 3
        before ^= item
        items[number] = before
    return True
