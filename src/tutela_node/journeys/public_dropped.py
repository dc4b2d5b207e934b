"""The public desk leaves a sealed answer, or takes a code back: all that its process writes, and loads of the stories.

The report itself is opened by the worker (`report_received`), which alone holds the key. What comes without proof of
work is opened a little later, and after everything else that is due: the slower lane.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from tutela_node.foundation import clock, profile
from tutela_node.intake import actions as intake
from tutela_node.intake import channel_actions as channel
from tutela_node.intake import queries as reports
from tutela_node.journeys.steps import SLOW, begin

JOURNEY = "report_received"
OWN_PICTURE = "own_picture"


def public_drop(  # the drop as the public desk hands it over, field by field
    *, step: str, draft: str, kind: str, sealed: bytes, locator: str = "", mailbox: bytes = b"", proof: int = 0
) -> None:
    """One sealed answer, or the end of a report, from the public desk. Committed before the page is shown.

    `proof` are the bits of work that were verified, 0 for none.
    """
    terms, slow = profile.current(), "" if proof else SLOW
    with transaction.atomic():
        intake.drop(step=step, draft=draft, kind=kind, sealed=sealed, locator=locator, mailbox=mailbox, proof=proof)
        late = clock.now() + timedelta(minutes=terms.retention.draft_minutes)
        begin(JOURNEY, UUID(hex=draft), f"abandoned{slow}", due_at=late)
        if kind == "finish":
            soon = clock.now() + timedelta(seconds=terms.floods.slow_seconds) if slow else None
            begin(JOURNEY, UUID(hex=draft), f"open{slow}", due_at=soon)


def public_reply(*, step: str, locator: str, sealed: bytes) -> None:
    """What a reporter adds with the code, sealed. Committed before the page is shown."""
    with transaction.atomic():
        kept = channel.reply(step=step, locator=locator, sealed=sealed)
        if kept is not None:
            begin("reply_received", kept, "open")


def take_back(locator: str) -> None:
    """Whoever has the receipt takes the codes of their own pictures off the list. Again, it changes nothing."""
    with transaction.atomic():
        draft = reports.draft_of(locator)
        if draft:
            begin(OWN_PICTURE, UUID(hex=draft), "withdraw")
