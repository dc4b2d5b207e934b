"""Bytes -> XARF reports, each with its findings and with what of it leads somewhere: addresses, hashes, evidence.

Rules:
- a body holds one report or a list of at most `MOST_REPORTS`; one report that is no good stops no other
- what can be read of a broken report is read: the findings say what is doubtful about it
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tutela.errors import Invalid, Limited
from tutela.wire.findings import MOST_FINDINGS, Finding, warning
from tutela.wire.form import Form, is_refused
from tutela.wire.jsonread import read_json
from tutela.wire.xarf import v3
from tutela.wire.xarf.check import check
from tutela.wire.xarf.evidence import DIGITS, Evidence, check_evidence, evidence_of
from tutela.wire.xarf.formats import is_moment, is_uri

MAX_BYTES = 32 * 1024 * 1024
MOST_REPORTS = 1000
MOST_ADDRESSES = 50
CHILD_TYPES = ("csam", "csem")
_NAMESPACE = uuid.UUID("6f1c3a52-7a59-5b0e-9e0b-6d0a5f3f4b1c")  # of identities that converted reports get
_SPACE = re.compile(r"[\s,]*")
_ADDRESSES = ("url", "infringing_url", "target_url", "submission_url", "redirect_chain", "linked_content.target_url",
              "spam_indicators.suspicious_links", "nzb_info.nzb_url")  # fmt: skip
_HASHES = ("hash_values", "file_hashes", "file_hash", "file_info.file_hash")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class XarfReport:
    """One report of a body. `place` points to it, `raw` is its part of the body; `value` is version 4 in any case.

    `hashes` holds (algorithm, lower-case hex) of what the report is about; `occurred_at`: None where it is unreadable.
    """

    place: str
    raw: bytes
    value: Mapping[str, Any]
    findings: tuple[Finding, ...]
    addresses: tuple[str, ...]
    hashes: tuple[tuple[str, str], ...]
    evidence: tuple[Evidence, ...]
    occurred_at: datetime | None

    @property
    def is_broken(self) -> bool:
        return is_refused(self.findings)

    @property
    def is_about_children(self) -> bool:
        """Whether it says so anywhere: a report that gets its category wrong is about children all the same."""
        tags = self.value.get("tags")
        said = (self.text("type"), *(tags if isinstance(tags, list) else ()))
        return any(isinstance(each, str) and each.strip().lower().startswith(CHILD_TYPES) for each in said)

    def text(self, name: str) -> str:
        """A text of the report by its name, empty where there is none."""
        value = self.value.get(name)
        return value if isinstance(value, str) else ""


def read(data: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[XarfReport, ...]:
    """Every report of a body. Raises Limited above a bound, Invalid where it is no JSON, no report and no list."""
    found = read_json(data, max_bytes=max_bytes)
    value = found.value
    if isinstance(value, list) and not value:
        raise Invalid("the list holds no report")
    if not isinstance(value, dict | list):
        raise Invalid("a XARF body is a report (an object) or a list of reports")
    if isinstance(value, list) and len(value) > MOST_REPORTS:
        raise Limited(f"a list holds at most {MOST_REPORTS} reports, not {len(value)}")
    twice = (_twice(),) if found.repeated else ()
    if isinstance(value, dict):
        return (_report(value, data, "", twice),)
    cut = _cut(data)
    return tuple(_report(each, next(cut), f"/{number}", twice) for number, each in enumerate(value))


def _cut(data: bytes) -> Iterator[bytes]:
    """The bytes of each entry of a list that was read already."""
    text, decoder = data.decode("utf-8-sig"), json.JSONDecoder(parse_float=str, parse_int=str)
    at = text.index("[") + 1
    while found := _SPACE.match(text, at):
        _, end = decoder.raw_decode(text, found.end())
        yield text[found.end() : end].encode()
        at = end


def _report(value: object, raw: bytes, place: str, more: tuple[Finding, ...]) -> XarfReport:
    if isinstance(value, dict) and v3.is_v3(value):
        value, found = v3.convert(value, report_id=str(uuid.uuid5(_NAMESPACE, repr(value))))
        more, later = (*more, *found), v3.judged(found, check(value))
    else:
        later = check(value)
    report: Mapping[str, Any] = value if isinstance(value, dict) else {}
    findings = (*more, *later, *check_evidence(report))
    return XarfReport(
        place=place,
        raw=raw,
        value=report,
        findings=tuple(replace(each, place=place + each.place) for each in findings),
        addresses=tuple(dict.fromkeys(_addresses(report)))[:MOST_ADDRESSES],
        hashes=tuple(dict.fromkeys(_hashes(report))),
        evidence=evidence_of(report),
        occurred_at=_moment(report.get("timestamp")),
    )


def _twice() -> Finding:
    message = "a name stands twice in one object of this body; the last one was read"
    return warning("repeated", "", message)


def _addresses(report: Mapping[str, Any]) -> Iterator[str]:
    for path in _ADDRESSES:
        for value in _at(report, path):
            if isinstance(value, str) and 0 < len(value) <= 8192:
                yield value
    source = report.get("source_identifier")
    if isinstance(source, str) and "://" in source and is_uri(source):
        yield source


def _hashes(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path in _HASHES:
        for given in _at(report, path):
            algorithm, _, digits = given.partition(":") if isinstance(given, str) else ("", "", "")
            for name, value in given.items() if isinstance(given, dict) else ((algorithm.lower(), digits),):
                if _is_digest(name, value):
                    yield name, value.lower()


def _at(value: Any, path: str) -> Iterator[Any]:
    """Every value under a path of names; what stands in lists on the way counts each."""
    for each in value if isinstance(value, list) else [value]:
        name, _, rest = path.partition(".")
        if not path:
            yield each
        elif isinstance(each, dict) and name in each:
            yield from _at(each[name], rest)


def _is_digest(algorithm: object, value: object) -> bool:
    if not isinstance(algorithm, str) or not isinstance(value, str):
        return False
    return len(value) == DIGITS.get(algorithm, 0) and re.fullmatch("[0-9a-fA-F]+", value) is not None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or not is_moment(value):
        return None
    try:
        found = datetime.fromisoformat(value.upper().replace(":60", ":59"))
    except ValueError:
        return None
    return found if 1970 <= found.year <= 2200 else None


def _looks(raw: bytes) -> bool:
    start = raw[: 64 * 1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] in (b"{", b"[") and (b'"xarf_version"' in raw or b'"ReporterInfo"' in raw)


def _found(raw: bytes) -> tuple[Finding, ...]:
    return tuple(finding for each in read(raw) for finding in each.findings)[:MOST_FINDINGS]


FORM = Form(name="xarf", title="report of abuse (XARF)", looks=_looks, check=_found)
