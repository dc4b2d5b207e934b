"""Tells a sender's own programs that a report of theirs changed: one event a change, written with the change.

Rules:
- the state alone, as the sender can read it anyway: never a hold, a match, a trace or a word of the report
- it leaves through the outbox after the commit, signed, to each address that the organisation registered
"""

from datetime import datetime

from tutela.wire.webhooks import Event
from tutela_node.accounts import queries as accounts
from tutela_node.accounts.rules import WEBHOOK_KIND
from tutela_node.foundation import outbox
from tutela_node.foundation.ids import new_id
from tutela_node.intake.models import Report

CHANGED = "report.state_changed"


def tell_sender(report: Report, *, at: datetime) -> None:
    for hook in accounts.webhooks_of(report.organisation_id) if report.organisation_id else ():
        event = Event(id=str(new_id()), kind=CHANGED, report=report.reference, state=str(report.state), at=at)
        outbox.post(kind=WEBHOOK_KIND, subject=hook, payload={"body": event.to_bytes().decode()})
