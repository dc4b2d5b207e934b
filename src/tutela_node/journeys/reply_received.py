"""A reporter came back with the code and added something: the worker opens it and ties it to the report.

Its report may still wait in the slower lane; then the step is tried again.
"""

from uuid import UUID

from tutela_node.foundation.errors import Conflict, Missing
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import channel_actions as channel
from tutela_node.journeys.steps import register

JOURNEY = "reply_received"


@register(JOURNEY, "open")
def open_reply(reply: UUID, _: object) -> None:
    try:
        channel.open_reply(SYSTEM, reply=reply)
    except Missing as error:
        raise Conflict(error.message, place=error.place) from None  # its report is opened soon
