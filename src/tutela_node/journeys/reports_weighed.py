"""A report is weighed by what it says and by what our lists know of its files; its sender's quality goes by the same.

Rules:
- it is weighed when it comes, and again when its files were matched; weighing the same twice changes nothing
- a file that was not matched yet leaves open what our lists know
- what lies inside of a file ties reports together only where a list knows it: archives share logos and icons
- one step at a time weighs or answers: its turn comes before any row of a report or an item, and after addresses
- a report with many files is weighed every few seconds while they are matched, and not for each of them
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from tutela_node.foundation import clock
from tutela_node.foundation.counters import one_at_a_time
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import queries as matches
from tutela_node.hashlists.rules import Closeness
from tutela_node.intake import queries as reports
from tutela_node.intake import sense_actions as sense
from tutela_node.intake.bundling import TRIAGE
from tutela_node.intake.sense import Found
from tutela_node.journeys.steps import begin, due_step, register
from tutela_node.material import inside_queries as inside
from tutela_node.material import queries as items
from tutela_node.providers import actions as providers
from tutela_node.providers.rules import NotedReport

JOURNEY = "report_received"
MANY = 30  # files of one report
SOON = timedelta(seconds=5)


def take_turn() -> None:
    """Before a step that weighs or answers several reports touches a row that such a step may hold.

    Whoever holds rows of one report and waits for the turn would else wait for whoever has the turn and wants them.
    """
    one_at_a_time(TRIAGE)


def weigh(report: UUID) -> None:
    """How urgent a report is, by what it says and by what is known of its files so far."""
    named = reports.items_of_report(report)
    known, members = matches.closeness_of(named), set(inside.members_of(named))
    tying = tuple(each for each in named if each not in members or known.get(each) is Closeness.EXACT)
    digests = tuple(each.fingerprints["sha256"][0] for each in items.items(tying) if "sha256" in each.fingerprints)
    sense.weigh_report(SYSTEM, report=report, found=_found(named, known), digests=digests)
    _note(report)


def weigh_with_others(report: UUID) -> None:
    """Weighs a report now, or soon when it has many files: others of them are matched at the same time."""
    if reports.count_items(report) <= MANY:
        weigh(report)
    elif due_step(JOURNEY, report, "weigh") is None:
        begin(JOURNEY, report, f"weigh:{new_id().hex[-12:]}", due_at=clock.now() + SOON)


@register(JOURNEY, "weigh")
def weigh_again(report: UUID, _: object) -> None:
    weigh(report)


def _note(report: UUID) -> None:
    """What the quality of a provider's reports goes by."""
    sent = reports.sent(report)
    if sent is None:
        return
    late = None if sent.happened_at is None else int((sent.received_at - sent.happened_at).total_seconds() // 60)
    noted = NotedReport(
        day=sent.received_at.date(),
        completeness=sent.completeness,
        is_parsed=sent.is_parsed,
        is_duplicate=sent.is_duplicate,
        files=sent.files,
        viewed=sent.viewed,
        delay_minutes=late,
        lacks=sent.lacks,
    )
    providers.note_report(SYSTEM, report=report, organisation=sent.organisation, noted=noted)


def _found(named: tuple[UUID, ...], known: Mapping[UUID, Closeness]) -> Found:
    """The best that our lists say of the files of a report; one that nobody matched yet leaves it open."""
    matched = items.fingerprinted_of(named)
    if not matched:
        return Found.UNCHECKED
    said = {known[each] for each in matched if each in known}
    if Closeness.EXACT in said:
        return Found.EXACT
    return Found.NEAR if said else Found.NONE
