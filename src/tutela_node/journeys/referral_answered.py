"""The police answer what was referred to them: the hotline reads the note, the reporter one of the six sentences."""

from uuid import UUID

from django.db import transaction

from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.intake import actions as intake
from tutela_node.intake import referral_actions as referrals


def answer(actor: Actor, *, report: UUID, outcome: str, note: str) -> None:
    """Raises Taken unless somebody took it, Invalid for an outcome that is none."""
    with transaction.atomic():
        referrals.answer_referral(actor, report=report, outcome=outcome, note=note)
        intake.answer(SYSTEM, report=report, sentence=outcome)
