"""Messages (RFC 5322, MIME) and mailboxes of them (mbox, RFC 4155): attachments and pictures in the text.

Rules:
- a message is told by its first header fields: two that mail has, and nothing between them that is no field
- every part is a member but text without a file name, which gives what is written in it
- a message inside a message is gone into
- a part is named by its file name, else by its address, else by its number; a message of a mailbox by its number
- a message that cannot be read costs itself alone
- of a header field so many characters count: the library that reads them takes the square of their number as time
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Compat32
from typing import BinaryIO

from tutela.scanning.containers.bounds import DAMAGED_MEMBER, FAULTS, REST, Bounds, named
from tutela.scanning.containers.written import in_text
from tutela.scanning.parts import Part

TOO_NESTED = "more parts inside of parts than are gone into"
_DEPTH = 40
_PIECE = 1 << 20
_LONGEST_LINE = 1 << 16
_LONGEST_FIELD = 4096
_BOM = b"\xef\xbb\xbf"
_FIELD = re.compile(rb"([!-9;-~]{1,100}):")
_FAULTS = (*FAULTS, MessageError)
_SURE = frozenset((
    b"from", b"received", b"return-path", b"message-id", b"mime-version", b"delivered-to", b"dkim-signature",
    b"x-mozilla-status", b"x-gmail-labels", b"path", b"newsgroups",
))  # fmt: skip
_MAIL = _SURE | {
    b"to", b"cc", b"subject", b"date", b"reply-to", b"sender", b"content-type", b"content-transfer-encoding",
    b"x-mailer", b"references", b"in-reply-to", b"user-agent", b"status", b"snapshot-content-location",
}  # fmt: skip


class _Short(Compat32):
    """The library's own rules, for a field as far as it counts."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_FIELD]


_SHORT = _Short()


def is_message(head: bytes) -> bool:
    """Whether a file that begins like this is one message."""
    lines = head.removeprefix(_BOM).splitlines()
    names = set[bytes]()
    for line in lines[:-1]:  # the last one may be cut
        if not line.strip():
            break
        if line[:1] in b" \t" and names:
            continue
        if (field := _FIELD.match(line)) is None:
            return False
        names.add(field[1].lower())
    return len(names & _MAIL) >= 2 and bool(names & _SURE)


def is_mailbox(head: bytes) -> bool:
    """Whether a file that begins like this holds messages one after the other."""
    first, _, rest = head.partition(b"\n")
    return first.startswith(b"From ") and is_message(rest)


def message(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """The parts of one message."""
    most = bounds.most
    data = stream.read(most + 1)
    yield from _of(data, bounds) if len(data) <= most else _too_large(bounds)


def mailbox(stream: BinaryIO, bounds: Bounds) -> Iterator[Part]:
    """The parts of every message, under the number of the message."""
    for number, data in enumerate(_messages(stream, bounds), 1):
        bounds.count()
        way = f"$message/{number}/"
        for part in _too_large(bounds) if data is None else _of(data, bounds):
            yield Part(name=way + part.name, data=part.data, size=part.size, problem=part.problem)


def _too_large(bounds: Bounds) -> Iterator[Part]:
    yield Part(name=REST, data=None, problem=bounds.too_large)


def _messages(stream: BinaryIO, bounds: Bounds) -> Iterator[bytes | None]:
    """Each message without the line that begins it; None for one that is too large."""
    kept, size, blank = list[bytes](), -1, True
    while line := stream.readline(_LONGEST_LINE):
        bounds.spend(len(line))
        if blank and line.startswith(b"From "):
            if size >= 0:
                yield b"".join(kept) if size <= bounds.most else None
            kept, size = [], 0
        else:
            size += len(line)
            if size <= bounds.most:
                kept.append(line)
        blank = line in (b"\n", b"\r\n")
    if size >= 0:
        yield b"".join(kept) if size <= bounds.most else None


def _of(data: bytes, bounds: Bounds) -> Iterator[Part]:
    parser = BytesFeedParser(policy=_SHORT)
    try:
        for at in range(0, len(data), _PIECE):
            parser.feed(data[at : at + _PIECE])
            bounds.pulse()
        parsed = parser.close()
    except _FAULTS:
        yield Part(name=REST, data=None, problem=DAMAGED_MEMBER)
        return
    yield from _Parts(bounds).under(parsed, "", 0)


class _Parts:
    """The parts of one message, numbered as they come."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds, self._number = bounds, 0

    def under(self, message: Message, way: str, depth: int) -> Iterator[Part]:
        if depth > _DEPTH:
            yield Part(name=way + REST, data=None, problem=TOO_NESTED)
        elif message.is_multipart():
            if message.get_content_maintype() == "message":
                self._number += 1
                way += f"{self._name(message)}/"
            for each in message.get_payload():
                if isinstance(each, Message):
                    yield from self.under(each, way, depth + 1)
        else:
            self._number += 1
            part = self._part(message, way)
            if message.get_content_maintype() != "text" or self._said(message):
                self._bounds.count()
                yield part
            elif part.data is not None:
                yield from (replace(each, name=way + each.name) for each in in_text(part.data, self._bounds))

    def _part(self, message: Message, way: str) -> Part:
        name = way + self._name(message)
        try:
            data = message.get_payload(decode=True)
        except _FAULTS:
            return Part(name=name, data=None, problem=DAMAGED_MEMBER)
        if not isinstance(data, bytes):
            return Part(name=name, data=None, problem=DAMAGED_MEMBER)
        self._bounds.spend(len(data))
        if len(data) > self._bounds.most:
            return Part(name=name, data=None, size=len(data), problem=self._bounds.too_large)
        return Part(name=name, data=data)

    def _name(self, message: Message) -> str:
        return named(self._said(message) or f"$part/{self._number}")

    def _said(self, message: Message) -> str:
        """The name that the headers say; none when they say it in a way that nobody can read."""
        try:
            name = message.get_filename() or str(message.get("Content-Location", ""))
            return str(make_header(decode_header(name))).strip() if "=?" in name else name.strip()
        except _FAULTS:
            return ""
