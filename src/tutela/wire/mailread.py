"""A mail of anybody -> its head and its parts, decoded, within bounds.

Rules:
- size, lines, parts and nesting are bounded before and while it is taken apart; what is beyond is Limited
- a part that cannot be decoded keeps the bytes that it has; a text in an unknown or wrong charset is read as Latin-1
- a message inside of a mail is one part, as bytes: it is not gone into
- where a head of a part ends in a line of nothing but white space, as some programs write it, its content begins there
- a head field is one line of text without control characters, at most `LONGEST_FIELD` characters
Source: RFC 5322, RFC 2045 to 2047, RFC 3834 (mail that programs wrote).
"""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime

from tutela.errors import Invalid, Limited, TutelaError
from tutela.wire.xarf.evidence import may_be_media

MAX_BYTES = 8 * 1024 * 1024
MOST_LINES = 250_000
MOST_PARTS = 100
MOST_MARKS = 60
MOST_DESCRIBED = 500
MAX_DEPTH = 12
LONGEST_FIELD = 4000
FAULTS = (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError, OverflowError)
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_MARK = re.compile(rb"boundary\s*=|content-type\s*:\s*message/", re.IGNORECASE)
_DESCRIBED = re.compile(
    rb"(?:\A|[\r\n])content-(?:type|disposition)[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*", re.IGNORECASE
)
_BLANK = re.compile(rb"[\r\n][ \t]+[\r\n]")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FIELD = re.compile(rb"[!-9;-~]+:|[ \t]+[^\s]")
_NO_ZONE = re.compile(r"\s-0000\s*(?:\([^()]*\)\s*)?$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MailPart:
    """`kind` is the content type in lower case; `path` counts from 1 by levels, such as 2.1. `data` is decoded."""

    path: str
    kind: str
    name: str
    data: bytes
    charset: str

    def text(self) -> str:
        """The part as text, whatever its charset says."""
        try:
            return self.data.decode(self.charset or "utf-8")
        except (UnicodeDecodeError, LookupError):
            return self.data.decode("latin-1")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Mail:
    """`senders` are the addresses of From, in lower case; `report_type` is that of a multipart/report.

    `is_automatic`: a program wrote it (RFC 3834); `is_answer`: to another mail.
    """

    message_id: str
    subject: str
    senders: tuple[str, ...]
    sent_at: datetime | None
    is_automatic: bool
    is_answer: bool
    kind: str
    report_type: str
    parts: tuple[MailPart, ...]

    def words(self) -> str:
        """The plain texts that are no attachments, one after the other."""
        return "\n\n".join(part.text().strip() for part in self.parts if part.kind == "text/plain" and not part.name)


def read_mail(data: bytes, *, max_bytes: int = MAX_BYTES) -> Mail:
    """Raises Limited above a bound, Invalid where it is no mail that can be taken apart."""
    _check_bounds(data, max_bytes)
    try:
        message = BytesParser(policy=compat32).parsebytes(_ended(data))
        if not len(message):
            raise Invalid("the mail has no head", place="line 1")
        parts = tuple(_parts(message, "", 0))
    except FAULTS:
        raise Invalid("the mail cannot be taken apart into its parts") from None
    automatic = field_of(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return Mail(
        message_id=field_of(message, "Message-ID").strip(),
        subject=field_of(message, "Subject"),
        senders=tuple(addresses_in(field_of(message, "From"))),
        sent_at=moment_in(field_of(message, "Date")),
        is_automatic=automatic not in ("", "no"),
        is_answer=automatic == "auto-replied" or bool(field_of(message, "In-Reply-To")),
        kind=message.get_content_type(),
        report_type=_parameter(message, "report-type").lower(),
        parts=parts,
    )


def first_media(mail: Mail, *, depth: int = 3) -> str:
    """The path of the first part that may be, or may hold, pictures, films or sound; empty where there is none.

    A mail inside a mail is gone into, `depth` deep; one that cannot be read may hold anything.
    """
    for part in mail.parts:
        if part.kind in _SIGNATURES:
            continue
        if not part.kind.startswith("message/") or part.kind == "message/feedback-report":
            if may_be_media(part.kind, part.data):
                return part.path
        elif depth <= 0 or _inside(part, depth):
            return part.path
    return ""


def _inside(part: MailPart, depth: int) -> bool:
    try:
        return bool(first_media(read_mail(part.data), depth=depth - 1))
    except TutelaError:
        return may_be_media(part.kind, part.data)


def field_of(message: Message, name: str) -> str:
    """A head field decoded (RFC 2047) into one line, empty where there is none."""
    return clean_field(message.get(name))


def clean_field(value: object) -> str:
    """The text of a head field in one line, decoded where it can be."""
    raw = str(value or "")[: LONGEST_FIELD * 2]
    with suppress(*FAULTS):  # what cannot be decoded stays as it was written
        raw = str(make_header(decode_header(raw))) if "=?" in raw else raw
    return _CONTROL.sub(" ", raw).strip()[:LONGEST_FIELD]


def addresses_in(field: str) -> Iterator[str]:
    """The mail addresses of a head field, in lower case."""
    for _, address in getaddresses([field[:LONGEST_FIELD]]):
        if "@" in address and len(address) <= 254:
            yield address.lower()


def moment_in(field: str) -> datetime | None:
    """The moment of a date field with its offset, -0000 as UTC (RFC 5322); None where it is none or has no offset."""
    try:
        found = parsedate_to_datetime(field[:200])
    except FAULTS:
        return None
    if found.tzinfo is None and _NO_ZONE.search(field[:200]):
        found = found.replace(tzinfo=UTC)
    return found if found.tzinfo is not None and 1970 <= found.year <= 2200 else None


def _check_bounds(data: bytes, max_bytes: int) -> None:
    if len(data) > max_bytes:
        raise Limited(f"a mail of {len(data)} bytes; at most {max_bytes} are read")
    if data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") > MOST_LINES:
        raise Limited(f"the mail has more than {MOST_LINES} lines")
    for number, found in enumerate(_DESCRIBED.finditer(data), 1):  # taking one apart costs its length squared
        if number > MOST_DESCRIBED or found.end() - found.start() > LONGEST_FIELD:
            message = f"at most {MOST_DESCRIBED} parts, each described in at most {LONGEST_FIELD} characters, are read"
            raise Limited(message, place=f"byte {found.start()}")
    marks = sum(1 for _ in _MARK.finditer(data))
    if marks > MOST_MARKS:
        raise Limited(f"the mail announces parts inside of parts {marks} times; at most {MOST_MARKS} are read")


def _ended(data: bytes) -> bytes:
    """The mail with an empty line after each head of a part that ends in a line of white space alone."""
    if not _BLANK.search(data):
        return data
    made, is_head, found = [], False, _LINE.finditer(data)
    lines = [each[0] for each in found if each[0]]
    for line, after in zip(lines, [*lines[1:], b""], strict=True):
        if is_head and line[:1] in b" \t" and not line.strip() and not after.lower().startswith(b"content-"):
            made.append(line.lstrip(b" \t"))
            is_head = False
            continue
        is_head = line.startswith(b"--") or (is_head and _FIELD.match(line) is not None)
        made.append(line)
    return b"".join(made)


def _parts(message: Message, path: str, depth: int) -> Iterator[MailPart]:
    if depth > MAX_DEPTH:
        raise Limited(f"the mail nests deeper than {MAX_DEPTH} levels", place=path)
    if message.is_multipart() and message.get_content_maintype() != "message":
        payload = message.get_payload()
        for number, each in enumerate(payload if isinstance(payload, list) else (), 1):
            if number > MOST_PARTS:
                raise Limited(f"the mail has more than {MOST_PARTS} parts side by side", place=path)
            if isinstance(each, Message):
                yield from _parts(each, f"{path}.{number}" if path else str(number), depth + 1)
        return
    yield MailPart(
        path=path or "1",
        kind=message.get_content_type().lower(),
        name=clean_field(message.get_filename() or ""),
        data=_decoded(message),
        charset=_parameter(message, "charset"),
    )


def _decoded(message: Message) -> bytes:
    """The content of a part; a message inside of it as its bytes, also where somebody encoded it against the rule."""
    payload = message.get_payload()
    if isinstance(payload, list):
        inside = b"".join(each.as_bytes() for each in payload if isinstance(each, Message))
        how = str(message.get("Content-Transfer-Encoding", "")).strip().lower()
        return _unpacked(inside) if how == "base64" else inside
    found = message.get_payload(decode=True)
    return found if isinstance(found, bytes) else str(payload or "").encode("utf-8", "surrogateescape")


def _unpacked(data: bytes) -> bytes:
    try:
        return base64.b64decode(data)
    except binascii.Error:
        return data


def _parameter(message: Message, name: str) -> str:
    value = message.get_param(name)
    text = value[2] if isinstance(value, tuple) else value
    return clean_field(text if isinstance(text, str) else "")
