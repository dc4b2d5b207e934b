"""What a search found: items with their state, and addresses without an item."""

from dataclasses import dataclass
from uuid import UUID

from tutela_node.desks.workbench.review import words
from tutela_node.desks.workbench.review.sources import Place, place
from tutela_node.foundation.permissions import Actor
from tutela_node.material import queries as material


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundItem:
    id: UUID
    reference: str
    kind: words.Words
    state: words.Words
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    items: tuple[FoundItem, ...]
    places: tuple[Place, ...]  # seen, and nothing captured from there (yet)


def find(actor: Actor, text: str) -> Finding:
    """Raises Invalid when the text is empty or too long. That somebody searched is written down."""
    found = material.find(actor, text)
    seen = [material.sighting(id) for id in found.sightings]
    return Finding(
        items=tuple(
            FoundItem(
                id=each.id,
                reference=each.reference,
                kind=words.KINDS.get(each.kind, each.kind),
                state=words.ITEM_STATES[each.state],
                places=len(material.sightings_of(each.id)),
            )
            for each in material.items(found.items)
        ),
        places=tuple(place(each) for each in seen if each.item is None),
    )
