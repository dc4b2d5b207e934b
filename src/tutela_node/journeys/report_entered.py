"""Somebody of the staff wrote a report down for a caller: it goes its way like one from the public pages."""

from uuid import UUID

from django.db import transaction

from tutela_node.foundation.permissions import Actor
from tutela_node.intake import entry_actions as entries
from tutela_node.intake.entry_actions import Entered
from tutela_node.intake.rules import Channel, Sheet
from tutela_node.journeys.report_received import greet, take_in


def enter(actor: Actor, *, entry: UUID, channel: Channel, sheet: Sheet) -> Entered:
    """The report and the code to read out. Raises Invalid where something is missing."""
    with transaction.atomic():
        made = entries.enter_report(actor, entry=entry, channel=channel, sheet=sheet)
        take_in(made.report, urls=sheet.urls, happening=sheet.happening)
        greet(made.report)
    return made
