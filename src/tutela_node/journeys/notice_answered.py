"""A provider answers a notice, on the page its code opens or through the API."""

from collections.abc import Mapping

from django.db import transaction

from tutela_node.foundation.permissions import Actor
from tutela_node.journeys.content_checked import look_again
from tutela_node.takedown import actions as takedown
from tutela_node.takedown.queries import NoticeValue


def answer(actor: Actor, *, code: str, outcome: str, details: Mapping[str, str]) -> NoticeValue:
    """`code` is the one-time code of the notice; an answer may be corrected until the notice is closed."""
    with transaction.atomic():
        notice = takedown.answer_notice(actor, code=code, outcome=outcome, details=dict(details))
        look_again(notice.sighting, soon=True)
    return notice
