"""Reading Tutela's own list, format 2: entries in order between a header and a footer, signed by its publisher.

Rules:
- entries rise by key (source, kind, id; by code points), none twice
- verifying reads the whole file before any entry is trusted; the entries come in a second pass, which refuses at its
  end a file that changed between the two
- `SignedList` reads without a key and says nothing about who wrote the list: what it yields is unverified
- nothing is held but the line being read: memory does not grow with the list
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from tutela.custody import VerifierKey
from tutela.errors import Invalid, Limited, VerificationFailed
from tutela.hashlists.canonlines import LONGEST_LINE, Numbered, canonical, numbered
from tutela.hashlists.entry import ListEntry, Problem
from tutela.hashlists.native_entry import entry_on
from tutela.hashlists.signed_header import (
    FORMAT,
    SignedHeader,
    check_signature,
    footer_of,
    header_of,
    signature_of,
)

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A list that was signed, or whose signature was verified.

    `digest` (hex) names this very copy: the SHA-256 of all its lines but the last. `content` is the mark that all
    copies of the version share.
    """

    header: SignedHeader
    entries: int
    digest: str
    content: str


class Framed:
    """Lines between the first and the last two, hashed on their way; `end` is there when the iteration is over.

    Raises Invalid for a line that is too long, and when the last two lines are not there.
    """

    def __init__(self, lines: Numbered, first: bytes, content_line: bytes = b"") -> None:
        self._lines = lines
        self._body = hashlib.sha256(first)
        self._content = hashlib.sha256(content_line)
        self.count = 0
        self.end: tuple[tuple[int, bytes], ...] = ()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        held: list[tuple[int, bytes]] = []
        for each in self._lines:
            if len(each[1]) > LONGEST_LINE:
                raise Invalid(f"longer than {LONGEST_LINE} bytes", place=f"line {each[0]}")
            held.append(each)
            if len(held) > 2:
                number, line = held.pop(0)
                self._body.update(line)
                self._content.update(line)
                self.count += 1
                yield number, line
        if len(held) < 2:
            raise Invalid("cut: its last two lines (count and signature) are missing", place="end")
        self.end = tuple(held)

    def closed(self) -> tuple[bytes, bytes, bytes]:
        """After the iteration: SHA-256 of all before the footer, of all before the signature, and of the content."""
        whole = self._body.copy()
        whole.update(self.end[0][1])
        return self._body.digest(), whole.digest(), self._content.digest()


class SignedList:
    """A list being read without a key: `header` at once, then iterate once for entries and problems, unverified.

    Raises Invalid for a bad header at once; at the end, for a list that was cut, joined or changed.
    """

    def __init__(self, stream: BinaryIO, first: bytes = b"") -> None:
        self._lines = numbered(stream, first)
        number, self._first = next(self._lines, (1, b""))
        self.header = header_of(canonical(self._first, f"line {number}"), f"line {number}")
        self.signed: Signed | None = None

    def __iter__(self) -> Iterator[ListEntry | Problem]:
        framed = Framed(self._lines, self._first, self.header.content_line())
        before: Key | None = None
        for number, line in framed:
            found = _entry(line, f"line {number}", before)
            if isinstance(found, ListEntry):
                before = found.key
            yield found
        self.signed = _closed(framed, self.header)


def _entry(line: bytes, place: str, before: Key | None) -> ListEntry | Problem:
    try:
        found = entry_on(line, place)
    except Invalid as error:
        return Problem(place=error.place, message=error.message)
    if before is not None and found.key <= before:
        return Problem(place=place, message="entries rise by source, kind and id, none twice")
    return found


def _closed(framed: Framed, header: SignedHeader) -> Signed:
    """Raises Invalid when the footer does not fit what came before it, or the last line is no signature."""
    (place, line), (last, signature) = framed.end
    footer = footer_of(canonical(line, f"line {place}"), f"line {place}")
    body, whole, content = framed.closed()
    if footer.entries != framed.count:
        raise Invalid(f"cut or joined: {framed.count} entries, another count here", place=f"line {place}")
    if footer.sha256 != body.hex():
        raise Invalid("changed: the lines before have another SHA-256", place=f"line {place}")
    if footer.content.startswith("sha256:") and footer.content != f"sha256:{content.hex()}":
        raise Invalid("the content has another SHA-256", place=f"line {place}")
    signature_of(signature, f"line {last}")
    return Signed(header=header, entries=footer.entries, digest=whole.hex(), content=footer.content)


def verify(
    stream: BinaryIO, *, publishers: Sequence[VerifierKey], recipient: str | None = None, on: date | None = None
) -> Signed:
    """Reads the whole list from its beginning and says that one of `publishers` signed it, all of it, as it is.

    `recipient`: whom the copy must be for; None for anybody. `on`: the day on which it is to be used; None for any.
    Raises VerificationFailed with the place of what does not hold. Entries are then read with `verified_entries`.
    """
    stream.seek(0)
    try:
        found = _verified(stream, tuple(publishers))
    except (Invalid, Limited) as error:  # what is not even well formed has failed its verification
        raise VerificationFailed(error.message, place=_first_problem(stream) or error.place) from None
    header = found.header
    if recipient is not None and header.recipient != recipient:
        raise VerificationFailed("this copy is for another recipient", place="line 1, recipient")
    if on is not None and header.expires is not None and header.expires <= on:
        raise VerificationFailed(f"must not be used from {header.expires} on", place="line 1, expires")
    return found


def _verified(stream: BinaryIO, keys: tuple[VerifierKey, ...]) -> Signed:
    lines = numbered(stream)
    _, first = next(lines, (1, b""))
    header = header_of(canonical(first, "line 1"), "line 1")
    framed = Framed(lines, first, header.content_line())
    for _ in framed:
        pass
    found = _closed(framed, header)
    number, line = framed.end[1]
    check_signature(
        signature_of(line, f"line {number}"),
        bytes.fromhex(found.digest),
        form=FORMAT,
        signed_by=(header.publisher, header.key),
        keys=keys,
    )
    return found


def _first_problem(stream: BinaryIO) -> str:
    """Where a list that does not verify is out of form first, to point at; empty when every line has its form."""
    stream.seek(0)
    try:
        return next((each.place for each in SignedList(stream) if isinstance(each, Problem)), "")
    except Invalid as error:
        return error.place


def verified_entries(stream: BinaryIO, signed: Signed) -> Iterator[ListEntry | Problem]:
    """The entries of a list that `verify` passed, in a second pass over the same stream.

    Raises VerificationFailed, at the latest at the end, when the file is not the one any more that was verified.
    """
    stream.seek(0)
    try:
        again = SignedList(stream)
        yield from again
    except Invalid as error:
        raise VerificationFailed("changed since it was verified", place=error.place) from None
    if again.signed != signed:
        raise VerificationFailed("changed since it was verified", place="line 1")


def check_chain(older: Signed, newer: Signed) -> None:
    """Raises VerificationFailed unless `newer` says that it follows `older`; the copies may be for different people."""
    if newer.header.name != older.header.name or newer.header.number <= older.header.number:
        raise VerificationFailed("not a later version of the same list", place="line 1, number")
    if newer.header.previous != older.content:
        raise VerificationFailed("follows another content than that of the older list", place="line 1, previous")
