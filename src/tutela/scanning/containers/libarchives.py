"""What the system's libarchive reads, member by member, where it is on the machine.

Rules:
- one format is switched on, the one that was asked for, and no filter but one that was asked for and that libarchive
  has in itself: it neither guesses nor starts a program
- what it reads it is given in pieces, forwards; what it gives is taken block by block
- links and devices are no files
"""

import locale
import logging
from contextlib import ExitStack, suppress
from ctypes import CFUNCTYPE, byref, c_char_p, c_int, c_longlong, c_size_t, c_void_p, cast, string_at
from dataclasses import dataclass, replace
from functools import cache, partial
from io import SEEK_END
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from tutela.scanning.containers.bounds import (
    DAMAGED,
    ENCRYPTED,
    FAULTS,
    PIECE,
    UNKNOWN_CODING,
    UNREAD,
    Bounds,
    Exhausted,
    named,
    part_of,
)
from tutela.scanning.parts import Part

_SKIP = CFUNCTYPE(c_longlong, c_void_p, c_void_p, c_longlong)
_FILE_TYPE, _REGULAR = 0o170000, 0o100000
_ONE_FILTER = 2  # libarchive counts the source as one
_MOST_EMPTY = 1000  # blocks of nothing
_FORMS = {
    "cab": "a cabinet (CAB)",
    "lha": "an LHA archive",
    "xar": "a XAR archive",
    "ar": "an archive of ar",
    "cpio": "a cpio archive",
    "iso9660": "a disc image (ISO 9660)",
    "rar": "a RAR archive",
    "rar5": "a RAR archive",
    "raw": "a compressed file",
}
_FILTERS = {"compress": "a file of compress (.Z)", "lzip": "an lzip file", "lz4": "an LZ4 file"}


class Source(Protocol):
    """What libarchive reads: piece by piece, forwards."""

    def read(self, size: int, /) -> bytes: ...
    def skip(self, size: int, /) -> int:
        """How many octets were passed by without reading them; 0 where that cannot be."""


class Whole:
    """A file from its begin."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._end = stream, stream.seek(0, SEEK_END)
        stream.seek(0)
        self.read = stream.read

    def skip(self, size: int, /) -> int:
        at = self._stream.tell()
        return self._stream.seek(max(at, min(at + size, self._end))) - at


def ready() -> None:
    """What a process does before it is confined: the library is looked for, and names are UTF-8 whatever the locale."""
    with suppress(locale.Error):
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    library()


@cache
def library() -> Any:
    """The binding to libarchive; None where it is not on the machine."""
    logging.getLogger("libarchive").disabled = True  # its warnings would hold names
    try:
        from libarchive import ffi
    except (ImportError, OSError, AttributeError, TypeError):  # how it says that there is no library differs
        return None
    with suppress(AttributeError, ValueError):
        ffi.ffi("entry_pathname_utf8", [c_void_p], c_char_p)
        ffi.ffi("read_set_skip_callback", [c_void_p, _SKIP], c_int, ffi.check_int)
        for form in _FORMS:
            ffi.get_read_format_function(form)
        return ffi
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A member as its header says. `size`: None when it does not say one."""

    name: str
    size: int | None
    is_file: bool


class Fault(ValueError):
    """What libarchive could not read; `problem` says why as a line does. `is_last`: nothing more can be read."""

    def __init__(self, problem: str, *, is_last: bool) -> None:
        super().__init__(problem)
        self.problem, self.is_last = problem, is_last


