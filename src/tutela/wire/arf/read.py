"""A mail -> the abuse report in it (ARF), tolerant of how programs really write it, with every deviation as a finding.

Rules:
- what makes it a report is its part message/feedback-report; everything else that is not as it should be is a fault
- the three fields that RFC 5965 requires, those that stand once, those that repeat; unknown fields are kept as they are
- an unknown Feedback-Type is read as “other”, as RFC 5965 3.5 asks: a warning, for more types may be registered
- Reported-URI leads to addresses and Reported-Domain to domains; white space from folding is taken out of both
Source: RFC 5965, RFC 6430 (not-spam), RFC 6591 (auth-failure), RFC 6650 (practice), RFC 6692 (Source-Port).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from itertools import islice

from tutela.errors import Invalid
from tutela.wire.findings import MOST_FINDINGS, Finding, fault, warning
from tutela.wire.form import Form, is_refused
from tutela.wire.mailread import FAULTS, MAX_BYTES, Mail, MailPart, addresses_in, clean_field, moment_in, read_mail
from tutela.wire.xarf.formats import is_host, is_ip, is_uri

FEEDBACK = "message/feedback-report"
TYPES = ("abuse", "auth-failure", "fraud", "not-spam", "opt-out", "opt-out-list", "other", "virus")
MOST_FIELDS = 500
MOST_ADDRESSES = 50
_REQUIRED = ("Feedback-Type", "User-Agent", "Version")
_ONCE = (*_REQUIRED, "Original-Envelope-Id", "Original-Mail-From", "Arrival-Date", "Received-Date", "Reporting-MTA",
         "Source-IP", "Source-Port", "Incidents", "Auth-Failure", "Delivery-Result", "DKIM-Domain",
         "DKIM-Identity", "DKIM-Selector")  # fmt: skip
_ANNOUNCED = re.compile(rb"(?:\A|[\r\n])content-type\s*:.{0,200}?feedback-report", re.IGNORECASE | re.DOTALL)
_THIRD = ("message/rfc822", "message/rfc822-headers", "text/rfc822-headers", "message/global")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArfReport:
    """`fields` holds every field by its lower-case name, in order. `original` is the mail reported, or its head alone.

    `incidents` is 1 where it is not said; `source_ip` is empty and `arrived_at` None where they cannot be read;
    `source_ips` holds each address of a report that says several.
    """

    mail: Mail
    feedback_type: str
    fields: Mapping[str, tuple[str, ...]]
    addresses: tuple[str, ...]
    domains: tuple[str, ...]
    source_ip: str
    source_ips: tuple[str, ...]
    arrived_at: datetime | None
    incidents: int
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    original: bytes
    findings: tuple[Finding, ...]

    def field(self, name: str) -> str:
        """The first value of a field by its name, empty where there is none."""
        return next(iter(self.fields.get(name.lower(), ())), "")

    @property
    def is_broken(self) -> bool:
        return is_refused(self.findings)


def read(data: bytes, *, max_bytes: int = MAX_BYTES) -> ArfReport:
    """Raises Limited above a bound, Invalid where the mail cannot be read or holds no feedback report."""
    return of_mail(read_mail(data, max_bytes=max_bytes))


def is_feedback(mail: Mail) -> bool:
    return any(part.kind == FEEDBACK for part in mail.parts)


def of_mail(mail: Mail) -> ArfReport:
    """The report in a mail that was taken apart already. Raises Invalid where there is none."""
    part = next((part for part in mail.parts if part.kind == FEEDBACK), None)
    if part is None:
        raise Invalid(f"the mail has no part {FEEDBACK} (RFC 5965)")
    fields = _fields(part)
    third = next((part for part in mail.parts if part.kind in _THIRD), None)
    found = (*_check_shape(mail, third), *_check_fields(fields, part.path))
    kind = _first(fields, "feedback-type").lower()
    incidents = _first(fields, "incidents") or "1"
    sources = tuple(dict.fromkeys(_sources(fields)))[:MOST_ADDRESSES]
    return ArfReport(
        mail=mail,
        feedback_type=kind if kind in TYPES else "other",
        fields=fields,
        addresses=tuple(dict.fromkeys(_packed(fields, "reported-uri")))[:MOST_ADDRESSES],
        domains=tuple(dict.fromkeys(each.lower() for each in _packed(fields, "reported-domain")))[:MOST_ADDRESSES],
        source_ip=next(iter(sources), ""),
        source_ips=sources,
        arrived_at=_arrived(_first(fields, "arrival-date") or _first(fields, "received-date")),
        incidents=int(incidents) if re.fullmatch("[0-9]{1,9}", incidents) else 1,
        senders=_mails(fields, "original-mail-from"),
        recipients=_mails(fields, "original-rcpt-to"),
        original=third.data if third else b"",
        findings=found[:MOST_FINDINGS],
    )


def _fields(part: MailPart) -> Mapping[str, tuple[str, ...]]:
    """The fields of the second part; a body after an empty line counts, for those who put one before the fields."""
    data = part.data.lstrip(b"\r\n")
    try:
        head = BytesHeaderParser(policy=compat32).parsebytes(data)
        pairs = [(name, clean_field(_plain(value))) for name, value in islice(head.raw_items(), MOST_FIELDS)]
    except FAULTS:
        raise Invalid("the fields of the feedback report cannot be read", place=f"part {part.path}") from None
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name.lower()] = (*fields.get(name.lower(), ()), value)
    return fields


def _plain(value: object) -> str:
    """A field whose bytes are not ASCII: UTF-8 where it is that, else Latin-1."""
    raw = str(value).encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _check_shape(mail: Mail, third: MailPart | None) -> Iterator[Finding]:
    if mail.kind != "multipart/report":
        yield fault("kind", "Content-Type", "must be multipart/report")
    elif mail.report_type != "feedback-report":
        yield fault("kind", "Content-Type", "must name report-type=feedback-report")
    kinds = [part.kind for part in mail.parts]
    if kinds.count(FEEDBACK) > 1:
        yield fault("parts", "parts", "more than one feedback report in a mail; the first is read")
    if third is None:
        yield fault("parts", "parts", "the third part must be message/rfc822 or text/rfc822-headers")
    if not kinds or kinds[0] != "text/plain":
        yield warning("parts", "parts", "the first part should say in text what this is")


def _check_fields(fields: Mapping[str, tuple[str, ...]], path: str) -> Iterator[Finding]:
    for name in _REQUIRED:
        if not _first(fields, name):
            yield fault("required", f"part {path}, {name}", "is missing")
    for name in _ONCE:
        if len(fields.get(name.lower(), ())) > 1:
            yield fault("once", f"part {path}, {name}", "must stand once")
    kind = _first(fields, "feedback-type").lower()
    if kind and kind not in TYPES:
        message = f"should be one of {', '.join(TYPES)}; it is read as other (RFC 5965 3.5)"
        yield warning("value", f"part {path}, Feedback-Type", message)
    yield from (fault("value", f"part {path}, {name}", message) for name, message in _values(fields))


def _values(fields: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    kind = _first(fields, "feedback-type").lower()
    if kind == "auth-failure" and not _first(fields, "auth-failure"):
        yield "Auth-Failure", "is missing; a report of this type must have it (RFC 6591)"
    if not re.fullmatch(r"1(\.0)?|0\.1|", _first(fields, "version")):
        yield "Version", "must be 1"
    if not re.fullmatch("[0-9]{0,9}", _first(fields, "incidents")):
        yield "Incidents", "must be a whole number"
    source = _first(fields, "source-ip").strip("[]").removeprefix("IPv6:")
    if source and not is_ip(source):
        yield "Source-IP", "must be an IPv4 or IPv6 address"
    for name in ("Arrival-Date", "Received-Date"):
        if _first(fields, name) and moment_in(_first(fields, name)) is None:
            yield name, "must be a date and time (RFC 5322)"
    if not all(is_uri(each) for each in _packed(fields, "reported-uri")):
        yield "Reported-URI", "must be an address with its scheme (RFC 3986)"
    if not all(is_host(each) for each in _packed(fields, "reported-domain")):
        yield "Reported-Domain", "must be a domain name"


def _packed(fields: Mapping[str, tuple[str, ...]], name: str) -> list[str]:
    """Values that hold no white space of their own: what folding put in is taken out."""
    return [packed for each in fields.get(name, ()) if (packed := re.sub(r"\s+", "", each).strip("<>"))]


def _arrived(text: str) -> datetime | None:
    """As a date of a mail, or as programs write it against the form: ISO 8601 with its offset."""
    try:
        written = datetime.fromisoformat(re.sub(r"\s*(?:UTC|GMT)$", "Z", text))
    except ValueError:
        written = None
    return moment_in(text) or (written if written and written.tzinfo and 1970 <= written.year <= 2200 else None)


def _sources(fields: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The addresses of the net, as they are or as literals of RFC 5321, alone or in one line."""
    for each in fields.get("source-ip", ()):
        for word in re.split(r"[\s,]+", each):
            plain = word.strip("[]").removeprefix("IPv6:")
            if is_ip(plain):
                yield plain


def _mails(fields: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for each in fields.get(name, ()) for found in addresses_in(each)))


def _first(fields: Mapping[str, tuple[str, ...]], name: str) -> str:
    return next(iter(fields.get(name.lower(), ())), "").strip()


def _looks(raw: bytes) -> bool:
    return _ANNOUNCED.search(raw[: 64 * 1024]) is not None


def _found(raw: bytes) -> tuple[Finding, ...]:
    return read(raw).findings


FORM = Form(name="arf", title="report of abuse by mail (ARF)", looks=_looks, check=_found)
