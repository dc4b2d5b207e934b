"""A list leaves: proposed by one person, approved by another, built by the worker, fetched under a log entry."""

from uuid import UUID

from django.db import transaction

from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import copy_actions, copy_building
from tutela_node.journeys.steps import begin, register

JOURNEY = "list_handed_out"


def approve(actor: Actor, *, copy: UUID) -> None:
    with transaction.atomic():
        copy_actions.approve_copy(actor, copy=copy)
        begin(JOURNEY, copy, "build")


@register(JOURNEY, "build", prepare=copy_building.build)
def build(copy: UUID, built: copy_building.Built) -> None:
    copy_actions.name_copy(SYSTEM, copy=copy, built=built)