class Archive:
    """One archive of format `form`, read from `source`, decompressed by the filter `through`. Leaving it frees it.

    The library must be there.
    """

    def __init__(self, form: str, source: Source, bounds: Bounds, *, through: str = "none") -> None:
        self._form, self._through, self._source, self._bounds, self._ffi = form, through, source, bounds, library()
        self._piece: Any = b""
        self._block, self._hole, self._at = b"", 0, 0  # of the member: what comes next, behind how much left out
        self._read_call = self._ffi.READ_CALLBACK(self._feed)
        self._skip_call = _SKIP(self._skip)
        self._stack = ExitStack()
        self.fault = ""  # why the last read failed

    def __enter__(self) -> Self:
        """Raises Fault for what is no such archive."""
        self._archive = self._ffi.read_new()
        self._stack.callback(partial(self._call, self._ffi.read_free))
        try:
            if self._call(self._ffi.get_read_filter_function(self._through)):
                raise Fault(unread(self._through), is_last=True)  # it would start a program
            if self._call(self._ffi.get_read_format_function(self._form)):
                raise Fault(unread(self._form), is_last=True)  # built without what the format needs
            self._call(self._ffi.read_set_skip_callback, self._skip_call)
            self._call(self._ffi.read_open, None, self._ffi.NO_OPEN_CB, self._read_call, self._ffi.NO_CLOSE_CB)
            if self._through != "none" and self._ffi.filter_count(self._archive) < _ONE_FILTER:
                raise Fault(DAMAGED, is_last=True)  # it would give the file as it is
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Safe to repeat."""
        with suppress(Fault):
            self._stack.close()

    def next(self) -> Entry | None:
        """The next member; None at the end. Raises Fault."""
        found, self._block, self._hole, self._at = c_void_p(), b"", 0, 0
        if self._call(self._ffi.read_next_header, byref(found)) == self._ffi.ARCHIVE_EOF:
            return None
        octets = self._ffi.entry_pathname_utf8(found) or self._ffi.entry_pathname(found) or b""
        return Entry(
            name=named(octets.decode("utf-8", "surrogateescape")),
            size=max(0, self._ffi.entry_size(found)) if self._ffi.entry_size_is_set(found) else None,
            is_file=self._ffi.entry_filetype(found) & _FILE_TYPE == _REGULAR and not self._ffi.entry_hardlink(found),
        )

    def read(self, size: int, /) -> bytes:
        """Of the member: the next octets; none at its end. Raises Fault."""
        self.fault = ""
        try:
            for _ in range(_MOST_EMPTY):
                if self._hole or self._block:
                    return self._given(size)
                if not self._goes_on():
                    return b""
            raise Fault(DAMAGED, is_last=True)
        except Fault as fault:
            self.fault = fault.problem
            raise

    def _given(self, size: int) -> bytes:
        """Of a place that a sparse member leaves out, zeros."""
        if self._hole:
            zeros = bytes(min(self._hole, size))
            self._hole -= len(zeros)
            return zeros
        block, self._block = self._block, b""
        return block

    def _goes_on(self) -> bool:
        """Takes the next block of the member; False at its end. Not `archive_read_data`: after a member of XAR that
        gives octets of the one before.
        """
        place, size, offset = c_void_p(), c_size_t(), c_longlong()
        answer = self._call(self._ffi.read_data_block, byref(place), byref(size), byref(offset))
        if answer == self._ffi.ARCHIVE_EOF:
            return False
        if answer or offset.value < self._at:
            raise Fault(_problem(self._ffi.error_string(self._archive) or b""), is_last=False)
        self._block = string_at(place.value, size.value) if place.value and size.value else b""
        self._hole, self._at = offset.value - self._at, offset.value + len(self._block)
        return True

    def pass_by(self) -> None:
        """What is left of the member, where what follows can be decoded only behind it."""
        with suppress(Fault):
            while piece := self.read(PIECE):
                self._bounds.spend(len(piece))

    def _call(self, function: Any, *arguments: Any) -> int:
        """What it answers. Raises Fault."""
        try:
            return int(function(self._archive, *arguments))
        except self._ffi.ArchiveError as error:
            raise _fault(error) from None

    def _feed(self, archive: Any, context: Any, where: Any) -> int:
        """Called by libarchive for the next piece. Nothing may be raised: a source that fails has ended."""
        self._piece = b""
        with suppress(*FAULTS, Exhausted):
            self._piece = self._source.read(PIECE)
            self._bounds.work(len(self._piece))
        where[0] = cast(c_char_p(self._piece), c_void_p)
        return len(self._piece)

    def _skip(self, archive: Any, context: Any, size: int) -> int:
        with suppress(*FAULTS):
            return self._source.skip(size)
        return 0


def _fault(error: Any) -> Fault:
    said = error.msg.encode() if isinstance(error.msg, str) else error.msg or b""
    return Fault(_problem(said), is_last=error.retcode is None or error.retcode <= library().ARCHIVE_FATAL)


def _problem(said: bytes) -> str:
    """What libarchive's words come down to."""
    said = said.lower()
    if b"encrypt" in said:
        return ENCRYPTED
    return UNKNOWN_CODING if b"support" in said or b"unavailable" in said else DAMAGED


def member(archive: Archive, entry: Entry, bounds: Bounds) -> Part:
    """The octets of the entry that the archive gave last."""
    if entry.size is not None and entry.size > bounds.most:
        return Part(name=entry.name, data=None, size=entry.size, problem=bounds.too_large)
    part = part_of(entry.name, archive, bounds, size=entry.size)
    if archive.fault not in ("", DAMAGED) and part.data is None:
        return replace(part, problem=archive.fault)
    return part


def unread(form: str) -> str:
    """What is said of an archive of that format, or of a file of that filter, that is not looked into."""
    return UNREAD.format((_FORMS | _FILTERS)[form])
