"""The canonical archive: uncompressed ustar (POSIX.1-1988) of regular files, with exactly one form.

Rules:
- every header field but name, size and check sum is fixed (mode 0644, owner 0, time 0, no links, no prefix)
- padding is zero, two zero blocks end the archive, and nothing follows them
- reading rebuilds every header and compares it: whatever differs is refused with the member and the byte offset
- sizes stay below 8 GiB (11 octal digits) and names within 100 ASCII bytes; a reader never trusts a size for memory
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from tutela.errors import Invalid, Limited, VerificationFailed

BLOCK = 512
PIECE = 1024 * 1024
MAX_SIZE = 8**11 - 1
MAX_NAME = 100
END = bytes(2 * BLOCK)


def header_of(name: str, size: int) -> bytes:
    """The one header of a member; raises Invalid for a name that is not 1 to 100 printable ASCII bytes, or Limited."""
    if not name.isascii() or not name.isprintable() or not 1 <= len(name) <= MAX_NAME:
        raise Invalid(f"a member has a name of 1 to {MAX_NAME} ASCII characters", place="name")
    if not 0 <= size <= MAX_SIZE:
        raise Limited("a member of the archive has fewer than 8 GiB", place=name)
    start = name.encode().ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"0" * 11 + b"\0"
    rest = (b"0" + bytes(100) + b"ustar\x0000" + bytes(64) + b"0000000\0" * 2).ljust(BLOCK - 156, b"\0")
    total = sum(start) + sum(rest) + 8 * ord(" ")
    return start + b"%06o\0 " % total + rest


def padding_of(size: int) -> bytes:
    return bytes(-size % BLOCK)


def render_member(name: str, content: bytes) -> bytes:
    """A whole small member."""
    return header_of(name, len(content)) + content + padding_of(len(content))


class ArchiveReader:
    """Reads members in order and refuses what a canonical archive cannot hold. `offset` counts the bytes read."""

    def __init__(self, handle: BinaryIO, *, progress: Callable[[int], None] | None = None) -> None:
        self._handle = handle
        self._progress = progress
        self.offset = 0

    def read_first(self, ending: str, limit: int) -> tuple[str, bytes]:
        """The name and content of the first member, whose name ends in `ending`; Limited above `limit` bytes."""
        header = self._take(BLOCK, ending)
        raw = header[:MAX_NAME].rstrip(b"\0")
        if not raw.isascii() or not raw.endswith(ending.encode()):
            raise VerificationFailed(f"the first member must be {ending}", place="byte 0")
        name = raw.decode("ascii")
        return name, self._content(header, name, limit, ending)

    def read_small(self, name: str, limit: int, place: str) -> bytes:
        """The content of the next member, whose name is known and whose size is not; Limited above `limit` bytes."""
        return self._content(self._take(BLOCK, place), name, limit, place)

    def stream(self, name: str, size: int, place: str) -> Iterator[bytes]:
        """The pieces of a member whose name and size are both known."""
        compare_bytes(self._take(BLOCK, place), header_of(name, size), place, self.offset - BLOCK)
        left = size
        while left:
            piece = self._take(min(left, PIECE), place)
            left -= len(piece)
            yield piece
        self._pad(size, place)

    def finish(self) -> None:
        """Reads the two end blocks and makes sure that nothing follows."""
        start = self.offset
        compare_bytes(self._take(len(END), "end of archive"), END, "end of archive", start)
        if self._handle.read(1):
            raise VerificationFailed("bytes follow the end of the archive", place=f"byte {self.offset}")

    def _content(self, header: bytes, name: str, limit: int, place: str) -> bytes:
        size = self._size(header, place)
        compare_bytes(header, header_of(name, size), place, self.offset - BLOCK)
        if size > limit:
            raise Limited(f"the member has at most {limit} bytes, not {size}", place=place)
        content = self._take(size, place)
        self._pad(size, place)
        return content

    def _take(self, size: int, place: str) -> bytes:
        pieces: list[bytes] = []
        left = size
        while left:
            piece = self._handle.read(min(left, PIECE))
            if not piece:
                raise VerificationFailed("the archive is cut short", place=f"{place}, byte {self.offset}")
            pieces.append(piece)
            left -= len(piece)
            self.offset += len(piece)
            if self._progress is not None:
                self._progress(len(piece))
        return b"".join(pieces)

    def _pad(self, size: int, place: str) -> None:
        start = self.offset
        padding = padding_of(size)
        compare_bytes(self._take(len(padding), place), padding, place, start)

    def _size(self, header: bytes, place: str) -> int:
        digits = header[124:135]
        if not all(digit in b"01234567" for digit in digits):
            raise VerificationFailed("the size is not 11 octal digits", place=f"{place}, byte {self.offset - 388}")
        return int(digits, 8)


def compare_bytes(found: bytes, wanted: bytes, place: str, start: int) -> None:
    """Raises VerificationFailed with the byte offset (counted from `start`) at which two byte strings differ."""
    if found == wanted:
        return
    pairs = zip(found, wanted, strict=False)
    shorter = min(len(found), len(wanted))
    offset = next((index for index, (one, other) in enumerate(pairs) if one != other), shorter)
    raise VerificationFailed("not what its canonical form has here", place=f"{place}, byte {start + offset}")
