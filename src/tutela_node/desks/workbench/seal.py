"""The seal of an item: quarter-arc tiles that stand in for a thumbnail.

Rules:
- drawn from a keyed hash of the item's id, never from the picture or its fingerprints
- nine tiles of one drawing area of 6 × 6; a tile is one of four quarter discs, or stays empty
"""

from uuid import UUID

from tutela_node.foundation.sealed import lookup

PURPOSE = "seal"
TILES = 9
QUARTERS = (
    "M{x0} {y0}h2a2 2 0 0 1-2 2z",
    "M{x1} {y0}v2a2 2 0 0 1-2-2z",
    "M{x1} {y1}h-2a2 2 0 0 1 2-2z",
    "M{x0} {y1}v-2a2 2 0 0 1 2 2z",
)


def tiles(digest: bytes) -> str:
    """The SVG path of nine tiles, one for each of the first nine bytes; one byte in nine leaves its tile empty."""
    return "".join(_tile(place, byte) for place, byte in enumerate(digest[:TILES]))


def seal_of(item: UUID) -> str:
    """The path for one item: the same on every page of this node, and different on another node."""
    return tiles(bytes.fromhex(lookup(PURPOSE, item.bytes)))


def _tile(place: int, byte: int) -> str:
    if byte % 9 == 8:
        return ""
    x, y = place % 3 * 2, place // 3 * 2
    return QUARTERS[byte % 4].format(x0=x, y0=y, x1=x + 2, y1=y + 2)
