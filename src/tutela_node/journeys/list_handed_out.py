"""A list leaves: proposed by one person, approved by another, built by the worker, fetched under a log entry."""

from uuid import UUID

from django.db import transaction

from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import copies, copying
from tutela_node.journeys.steps import begin, register

JOURNEY = "list_handed_out"


def approve(actor: Actor, *, copy: UUID) -> None:
    with transaction.atomic():
        copying.approve_copy(actor, copy=copy)
        begin(JOURNEY, copy, "build")


@register(JOURNEY, "build", prepare=copies.build)
def build(copy: UUID, built: copies.Built) -> None:
    copying.name_copy(SYSTEM, copy=copy, built=built)
