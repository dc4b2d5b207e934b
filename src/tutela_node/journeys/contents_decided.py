"""What the verdicts on what lies inside of an archive mean for the archive itself.

Rules:
- an address is acted on for what was found there, and for what lies inside of it
- an archive about which no list says anything, and all of whose members are decided, needs nobody who decides about it:
  it leaves the queue, and with something illegal inside it is an exhibit
- while a part of it was left out (encrypted, damaged, too much) and nothing illegal was found, it waits for people
"""

from contextlib import suppress
from uuid import UUID

from tutela.scanning import Reason
from tutela_node.evidence import actions as evidence
from tutela_node.foundation.errors import Conflict
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import queries as matches
from tutela_node.journeys.steps import begin
from tutela_node.material import actions as material
from tutela_node.material import inside_queries as inside
from tutela_node.material import queries as items
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
    if contents is None or not contents.is_over or not members:
        return False
    outcomes = verdicts.outcomes_of(members)
    if len(outcomes) < len(members) or matches.best_match(container):
        return False
    return any(outcomes.values()) or set(contents.left_out) <= {str(Reason.OTHER_KIND)}


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
