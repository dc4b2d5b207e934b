"""Tells a sender's own programs that a report of theirs changed: one event a change, written with the sentence.

Rules:
- the state alone, as the sender can read it from that moment on: never a hold, a match, a trace or a word of the report
- an event leaves when its sentence can be read, not before, and nothing in it says when the sentence was told: its id
  is dated like the event
- events of one report have different moments, so that a receiver knows the newest
- it leaves through the outbox after the commit, signed, to each address that the organisation registered
"""

from datetime import timedelta

from tutela.wire.webhooks import Event
from tutela_node.accounts import queries as accounts
from tutela_node.accounts.rules import WEBHOOK_KIND
from tutela_node.foundation import outbox
from tutela_node.foundation.ids import id_dated
from tutela_node.intake.models import Answer, Report
from tutela_node.intake.own_reports import state_told
from tutela_node.intake.rules import Told

CHANGED = "report.state_changed"


def tell_sender(report: Report, told: Told) -> None:
    """Puts what a sentence changes for the sender into the outbox, due when it can be read."""
    hooks = accounts.webhooks_of(report.organisation_id) if report.organisation_id else ()
    if not hooks:
        return
    state = state_told(report.id, told.at)
    if state == state_told(report.id, told.at, but=told.sentence):
        return
    at = told.at + timedelta(seconds=Answer.objects.filter(report=report, at=told.at).count() - 1)
    for hook in hooks:
        event = Event(id=str(id_dated(at)), kind=CHANGED, report=report.reference, state=str(state), at=at)
        outbox.post(kind=WEBHOOK_KIND, subject=hook, payload={"body": event.to_bytes().decode()}, due_at=at)
