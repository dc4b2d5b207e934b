"""Filings: reports that come in several requests, until their sender finishes them, takes them back, or forgets them.

Rules:
- an unfinished filing ends so many hours after it was opened or after its last change, whichever is later
- to anybody but the organisation that opened it, a filing does not exist
- findings are kept sealed, and never say what was written
- what one filing may hold is bounded, so that finishing it takes bounded memory and time
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tutela.wire.form import Finding
from tutela_node.intake.errors import FilingFull

MOST_FINDINGS = 200
MOST_FILES = 2000
MOST_DETAILS = 16 * 1024 * 1024  # bytes of all details of a filing together


class FilingState(StrEnum):
    OPEN = "open"
    FINISHED = "finished"
    RETRACTED = "retracted"
    EXPIRED = "expired"


class DocumentState(StrEnum):
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingValue:
    id: UUID
    number: str
    organisation: UUID
    is_test: bool
    state: FilingState
    opened_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileValue:
    """A file of a filing; `details` is its document as it came, empty where none was given."""

    file_id: str
    object_id: UUID | None
    size: int
    sha256: str
    sha1: str
    md5: str
    details: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A document that was not taken: whose, when, and why, without what was written."""

    id: UUID
    organisation: str
    received_at: datetime
    size: int
    findings: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many filings ended in which way, and how many documents were refused and are still kept."""

    by_state: dict[str, int]
    tests: int
    refused: int


def ends_at(*, opened: datetime, changed: datetime, open_hours: int, idle_hours: int) -> datetime:
    """When an unfinished filing is forgotten."""
    return max(opened + timedelta(hours=open_hours), changed + timedelta(hours=idle_hours))


def finding_values(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Findings as plain JSON."""
    kept = list(findings)[:MOST_FINDINGS]
    return [
        {"weight": str(each.weight), "rule": each.rule, "place": each.place, "line": each.line, "message": each.message}
        for each in kept
    ]


def check_room(*, files: int = 0, details: int = 0) -> None:
    """Raises Limited for a filing with so many files, or so many bytes of their details, counted with what comes."""
    if files > MOST_FILES:
        raise FilingFull(f"one report holds at most {MOST_FILES} files: open another for the rest", place="file")
    if details > MOST_DETAILS:
        said = f"the details of the files of one report have at most {MOST_DETAILS} bytes together"
        raise FilingFull(f"{said}: open another report for the rest", place="fileDetails")


def is_number(text: str) -> bool:
    """Whether a text can be the number of a filing."""
    return text.isascii() and text.isdigit() and len(text) <= 18
