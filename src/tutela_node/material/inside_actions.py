"""Every write of what lies inside of an item.

Rules:
- a piece is kept once: its members, and how far the container was read, are one transaction
- what was left out is counted; that is no failure
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import sealer
from tutela_node.material import permissions, rules
from tutela_node.material.inside_queries import NAME, contents_of
from tutela_node.material.models import Contents, Inside, Item


@transaction.atomic
def keep_inside(
    actor: Actor, *, container: UUID, found: Sequence[tuple[UUID, str]], piece: rules.Contents
) -> rules.Contents:
    """Ties members (item, the way to it inside) to their container, after those of earlier pieces. Raises Missing."""
    require(actor, permissions.REGISTER)
    if not Item.objects.select_for_update().filter(id=container).exists():
        raise Missing("there is no such item", place=str(container))
    after, seal = Inside.objects.filter(container=container).count(), sealer(NAME)
    Inside.objects.bulk_create(
        Inside(container_id=container, item_id=item, place=place, name_sealed=seal(rules.name_text(name)))
        for place, (item, name) in enumerate(found, after + 1)
    )
    whole = (contents_of(container) or rules.Contents()).with_more(piece)
    values = {
        "read_to": whole.read_to,
        "closed": list(whole.closed),
        "left_out": dict(whole.left_out),
        "is_over": whole.is_over,
        "is_archive": whole.is_archive,
    }
    Contents.objects.update_or_create(container_id=container, defaults=values)
    items = sorted({str(item) for item, _ in found})
    record(actor, "item.looked_into", container, {"items": items, "left_out": dict(piece.left_out)})
    return whole
