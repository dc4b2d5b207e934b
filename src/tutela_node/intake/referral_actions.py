"""What goes to the police instead of review: referred by the worker, taken and answered by an officer.

Rules:
- new, taken, answered: only forward. What is taken can be answered by any officer, since people have shifts
- an answer names what the reporter may be told and may say more for the hotline, which is kept sealed
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Invalid
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.foundation.profile import current
from tutela_node.foundation.sealed import seal
from tutela_node.intake import permissions
from tutela_node.intake.errors import NoSuchReport, Taken
from tutela_node.intake.models import Referral
from tutela_node.intake.rules import OUTCOMES, ReferralState

MAX_NOTE = 2000


@transaction.atomic
def refer(actor: Actor, *, report: UUID, happening: str) -> None:
    """Puts a report into the queue of the police, once."""
    require(actor, permissions.REFER)
    now = clock.now()
    due = now + timedelta(hours=current().referral.answer_hours)
    defaults = {"happening": happening, "referred_at": now, "due_at": due, "note_sealed": b""}
    _, made = Referral.objects.get_or_create(report_id=report, defaults=defaults)
    if made:
        record(actor, "report.referred", report, {"happening": happening})


@transaction.atomic
def take_referral(actor: Actor, *, report: UUID) -> None:
    """An officer takes a referral. Raises Taken when somebody did."""
    require(actor, permissions.TAKE_REFERRALS)
    row = _referral(report)
    if row.state != ReferralState.NEW:
        raise Taken("somebody has taken this referral")
    row.state, row.taken_by, row.taken_at = ReferralState.TAKEN, person_of(actor), clock.now()
    row.save(update_fields=["state", "taken_by", "taken_at"])
    record(actor, "referral.taken", report, {})


@transaction.atomic
def answer_referral(actor: Actor, *, report: UUID, outcome: str, note: str) -> None:
    """Closes a taken referral. `outcome` is one of `rules.OUTCOMES`. Raises Taken unless it is taken, Invalid."""
    require(actor, permissions.TAKE_REFERRALS)
    row = _referral(report)
    if row.state != ReferralState.TAKEN:
        raise Taken("only a referral that was taken can be answered, once")
    if outcome not in OUTCOMES:
        raise Invalid("choose what the reporter may be told", place="outcome")
    if len(note) > MAX_NOTE:
        raise Invalid("a note has at most 2000 characters", place="note")
    row.state, row.answered_at, row.outcome = ReferralState.ANSWERED, clock.now(), outcome
    row.note_sealed = seal("words", note.strip().encode())
    row.save(update_fields=["state", "answered_at", "outcome", "note_sealed"])
    record(actor, "referral.answered", report, {"outcome": outcome})


def _referral(report: UUID) -> Referral:
    row = Referral.objects.select_for_update().filter(report=report).first()
    if row is None:
        raise NoSuchReport("there is no such referral", place=str(report))
    return row
