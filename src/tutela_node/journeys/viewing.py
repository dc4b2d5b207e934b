"""A person opens one view of a picture: within the day's budget, logged, small, grey, blurred, for a few seconds."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from tutela_node.evidence import actions as evidence
from tutela_node.evidence import queries as vault
from tutela_node.foundation import clock, profile
from tutela_node.foundation.errors import Limited, Missing
from tutela_node.foundation.permissions import Actor
from tutela_node.journeys.capturing import decoder
from tutela_node.material import queries as items
from tutela_node.review import queries as review


def open_view(actor: Actor, *, item: UUID) -> UUID:
    rule = profile.current().review
    items.item(item)  # Missing, before anything is counted
    with transaction.atomic():
        if review.day(actor).left <= 0:
            raise Limited("today's views are used up: hand this item over to a colleague", place="views")
        closes = clock.now() + timedelta(seconds=rule.view_seconds)
        return evidence.open_view(actor, item=item, closes_at=closes)


def picture(actor: Actor, *, view: UUID) -> tuple[bytes, str]:
    """The veiled picture of an open view of this very person; Missing once it closed."""
    seen = vault.open_view_of(actor, view)
    object_id = items.item(seen.item).object_id
    if object_id is None:
        raise Missing("the bytes of this item are not in the vault", place="picture")
    return decoder().render_veiled(vault.read_object(object_id)), "image/jpeg"
