"""Members of RAR archives that libarchive does not decode, by the library rars, where it is installed (extra `rar`).

Rules:
- it holds an archive and what comes out of it whole: it is given the members that are compressed together, no others,
  within bounds of its own; beyond these they stay untold
- what it gives is taken for the member only with its checksum
"""

import zlib
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from tutela.scanning.containers.bounds import FAULTS, Bounds
from tutela.scanning.containers.rarheads import Header

_MOST_PACKED, _MOST_OUT, _AT_ONCE = 128 << 20, 256 << 20, 32 << 20
_WORKSPACE = 512 << 20
_HEADER = 512  # octets that a member counts beside its own
_MOST_HEADERS, _MOST_HEADER = 1_000_000, 2 << 20


@cache
def library() -> Any:
    """The module; None where it is not installed."""
    try:
        import rars
    except ImportError:
        return None
    return rars


class Together:
    """Members that are compressed together, as `headers` say; decoded some at a time.

    `archive` makes one of the first of them. The last members of a long row are decoded behind all before them, each
    time: the account counts that.
    """

    def __init__(self, headers: Sequence[Header], archive: Callable[[Sequence[Header]], bytes], bounds: Bounds) -> None:
        self._headers, self._archive, self._bounds = headers, archive, bounds
        self._numbers = {header.begin: number for number, header in enumerate(headers)}
        sizes = [header.size if header.size is not None else _MOST_OUT + 1 for header in headers]
        self._out = [0, *accumulate(sizes)]  # octets that come out of so many members, and that go in
        self._packed = [0, *accumulate(header.packed for header in headers)]
        self._held: dict[int, bytes] = {}  # what was decoded and not asked for yet, by where it begins

    def decoded(self, header: Header) -> bytes | None:
        """The octets of a member; None when they cannot be had. Raises Exhausted."""
        number = self._numbers.get(header.begin)
        if header.begin not in self._held and number is not None and library() is not None:
            self._held = self._next(number)
            if not self._held:
                self._numbers = {}  # nor can those behind it
        return self._held.pop(header.begin, None)

    def _next(self, first: int) -> dict[int, bytes]:
        """A member, and some of those behind it."""
        last = first + 1
        if self._out[last] - self._out[first] > self._bounds.most or not self._is_bounded(last):
            return {}
        while self._out[last] - self._out[first] < _AT_ONCE and self._is_bounded(last + 1):
            last += 1
        found = self._read(first, last) or self._read(first, first + 1)
        pairs = zip(self._headers[first:last], found, strict=False)
        return {header.begin: data for header, data in pairs if _is_it(header, data)}

    def _is_bounded(self, last: int) -> bool:
        return last < len(self._out) and self._out[last] <= _MOST_OUT and self._packed[last] <= _MOST_PACKED

    def _read(self, first: int, last: int) -> list[bytes]:
        self._bounds.spend(self._out[last] + self._packed[last] + _HEADER * last)
        self._bounds.pulse()
        return _read(self._archive(self._headers[:last]), range(first, last), self._bounds)


def _is_it(header: Header, data: bytes) -> bool:
    return len(data) == header.size and header.checksum in (None, zlib.crc32(data))


def _read(archive: bytes, chosen: Sequence[int], bounds: Bounds) -> list[bytes]:
    """The members of those numbers; none of them when one cannot be decoded."""
    module = library()
    options = module.ReadOptions(
        max_member_output_bytes=bounds.most,
        max_total_output_bytes=_MOST_OUT,
        max_reader_workspace_bytes=_WORKSPACE,
        max_header_count=_MOST_HEADERS,
        max_header_bytes=_MOST_HEADER,
    )
    try:
        opened = module.RarFile.from_bytes(archive, options=options)
        members = opened.infolist()
        return [bytes(each) for each in opened.read_many([members[each] for each in chosen], options=options)]
    except BaseException as error:  # a fault inside that library is no Exception, and has no name to catch it by
        if isinstance(error, (*FAULTS, module.Error)) or type(error).__name__ == "PanicException":
            return []
        raise
