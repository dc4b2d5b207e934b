"""We go back until it is gone: after a notice, each address is looked at again by machine, and nobody opens it.

    notice sent or answered -> check -> gone: close the notice, tell the reporters
                                     -> still there: check again tomorrow, at most `TIMES`
Only the status of the answer counts; nothing of the body is kept.
"""

from datetime import datetime, timedelta
from uuid import UUID

from tutela_node.foundation import clock, profile
from tutela_node.foundation.errors import Limited, Missing, TutelaError
from tutela_node.foundation.fetcher import fetch
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions as intake
from tutela_node.intake import queries as reports
from tutela_node.journeys.capturing import GONE, policy_of, resolver
from tutela_node.journeys.steps import begin, register, times_begun
from tutela_node.material import actions as material
from tutela_node.material import queries as items
from tutela_node.takedown import actions as takedown
from tutela_node.takedown import queries as notices
from tutela_node.takedown.rules import NoticeState

JOURNEY = "content_checked"
TIMES = 30
AGAIN = timedelta(hours=24)
FIRST = timedelta(hours=1)
NO_SUCH_NAME = 0  # the name no longer resolves
STILL_THERE = 200


def look_again(sighting: UUID, *, soon: bool = False) -> None:
    """Makes the next look at an address due, in the surrounding transaction: at once, or within the hour."""
    _next_look(sighting, None if soon else clock.now() + FIRST)


def _status(sighting: UUID) -> int:
    """The status with which the address answers now; the body is thrown away as it comes."""
    rules = profile.current()
    rules.basis_for("capture", clock.now().date())
    try:
        address, policy = items.sighting(sighting).url, policy_of(rules.capture)
        return fetch(address, sink=_ignore, policy=policy, resolver=resolver()).status
    except Missing:
        return NO_SUCH_NAME
    except Limited:
        return STILL_THERE  # larger than we take: something is there


def _tomorrow(sighting: UUID, _: TutelaError) -> None:
    """The host did not answer at all, again and again: that is not gone, and tomorrow we look again."""
    _next_look(sighting, clock.now() + AGAIN)


@register(JOURNEY, "check", prepare=_status, give_up=_tomorrow)
def check(sighting: UUID, status: int) -> None:
    seen = items.sighting(sighting)
    if status not in GONE and status != NO_SUCH_NAME:
        _next_look(sighting, clock.now() + AGAIN)
        return
    material.mark_sighting(SYSTEM, sighting=sighting, state="gone", problem="")
    for notice in notices.notices_of(sighting):
        if notice.state in (NoticeState.SENT, NoticeState.ANSWERED):
            takedown.close_notice(SYSTEM, notice=notice.id)
    if seen.item and all(each.state == "gone" for each in items.sightings_of(seen.item)):
        for report in reports.reports_of_item(seen.item):
            intake.answer(SYSTEM, report=report, sentence="closed_gone")


def _next_look(sighting: UUID, due_at: datetime | None) -> None:
    number = times_begun(JOURNEY, sighting, "check") + 1
    if number <= TIMES:
        begin(JOURNEY, sighting, f"check:{number}", due_at=due_at)


def _ignore(chunk: bytes) -> None:
    """Only the status counts."""
