"""The queue of what went to the police, as the police and the hotline read it. Every read is written down."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import unseal
from tutela_node.intake import permissions, queries
from tutela_node.intake.errors import NoSuchReport
from tutela_node.intake.models import Referral
from tutela_node.intake.queries import ReportValue
from tutela_node.intake.rules import ReferralState

SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralLine:
    """A referral in the queue: nothing of what it says."""

    report: UUID
    reference: str
    happening: str
    voice: str
    language: str
    state: ReferralState
    referred_at: datetime
    due_at: datetime
    taken_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReferralValue:
    """A referral with its report. `note` is what an officer left for the hotline."""

    line: ReferralLine
    report: ReportValue
    taken_at: datetime | None
    answered_at: datetime | None
    outcome: str
    note: str


def referral_queue(actor: Actor) -> tuple[ReferralLine, ...]:
    """New ones first, then those taken, by when they are due; then the newest that were answered."""
    require(actor, permissions.READ_REFERRALS)
    record_read(actor, "referrals.read", None)
    rows = Referral.objects.select_related("report")
    waiting = [*rows.filter(state=ReferralState.NEW).order_by("due_at", "id")[:SHOWN]]
    taken = [*rows.filter(state=ReferralState.TAKEN).order_by("due_at", "id")[:SHOWN]]
    done = [*rows.filter(state=ReferralState.ANSWERED).order_by("-answered_at", "-id")[:20]]
    return tuple(_line(row) for row in (*waiting, *taken, *done))


def referral(actor: Actor, report: UUID) -> ReferralValue:
    """Raises NoSuchReport when this report was never referred."""
    require(actor, permissions.READ_REFERRALS)
    row = Referral.objects.select_related("report").filter(report=report).first()
    if row is None:
        raise NoSuchReport("there is no such referral", place=str(report))
    record_read(actor, "referral.read", report)
    return ReferralValue(
        line=_line(row),
        report=queries.value_of(row.report),
        taken_at=row.taken_at,
        answered_at=row.answered_at,
        outcome=row.outcome,
        note=unseal("words", row.note_sealed).decode() if row.note_sealed else "",
    )


def is_referred(report: UUID) -> bool:
    return Referral.objects.filter(report=report).exists()


def _line(row: Referral) -> ReferralLine:
    return ReferralLine(
        report=row.report_id,
        reference=row.report.reference,
        happening=row.happening,
        voice=row.report.voice,
        language=row.report.language,
        state=ReferralState(row.state),
        referred_at=row.referred_at,
        due_at=row.due_at,
        taken_by=row.taken_by,
    )
