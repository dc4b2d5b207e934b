"""Mail comes in sealed, and is opened by the worker.

Rules:
- `drop_mail` is the mail role's one write: ciphertext in; it holds no key and leaves no ledger entry
- a mail that was opened is emptied here: its report keeps the sealed original
"""

from uuid import UUID

from django.db import transaction

from tutela.sealing import open_with, seal_to
from tutela_node.foundation import clock, keys
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, require
from tutela_node.intake import permissions
from tutela_node.intake.models import MailDrop
from tutela_node.intake.rules import MAIL_INFO


@transaction.atomic
def drop_mail(*, raw: bytes) -> UUID:
    """Keeps a mail as it came, sealed to the node."""
    sealed = seal_to(keys.intake_public(), raw, info=MAIL_INFO)
    return MailDrop.objects.create(sealed=sealed, received_at=clock.now()).id


@transaction.atomic
def open_mail(actor: Actor, *, drop: UUID) -> bytes:
    """The mail as it came. Raises Missing where there is none, or it was opened before; VerificationFailed."""
    require(actor, permissions.OPEN)
    row = MailDrop.objects.filter(id=drop, opened_at=None).first()
    if row is None:
        raise Missing("there is no such mail waiting", place=str(drop))
    raw = open_with(keys.secret("intake"), bytes(row.sealed), info=MAIL_INFO)
    MailDrop.objects.filter(id=drop).update(sealed=b"", opened_at=clock.now())
    record(actor, "mail.opened", drop, {"size": len(raw)})
    return raw


@transaction.atomic
def set_aside(actor: Actor, *, drop: UUID, reason: str) -> None:
    """A mail that is no report: a bounce, or the answer of a machine. `reason` is a word of ours."""
    require(actor, permissions.OPEN)
    record(actor, "mail.set_aside", drop, {"reason": reason})
