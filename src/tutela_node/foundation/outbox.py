"""What leaves the node: written in the transaction that decides it, sent after it committed.

Rules:
- one row per message, with a message id that never changes: a mail whose fate is unknown goes again under the same id
- the payload is sealed at rest and opened by the sender alone
"""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tutela.sealing import canonical
from tutela_node.foundation import clock
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.models import OutboxMessage
from tutela_node.foundation.sealed import seal, unseal

PURPOSE = "outbox"


def post(*, kind: str, subject: UUID, payload: Mapping[str, object], due_at: datetime | None = None) -> UUID:
    """Puts a message into the outbox of the surrounding transaction and returns its id."""
    id = new_id()
    OutboxMessage.objects.create(
        id=id,
        kind=kind,
        subject=subject,
        message_id=f"<{id}@{_host()}>",
        payload_sealed=seal(PURPOSE, canonical(dict(payload))),
        due_at=due_at or clock.now(),
    )
    return id


def payload(message: OutboxMessage) -> dict[str, str]:
    opened: dict[str, str] = json.loads(unseal(PURPOSE, message.payload_sealed))
    return opened


def _host() -> str:
    from django.conf import settings

    return str(settings.TUTELA.origin).partition("/")[0]
