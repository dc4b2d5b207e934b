"""What waits in quarantine is decided by people, and moved by the worker in pieces."""

from uuid import UUID

from django.db import transaction

from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import actions as hashlists
from tutela_node.journeys.list_imported import JOURNEY as IMPORTED
from tutela_node.journeys.steps import begin, register

JOURNEY = "flood_decided"


def decide(actor: Actor, *, flood: UUID, release: bool, reason: str) -> bool:
    """True when it is decided; False when a second person has to agree."""
    with transaction.atomic():
        is_decided = hashlists.decide_flood(actor, id=flood, release=release, reason=reason)
        if is_decided:
            begin(JOURNEY, flood, "move")
    return is_decided


@register(JOURNEY, "move")
def move(flood: UUID, _: object) -> None:
    """One piece; then the next, until nothing waits. What was released is compared with the queue."""
    left = hashlists.move_flood(SYSTEM, id=flood)
    if left:
        begin(JOURNEY, flood, f"move:{left}")
    else:
        begin(IMPORTED, flood, "rematch")
