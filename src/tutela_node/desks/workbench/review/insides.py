"""What lies inside of an item, and inside of what an item lies, as the item's page shows it.

Rules:
- names are what strangers wrote: they are made legible here and escaped by the page
- nothing inside is opened or shown here: each member has its own page, with its own views
"""

from dataclasses import dataclass
from uuid import UUID

from tutela_node.desks.workbench.review import words
from tutela_node.hashlists import queries as matches
from tutela_node.hashlists.rules import SOUND
from tutela_node.intake.legible import legible
from tutela_node.journeys.contents_decided import is_icon, is_settled_by_contents, is_whole
from tutela_node.material import inside_queries as inside
from tutela_node.material.inside_queries import InsideValue
from tutela_node.material.rules import ItemState
from tutela_node.review.rules import Reason

MEMBERS = 100
AROUND = 3  # containers of one member


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Member:
    id: UUID
    reference: str
    name: str
    kind: words.Words
    size: int
    listed: words.Words  # how our lists know it, "" when none does
    state: words.Words


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Insides:
    """`total`: places of members in all; `left_out`: why something was left out, and how often."""

    members: tuple[Member, ...]
    total: int
    left_out: tuple[tuple[words.Words, int], ...]
    is_over: bool
    settles: bool  # it leaves the queue once all that lies inside is decided
    is_settled: bool

    @property
    def unshown(self) -> int:
        return self.total - len(self.members)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Around:
    """A container in which an item lies, and its name there."""

    id: UUID
    reference: str
    name: str


def insides(container: UUID) -> Insides | None:
    """None of an item that holds nothing."""
    contents = inside.contents_of(container)
    if contents is None:
        return None
    total = inside.count_inside(container)
    if not total and not contents.left_out and contents.is_over:
        return None
    return Insides(
        members=tuple(_member(each) for each in inside.inside_of(container, limit=MEMBERS)),
        total=total,
        left_out=tuple((words.LEFT_OUT.get(why, why), count) for why, count in sorted(contents.left_out.items())),
        is_over=contents.is_over,
        settles=is_whole(contents),
        is_settled=is_settled_by_contents(container),
    )


def around(item: UUID) -> tuple[Around, ...]:
    found = inside.places_inside(item, limit=AROUND)
    return tuple(
        Around(id=each.container, reference=each.container_reference, name=legible(each.name)) for each in found
    )


def _member(value: InsideValue) -> Member:
    passed_over = value.state is ItemState.MATCHED and is_icon(value.item)
    best = matches.best_match(value.item)
    is_sound = best.get("algorithm") == SOUND
    closeness = str(best.get("closeness", ""))
    return Member(
        id=value.item,
        reference=value.reference,
        name=legible(value.name),
        kind=words.KINDS.get(value.kind, value.kind),
        size=value.size,
        listed=words.REASONS[Reason.SOUND_MATCH] if is_sound else words.CLOSENESS.get(closeness, ""),
        state=words.ICON if passed_over else words.ITEM_STATES[value.state],
    )
