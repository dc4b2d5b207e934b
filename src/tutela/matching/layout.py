"""The first page of an index file: what is in it, and where. `docs/spec/index-v1.md` is the text.

Rules:
- little-endian; the page is 4,096 bytes and ends in the SHA-256 of what is before it
- everything about places follows from kind, rows and bands; a page that says otherwise is refused
- a page is read before anything else of the file, and nothing is read outside what it allows
"""

import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum

from tutela.errors import Invalid
from tutela.matching.bands import MOST_BANDS, MOST_FURTHER, PADDING, WIDEST

MAGIC = b"TUTELAIX"
VERSION = 1
PAGE = 4096
SIGNED = PAGE - 32
MOST_ROWS = 2**32 - 2
HASHES, IDS, GROUPS, OFFSETS, MEMBERS, ORDER = NAMES = ("hashes", "ids", "groups", "offsets", "members", "order")

_HEAD = struct.Struct(
    "<8sIIQQIIIII"
)  # magic, version, kind, rows, size, hash and member bytes, further, bands, sections
_BAND = struct.Struct("<HH")
_SECTION = struct.Struct("<16sQQ32s")
_BANDS_AT = 64
_SECTIONS_AT = 256


class FileKind(IntEnum):
    """What the hashes of a file are."""

    PDQ = 1
    DIGESTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What decides where everything is. `bands` are (first bit, width); `has_order` when the ids do not ascend.

    A member takes `octets` bytes: a row number and, above it, `further` bits of the hash.
    """

    kind: FileKind
    rows: int
    hash_octets: int
    bands: tuple[tuple[int, int], ...]
    has_order: bool
    octets: int = 3
    further: int = 0

    def lengths(self) -> dict[str, int]:
        """The bytes of each section, in their order in the file."""
        members = len(self.bands) * self.rows * self.octets + PADDING if self.kind == FileKind.PDQ else 0
        offsets = 4 * sum((1 << width) + 1 for _, width in self.bands)
        order = 4 * self.rows if self.has_order else 0
        lengths = (self.rows * self.hash_octets, 8 * self.rows, 2 * self.rows, offsets, members, order)
        return dict(zip(NAMES, lengths, strict=True))

    def places(self) -> dict[str, tuple[int, int]]:
        """First byte and length of each section."""
        places, at = {}, PAGE
        for name, length in self.lengths().items():
            places[name] = (at, length)
            at += -(-length // PAGE) * PAGE
        return places

    def size(self) -> int:
        """Bytes of the whole file."""
        return PAGE + sum(-(-length // PAGE) * PAGE for length in self.lengths().values())


def encode(layout: Layout, digests: dict[str, bytes]) -> bytes:
    """The first page; `digests` has the SHA-256 of each section."""
    head = (MAGIC, VERSION, layout.kind, layout.rows, layout.size(), layout.hash_octets, layout.octets, layout.further)
    page = bytearray(SIGNED)
    _HEAD.pack_into(page, 0, *head, len(layout.bands), len(NAMES))
    for number, band in enumerate(layout.bands):
        _BAND.pack_into(page, _BANDS_AT + number * _BAND.size, *band)
    for number, (name, place) in enumerate(layout.places().items()):
        _SECTION.pack_into(page, _SECTIONS_AT + number * _SECTION.size, name.encode(), *place, digests[name])
    return bytes(page) + hashlib.sha256(page).digest()


def decode(page: bytes, size: int) -> tuple[Layout, dict[str, bytes]]:
    """The layout and the digests of the sections. Raises Invalid with the byte as place."""
    if len(page) < PAGE:
        raise Invalid(f"{len(page)} bytes, an index file has at least {PAGE}", place="byte 0")
    if page[:8] != MAGIC:
        raise Invalid("this is not an index file: other first bytes", place="byte 0")
    if hashlib.sha256(page[:SIGNED]).digest() != page[SIGNED:PAGE]:
        raise Invalid("the first page was changed: its digest does not hold", place=f"byte {SIGNED}")
    _, version, kind, rows, told, hash_octets, octets, further, bands, sections = _HEAD.unpack_from(page)
    _expect(version == VERSION, 8, f"format version {version}; {VERSION} can be read")
    _expect(kind in list(FileKind), 12, f"kind {kind} is unknown")
    _expect(rows <= MOST_ROWS, 16, f"{rows} rows, at most {MOST_ROWS}")
    _expect(told == size, 24, f"the file has {size} bytes and should have {told}; was it cut?")
    _expect(hash_octets == 32 if kind == FileKind.PDQ else 8 <= hash_octets <= 64, 32, f"hashes of {hash_octets} bytes")
    _expect(octets in (3, 4) and rows <= 1 << 8 * octets - min(further, 16), 36, f"members of {octets} bytes")
    _expect(further <= MOST_FURTHER, 40, f"{further} further bits, at most {MOST_FURTHER}")
    _expect(bands <= MOST_BANDS if kind == FileKind.PDQ else bands == 1, 44, f"{bands} bands")
    _expect(sections == len(NAMES), 48, f"{sections} sections, expected {len(NAMES)}")
    order_at = _SECTIONS_AT + NAMES.index(ORDER) * _SECTION.size
    layout = Layout(
        kind=FileKind(kind),
        rows=rows,
        hash_octets=hash_octets,
        bands=_bands(page, bands, 8 * hash_octets, further),
        octets=octets,
        further=further,
        has_order=_SECTION.unpack_from(page, order_at)[2] > 0,
    )
    return layout, _sections(page, layout, size)


def _bands(page: bytes, count: int, bits: int, further: int) -> tuple[tuple[int, int], ...]:
    bands, past = [], 0
    for number in range(count):
        at = _BANDS_AT + number * _BAND.size
        first, width = _BAND.unpack_from(page, at)
        _expect(past <= first, at, "bands must not overlap and must ascend")
        _expect(width <= WIDEST and first + width + further <= bits, at + 2, f"a band of {width} bits from bit {first}")
        bands.append((first, width))
        past = first + width + further
    return tuple(bands)


def _sections(page: bytes, layout: Layout, size: int) -> dict[str, bytes]:
    digests = {}
    for number, (name, place) in enumerate(layout.places().items()):
        at = _SECTIONS_AT + number * _SECTION.size
        told, *where, digest = _SECTION.unpack_from(page, at)
        _expect(told.rstrip(b"\x00") == name.encode(), at, f"expected the section {name}")
        _expect(tuple(where) == place, at + 16, f"the section {name} must lie at {place[0]} with {place[1]} bytes")
        digests[name] = digest
    _expect(layout.size() == size, 24, f"the file has {size} bytes, its sections need {layout.size()}")
    return digests


def _expect(holds: bool, at: int, message: str) -> None:
    if not holds:
        raise Invalid(message, place=f"byte {at}")
