"""What was asked and replied about a report, as staff and the police read it. Every read is written down."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import unseal
from tutela_node.intake import permissions
from tutela_node.intake.legible import legible
from tutela_node.intake.models import Question, Reply


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Turn:
    """One question or one reply. `asked_by` is None for a reply; `text` is "" for what could not be opened."""

    asked_by: UUID | None
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A reply in a list: nothing of what it says."""

    report: UUID
    reference: str
    at: datetime


def conversation(actor: Actor, report: UUID) -> tuple[Turn, ...]:
    """Oldest first."""
    require(actor, permissions.ASK)
    record_read(actor, "conversation.read", report)
    asked = [
        Turn(asked_by=row.asked_by, at=row.asked_at, text=unseal("words", row.text_sealed).decode())
        for row in Question.objects.filter(report=report)
    ]
    replies = [
        Turn(
            asked_by=None,
            at=row.received_at,
            text=legible(unseal("words", row.text_sealed).decode()) if row.text_sealed else "",
        )
        for row in Reply.objects.filter(report=report)
    ]
    return tuple(sorted([*asked, *replies], key=lambda each: each.at))


def newest_replies(actor: Actor, *, limit: int = 20) -> tuple[News, ...]:
    """The newest replies first."""
    require(actor, permissions.READ)
    rows = Reply.objects.filter(report__isnull=False).select_related("report").order_by("-received_at", "-id")[:limit]
    return tuple(
        News(report=row.report.id, reference=row.report.reference, at=row.received_at) for row in rows if row.report
    )


def _opened(sealed: bytes | memoryview) -> str:
    """What a reporter added; nothing until the worker has opened it."""
    return legible(unseal("words", sealed).decode()) if sealed else ""
