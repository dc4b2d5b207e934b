"""The mail role leaves a sealed mail: the one thing that its process writes, and all that it loads of the stories.

The mail is opened and read by the worker (`mail_received`), which alone holds the key.
"""

from uuid import UUID

from django.db import transaction

from tutela_node.intake import mail_actions as mails
from tutela_node.journeys.steps import begin

JOURNEY = "mail_received"


def take(raw: bytes) -> UUID:
    """A mail as it came: sealed, kept, and due to be read. Committed before its sender is told."""
    with transaction.atomic():
        drop = mails.drop_mail(raw=raw)
        begin(JOURNEY, drop, "read")
    return drop
