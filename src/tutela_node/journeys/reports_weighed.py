"""A report is weighed by what it says and by what our lists know of its files; its sender's quality goes by the same.

Rules:
- it is weighed when it comes, and again when its files were matched; weighing the same twice changes nothing
- a file that was not matched yet leaves open what our lists know
"""

from uuid import UUID

from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import queries as matches
from tutela_node.intake import queries as reports
from tutela_node.intake import sense_actions as sense
from tutela_node.intake.sense import Found
from tutela_node.material import queries as items
from tutela_node.material.queries import ItemValue
from tutela_node.providers import actions as providers
from tutela_node.providers.rules import NotedReport


def weigh(report: UUID) -> None:
    """How urgent a report is, by what it says and by what is known of its files so far."""
    named = [items.item(each) for each in reports.items_of_report(report)]
    digests = tuple(each.fingerprints["sha256"][0] for each in named if "sha256" in each.fingerprints)
    sense.weigh_report(SYSTEM, report=report, found=_found(named), digests=digests)
    _note(report)


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


def _found(named: list[ItemValue]) -> Found:
    """The best that our lists say of the files of a report; one that nobody matched yet leaves it open."""
    said = {str(matches.best_match(each.id).get("closeness", "none")) for each in named if each.state != "received"}
    if not said:
        return Found.UNCHECKED
    return next(each for each in (Found.EXACT, Found.NEAR, Found.NONE) if each in said)
