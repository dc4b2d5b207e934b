"""A table of reports (CSV) -> one report a row, whatever tool wrote it.

Rules:
- the first row names the columns, under our names, the usual others, or names that the reader is told
- encoding and delimiter are guessed from the first bytes and the first row alone
- a row that cannot be used is a problem with its line and stops nothing; empty rows are passed over
- a row needs an address, a hash or a note; a value that cannot be read costs the row, not the table
- a time without an offset is UTC
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import BinaryIO, cast

from tutela.errors import Invalid
from tutela.hashlists.csvlines import decoded, rows_of
from tutela.hashlists.entry import Problem
from tutela.wire.findings import MOST_FINDINGS, Finding, fault
from tutela.wire.form import Form
from tutela.wire.xarf.formats import is_host, is_ip

MOST_ROWS = 20_000
LONGEST_NOTE = 5000
LONGEST_ADDRESS = 8192
LONGEST_NAME = 200
COLUMNS = ("url", "reference", "seen_at", "note", "hash", "ip", "host", "service", "account", "viewed", "urgent")
OTHER_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("address", "link", "uri", "reported_url", "content_url"), "url"),
    **dict.fromkeys(("id", "ticket", "report_id", "external_id", "case"), "reference"),
    **dict.fromkeys(("date", "time", "timestamp", "datetime", "first_seen", "occurred_at", "happened_at"), "seen_at"),
    **dict.fromkeys(("comment", "comments", "description", "remarks", "notes", "text"), "note"),
    **dict.fromkeys(("sha256", "sha1", "md5", "sha_256", "sha_1", "checksum", "digest"), "hash"),
    **dict.fromkeys(("ip_address", "source_ip", "ipv4", "ipv6"), "ip"),
    **dict.fromkeys(("domain", "hostname", "site"), "host"),
    **dict.fromkeys(("platform", "network"), "service"),
    **dict.fromkeys(("username", "user", "account_name", "handle"), "account"),
    **dict.fromkeys(("viewed_by_human", "file_viewed"), "viewed"),
    **dict.fromkeys(("at_risk", "escalate", "priority"), "urgent"),
}
_DELIMITERS = (",", ";", "\t", "|")
_HASH = re.compile(r"(?:(md5|sha1|sha256|pdq)\s*[:=]\s*)?([0-9a-f]+)", re.IGNORECASE)
_KINDS = {32: "md5", 40: "sha1", 64: "sha256"}
_YES = {"yes", "y", "true", "1", "high", "x"}
_NO = {"no", "n", "false", "0", "low", "normal", ""}
_HEAD = 65536


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CsvReport:
    """One row. `line` counts from 1; `hashes` are `algorithm:hex`, lower case; `head` is the first row, `text` this."""

    line: int
    head: str = ""
    text: str = ""
    address: str = ""
    reference: str = ""
    seen_at: datetime | None = None
    note: str = ""
    hashes: tuple[str, ...] = ()
    ip: str = ""
    host: str = ""
    account: str = ""  # `service:name`, or the name alone
    is_viewed: bool = False
    is_urgent: bool = False


def read(
    stream: BinaryIO, *, names: Mapping[str, str] | None = None, most: int = MOST_ROWS
) -> Iterator[CsvReport | Problem]:
    """Reports and problems in the order of the file; at most `most` rows, then a problem that says so.

    `names`: column of the file -> one of `COLUMNS`. Raises Invalid where the first row names no column that is known.
    """
    head = _Ahead(stream)
    text, _ = decoded(cast("BinaryIO", head), _encoding(head.start))  # only `read` is asked for
    try:
        rows = rows_of(text, _delimiter(head.start))
        first = next(rows, (1, Problem(place="line 1", message="the table is empty")))
        table = _Table(columns=_columns(first, names or {}), head=_written(first[1]))
        for count, (line, row) in enumerate(rows):
            if count >= most:
                yield Problem(place=f"line {line}", message=f"at most {most} rows are read; send the rest apart")
                return
            found = row if isinstance(row, Problem) else _row(line, row, table)
            if found is not None:
                yield found
    finally:
        text.detach()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    columns: list[str]
    head: str


class _Ahead:
    """A stream whose first bytes were looked at."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.start = stream, stream.read(_HEAD)
        self._rest = self.start

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            return self._stream.read(size)
        given, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return given


def _encoding(start: bytes) -> str:
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if len(start) - error.start < 4 and len(start) >= _HEAD else "cp1252"
    return "utf-8"


