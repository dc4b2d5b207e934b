"""What the verdicts on what lies inside of an archive mean for the archive itself.

Rules:
- an address is acted on for what was found there, and for what lies inside of it
- an archive about which no list says anything, and all of whose members are decided, needs nobody who decides about it:
  it leaves the queue, and with something illegal inside it is an exhibit
- while a part of it was left out (encrypted, damaged, too much) and nothing illegal was found, it waits for people; so
  do a document, a mail and a page of the web, which say or show more than the pictures inside
- a picture with an archive behind it is decided as a picture
- icons inside of other files are nobody's work, unless a list knows them
"""

from contextlib import suppress
from uuid import UUID

from tutela.media import Kind
from tutela.scanning import SHOWN, Reason
from tutela_node.evidence import actions as evidence
from tutela_node.foundation import profile
from tutela_node.foundation.errors import Conflict
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import queries as matches
from tutela_node.intake import queries as reports
from tutela_node.journeys.steps import begin
from tutela_node.material import actions as material
from tutela_node.material import inside_queries as inside
from tutela_node.material import queries as items
from tutela_node.material.rules import Contents
from tutela_node.review import actions as review
from tutela_node.review import queries as verdicts

ALL_DECIDED = "all that lies inside of it is decided"


def illegal_verdict(item: UUID) -> verdicts.VerdictValue | None:
    """That something is illegal: the item itself, or the first of what lies inside of it that is."""
    parts = (item, *inside.members_of((item,)))
    outcomes = verdicts.outcomes_of(parts)
    illegal = next((each for each in parts if outcomes.get(each)), None)
    return verdicts.verdict_of(illegal) if illegal is not None else None


def is_settled_by_contents(container: UUID) -> bool:
    """Whether the verdicts on what lies inside of it leave nothing to decide about an item itself."""
    contents, members = inside.contents_of(container), inside.members_of((container,))
    if contents is None or not contents.is_over or not members or items.item(container).kind in SHOWN:
        return False
    outcomes = verdicts.outcomes_of(members)
    if not all(each in outcomes or is_icon(each) for each in members) or matches.best_match(container):
        return False
    return is_whole(contents) or any(outcomes.values())


def is_whole(contents: Contents) -> bool:
    """Whether it is nothing but what lies inside, of which nothing was left out that could show anything."""
    return contents.is_archive and set(contents.left_out) <= {str(Reason.OTHER_KIND)}


def is_icon(item: UUID) -> bool:
    """Whether it is too small to show anybody, came inside of other files only, and no list knows it."""
    known, side = items.item(item), profile.current().unpack.icon_side
    if known.kind != Kind.IMAGE or not known.width or max(known.width, known.height or 0) > side:
        return False
    came_alone = bool(items.sightings_of(item)) or reports.is_sent(item)
    return bool(inside.containers_of(item)) and not came_alone and not matches.best_match(item)


def settle_by_contents(container: UUID) -> None:
    """Takes it out of the queue once that is so; its bytes are evidence, or go when their time comes."""
    if not verdicts.is_open(container) or not is_settled_by_contents(container):
        return
    review.close(SYSTEM, item=container, reason=ALL_DECIDED)
    material.set_item_state(SYSTEM, item=container, state="decided")
    if illegal_verdict(container) is None:
        begin("verdict_reached", container, "close")
    elif (object_id := items.item(container).object_id) is not None:
        with suppress(Conflict):
            evidence.make_exhibit(SYSTEM, item=container, object_id=object_id)
