"""The public desk leaves a sealed answer: the one thing that its process writes, and all that it loads of the stories.

The report itself is opened by the worker (`report_received`), which alone holds the key.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from tutela_node.foundation import clock, profile
from tutela_node.intake import actions as intake
from tutela_node.journeys.steps import begin

JOURNEY = "report_received"


def public_drop(*, step: str, draft: str, kind: str, sealed: bytes, locator: str = "", mailbox: bytes = b"") -> None:
    """One sealed answer, or the end of a report, from the public desk. Committed before the page is shown."""
    with transaction.atomic():
        intake.drop(step=step, draft=draft, kind=kind, sealed=sealed, locator=locator, mailbox=mailbox)
        late = clock.now() + timedelta(minutes=profile.current().retention.draft_minutes)
        begin(JOURNEY, UUID(hex=draft), "abandoned", due_at=late)
        if kind == "finish":
            begin(JOURNEY, UUID(hex=draft), "open")