def _delimiter(start: bytes) -> str:
    wide = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    first = (start.decode("utf-16", "replace") if wide else start.decode("latin-1")).partition("\n")[0]
    return max(_DELIMITERS, key=first.count)


def _columns(first: tuple[int, list[str] | Problem], names: Mapping[str, str]) -> list[str]:
    _, row = first
    if isinstance(row, Problem):
        raise Invalid(row.message, place=row.place)
    told = {_plain(theirs): ours for theirs, ours in names.items()}
    found = [told.get(_plain(each), "") or _named(_plain(each)) for each in row]
    if not {"url", "hash", "note"} & set(found):
        raise Invalid(
            f"the first row must name the columns, one of url, hash, note among them; known are {', '.join(COLUMNS)}",
            place="line 1",
        )
    return found


def _written(row: list[str] | Problem) -> str:
    """A row as a line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([] if isinstance(row, Problem) else row)
    return out.getvalue()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")[:60]


def _named(name: str) -> str:
    return name if name in COLUMNS else OTHER_NAMES.get(name, "")


def _row(line: int, row: list[str], table: _Table) -> CsvReport | Problem | None:
    if not any(cell.strip() for cell in row):
        return None
    if len(row) > len(table.columns):
        return _problem(line, f"has {len(row)} cells and the first row names {len(table.columns)}")
    cells: dict[str, list[str]] = {}
    for name, cell in zip(table.columns, row, strict=False):
        if name and cell.strip():
            cells.setdefault(name, []).append(cell.strip())
    try:
        return replace(_report(line, cells), head=table.head, text=_written(row))
    except Invalid as error:
        return _problem(line, f"{error.place}: {error.message}")


def _report(line: int, cells: Mapping[str, list[str]]) -> CsvReport:
    def one(name: str, longest: int = LONGEST_NAME) -> str:
        value = next(iter(cells.get(name, ())), "")
        if len(value) > longest:
            raise Invalid(f"has more than {longest} characters", place=name)
        return value

    report = CsvReport(
        line=line,
        address=one("url", LONGEST_ADDRESS),
        reference=one("reference"),
        seen_at=_moment(one("seen_at")),
        note="\n".join(cells.get("note", ()))[:LONGEST_NOTE],
        hashes=tuple(dict.fromkeys(_hash(each) for each in cells.get("hash", ()))),
        ip=_checked(one("ip"), is_ip, "ip", "an IPv4 or IPv6 address"),
        host=_checked(one("host").lower(), is_host, "host", "a host name"),
        account=":".join(filter(None, (one("service").lower(), one("account")))) if one("account") else "",
        is_viewed=_flag(one("viewed"), "viewed"),
        is_urgent=_flag(one("urgent"), "urgent"),
    )
    if not (report.address or report.hashes or report.note):
        raise Invalid("one of url, hash, note is needed", place="row")
    return report


def _hash(text: str) -> str:
    found = _HASH.fullmatch(text)
    digits = found[2].lower() if found else ""
    kind = (found[1] or "").lower() if found else ""
    wanted = {"md5": 32, "sha1": 40, "sha256": 64, "pdq": 64}.get(kind, len(digits))
    if not digits or len(digits) != wanted or not (kind or _KINDS.get(len(digits))):
        raise Invalid("must be md5, sha1 or sha256 in hexadecimal, or pdq:…", place="hash")
    return f"{kind or _KINDS[len(digits)]}:{digits}"


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("must be a date and time such as 2026-01-31T12:00:00Z", place="seen_at") from None
    if not 1970 <= found.year <= 2200:
        raise Invalid("must be a time in these centuries", place="seen_at")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _flag(text: str, place: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise Invalid("must be yes or no", place=place)
    return text.lower() in _YES


def _checked(text: str, is_right: Callable[[str], bool], place: str, wanted: str) -> str:
    if text and not is_right(text):
        raise Invalid(f"must be {wanted}", place=place)
    return text


def _problem(line: int, message: str) -> Problem:
    return Problem(place=f"line {line}", message=message)


def _looks(raw: bytes) -> bool:
    head = raw[:_HEAD]
    try:
        text, _ = decoded(io.BytesIO(head), _encoding(head))
        _columns(next(rows_of(text, _delimiter(head)), (1, Problem(place="", message=""))), {})
    except Invalid:
        return False
    return True


def _found(raw: bytes) -> tuple[Finding, ...]:
    problems = (each for each in read(io.BytesIO(raw)) if isinstance(each, Problem))
    return tuple(fault("row", each.place, each.message) for each in islice(problems, MOST_FINDINGS))


FORM = Form(name="csv", title="table of reports (CSV)", looks=_looks, check=_found)
