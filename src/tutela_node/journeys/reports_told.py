"""What the reporter of a report is told once all that it names is decided; until then it waits.

Rules:
- one file that was decided decides nothing about the others of a report
- what lies inside of a file counts like the file; once all of that is decided, so is the file (`contents_decided`)
- what is illegal in any part of it was acted on; an address that waits for its capture is not decided yet
"""

from uuid import UUID

from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions as intake
from tutela_node.intake import queries as reports
from tutela_node.journeys.contents_decided import is_icon, is_settled_by_contents
from tutela_node.material import inside_queries as inside
from tutela_node.material import queries as items
from tutela_node.providers import actions as providers
from tutela_node.review import queries as review


def tell_when_decided(report: UUID) -> None:
    named = reports.items_of_report(report)
    parts = tuple(dict.fromkeys((*named, *inside.members_of(named))))
    outcomes = review.outcomes_of(parts)
    open_parts = (each for each in parts if each not in outcomes)
    if not named or _waits(report) or not all(is_settled_by_contents(each) or is_icon(each) for each in open_parts):
        return
    illegal = any(outcomes.values())
    intake.answer(SYSTEM, report=report, sentence="acted" if illegal else "closed_no_action")
    if any(each is not None for each in outcomes.values()):
        providers.note_outcome(SYSTEM, report=report, illegal=illegal)


def _waits(report: UUID) -> bool:
    """Whether an address of the report was not looked at yet."""
    return "reported" in items.states_of(reports.sightings_of_report(report))
