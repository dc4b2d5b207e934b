"""A person assesses an item: it takes effect after a pause for withdrawing it, and may then add up to a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.intake import triage as cases
from tutela_node.journeys.steps import begin, register
from tutela_node.material import actions as material
from tutela_node.material import queries as items
from tutela_node.review import actions as review
from tutela_node.review import queries as verdicts
from tutela_node.review.errors import NotAlike
from tutela_node.review.rules import Ground

JOURNEY = "assessment_made"
MOST_ALIKE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    assessment: UUID
    effective_at: datetime


def assess(actor: Actor, *, item: UUID, code: str, ground: str, viewed: bool, alike: Sequence[UUID] = ()) -> Made:
    """`alike`: reports of words, of the same case as this one, that the person read and decides alike, all or none.

    Raises NotAlike when one of them is not, or not any more.
    """
    others = [each for each in dict.fromkeys(alike) if each != item]
    with transaction.atomic():
        if others:
            _check_alike(actor, item, others)
        made = {}
        for each in sorted([item, *others]):  # in one order, so that two people never wait for each other
            seen = viewed and each == item
            made[each] = _assess(actor, item=each, code=code, ground=Ground(ground), viewed=seen)
    return made[item]


def _assess(actor: Actor, *, item: UUID, code: str, ground: Ground, viewed: bool) -> Made:
    made = review.assess(actor, item=item, code=code, ground=ground, viewed=viewed)
    begin(JOURNEY, made.id, "settle", due_at=made.effective_at)
    return Made(assessment=made.id, effective_at=made.effective_at)


def _check_alike(actor: Actor, item: UUID, others: list[UUID]) -> None:
    is_few = len(others) <= MOST_ALIKE
    if not (is_few and cases.is_one_case([item, *others]) and len(verdicts.words_for(actor, others)) == len(others)):
        raise NotAlike("one of the other reports was taken, decided or sorted meanwhile", place="alike")


def withdraw(actor: Actor, *, assessment: UUID) -> None:
    """Takes an assessment back before it takes effect; the step then finds nothing to settle."""
    with transaction.atomic():
        review.withdraw(actor, assessment=assessment)


@register(JOURNEY, "settle")
def settle(assessment: UUID, _: object) -> None:
    verdict = review.settle(SYSTEM, assessment=assessment)
    if verdict is None:
        return
    if not items.items((verdict.item,)):  # a report of words alone: there is nothing to list or remove
        begin("verdict_reached", verdict.item, "tell-words")
        return
    material.set_item_state(SYSTEM, item=verdict.item, state="decided")
    begin("verdict_reached", verdict.item, "exhibit" if verdict.illegal else "close")
