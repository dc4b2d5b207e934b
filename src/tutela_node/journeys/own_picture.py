"""Somebody's own picture: its codes are listed as unverified, and taken off again when the receipt says so.

    public drop -> report opened -> keep: on the list -> what waits in the queue is compared with it
    the receipt -> withdraw: off the list, at once for every index -> what waits in the queue is known by it no more

Nothing is removed or blocked by this: a match tells reviewers that nobody has verified the entry, and somebody looks.
What the sender is told depends on what was sent alone, never on what any list knows.
"""

from datetime import timedelta
from uuid import UUID

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Unavailable
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import own_actions as hashlists
from tutela_node.hashlists import queries as matches
from tutela_node.hashlists.own_actions import Code
from tutela_node.intake import actions as intake
from tutela_node.intake import queries as reports
from tutela_node.intake.rules import OWN, Sentence
from tutela_node.journeys.list_imported import JOURNEY as IMPORTED
from tutela_node.journeys.public_dropped import OWN_PICTURE as JOURNEY
from tutela_node.journeys.report_received import put_in_queue
from tutela_node.journeys.steps import begin, is_begun, register
from tutela_node.review import queries as review

REMATCH = timedelta(minutes=10)  # all that come within it are one comparison of what waits in the queue


@register(JOURNEY, "keep")
def keep(report: UUID, _: object) -> None:
    """Lists the codes of a report that was opened, and tells whoever sent them."""
    if is_begun(JOURNEY, reports.draft_of_report(report), "withdraw"):
        intake.answer(SYSTEM, report=report, sentence=Sentence.OWN_WITHDRAWN)
        return
    codes = [Code(sha256=each.sha256, pdq=each.pdq, quality=each.quality) for each in reports.own_codes(report)]
    listed = hashlists.admit_own(SYSTEM, report=report, codes=codes)
    if listed.brought_by is not None:
        late = clock.now() + REMATCH
        begin(IMPORTED, listed.brought_by, f"rematch:{late:%H}{late.minute // 10}", due_at=late)
    told = Sentence.OWN_PLAIN if listed.plain == len(codes) else Sentence.OWN_KEPT
    intake.answer(SYSTEM, report=report, sentence=told)


@register(JOURNEY, "withdraw")
def withdraw(draft: UUID, _: object) -> None:
    """What is not listed yet will not be (`keep`); what is being listed now is waited for, less than a second."""
    report = reports.report_of_draft(draft)
    if report is None or not reports.own_codes(report):
        return
    told = reports.sentences_of(report)
    if not told & OWN:
        if is_begun(JOURNEY, report, "keep"):
            raise Unavailable("the codes are just being listed", place="draft")
        return
    known = matches.items_that_met(hashlists.withdraw_own(SYSTEM, report=report))
    for item in review.open_items():
        if item in known:
            put_in_queue(item, due_at=review.due_at_of(item))
    if Sentence.OWN_KEPT in told:
        intake.answer(SYSTEM, report=report, sentence=Sentence.OWN_WITHDRAWN)
