"""A hash list is imported; what already waits in the queue is matched against it at once."""

from collections.abc import Mapping
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import actions as hashlists
from tutela_node.hashlists import queries as matches
from tutela_node.hashlists.actions import ImportResult
from tutela_node.journeys.report_received import put_in_queue
from tutela_node.journeys.steps import begin, register
from tutela_node.material import queries as items
from tutela_node.review import queries as review

JOURNEY = "list_imported"


def import_list(
    actor: Actor, *, name: str, format: str, mapping: Mapping[str, str], stream: BinaryIO, trusted: bool
) -> ImportResult:
    with transaction.atomic():
        result = hashlists.import_list(actor, name=name, format=format, mapping=mapping, stream=stream, trusted=trusted)
        begin(JOURNEY, result.id, "rematch")
    return result


@register(JOURNEY, "rematch")
def rematch(_: UUID, __: object) -> None:
    """Where the list says more about an item than was known, its entry in the queue is brought up to date."""
    for item in review.open_items():
        before = matches.best_match(item)
        hashlists.match_item(SYSTEM, item=item, fingerprints=items.item(item).fingerprints)
        if matches.best_match(item) != before:
            put_in_queue(item, due_at=review.due_at_of(item))
