"""Sends the mail that waits in the outbox, over SMTP, under a message id that never changes.

Rules:
- a row is taken before it is sent: its next time moves `HELD` ahead, so two workers do not send it at once, and a
  worker that is killed in between leaves it due again, to go under the same Message-ID (RFC 5321 4.5.4.1)
- SENT only after the server accepted the data; 4xx, 421 and broken lines go again after growing pauses; 5xx is FAILED
- TLS where the server offers it and the node is in production, with its certificate verified
- UTF-8 throughout; marked as machine-made so that nobody's holiday note answers it (RFC 3834)
- a kept problem is a code and a plain sentence, never what the server wrote or whom the mail was for
"""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings
from django.db.models import F

from tutela_node.foundation import clock, profile
from tutela_node.foundation.errors import Invalid, TutelaError, Unavailable
from tutela_node.foundation.models import OutboxMessage
from tutela_node.foundation.outbox import payload

KIND = "mail"
SECONDS = 15
HELD = timedelta(minutes=2)
PAUSES = (60, 300, 900, 3600, 3 * 3600, 6 * 3600)
ATTEMPTS = 20


def deliver_due(*, limit: int = 20) -> int:
    """Sends the mail that is due and says how many messages a server accepted."""
    due = OutboxMessage.objects.filter(kind=KIND, state=OutboxMessage.State.WAITING, due_at__lte=clock.now())
    return sum(_deliver(message) for message in due.order_by("due_at", "id")[:limit])


def send(message: OutboxMessage) -> None:
    """Hands one message to the mail server. Raises Unavailable (may go again) or Invalid (will never go)."""
    composed = compose(payload(message), message_id=message.message_id)
    try:
        _hand_over(composed)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(max((code for code, _ in error.recipients.values()), default=550)) from None
    except smtplib.SMTPServerDisconnected:
        raise Unavailable("the mail server broke the connection", place="mail") from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise Invalid("the mail server cannot take this address", place="mail") from None
    except ssl.SSLError:
        raise Unavailable("the mail server's certificate does not hold", place="mail") from None
    except (smtplib.SMTPException, OSError):
        raise Unavailable("the mail server does not answer", place="mail") from None


def compose(fields: Mapping[str, str], *, message_id: str) -> EmailMessage:
    """The mail of an outbox payload: `to`, `subject`, `body`, `language`. Raises Invalid when no header can hold it."""
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = profile.current().takedown.sender
        mail["To"] = fields["to"]
        mail["Subject"] = fields["subject"]
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = message_id
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(fields["body"], charset="utf-8", cte="quoted-printable")
        mail["Content-Language"] = fields["language"]  # after the content, which clears what describes it
        _check_recipient(mail)
    except (KeyError, ValueError, IndexError):
        raise Invalid("the mail lacks a field, or has one that no header can hold", place="mail") from None
    return mail


def _check_recipient(mail: EmailMessage) -> None:
    """Raises ValueError unless there is one recipient with a domain: a bare name is a mailbox of the server's own."""
    found = mail["To"].addresses
    if len(found) != 1 or not found[0].username or not found[0].domain:
        raise ValueError("one recipient, with its domain")


def _hand_over(mail: EmailMessage) -> None:
    host, port = settings.TUTELA.smtp
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        server.ehlo()
        if settings.TUTELA.production and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        server.send_message(mail)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()  # accepted is accepted: a server that dies afterwards changes nothing
        server.close()


def _refused(code: int) -> TutelaError:
    if 500 <= code < 600:
        return Invalid(f"the mail server refused the message for good ({code})", place="mail")
    return Unavailable(f"the mail server cannot take the message now ({code})", place="mail")


def _deliver(message: OutboxMessage) -> bool:
    if not _take(message):
        return False
    try:
        send(message)
    except Invalid as error:
        _keep(message, state=OutboxMessage.State.FAILED, problem=error.message)
    except TutelaError as error:
        _again(message, error.message)
    else:
        _keep(message, state=OutboxMessage.State.SENT, sent_at=clock.now(), problem="")
        return True
    return False


def _take(message: OutboxMessage) -> bool:
    free = OutboxMessage.objects.filter(id=message.id, state=OutboxMessage.State.WAITING, due_at__lte=clock.now())
    return bool(free.update(due_at=clock.now() + HELD, attempts=F("attempts") + 1))


def _again(message: OutboxMessage, problem: str) -> None:
    attempts = message.attempts + 1
    if attempts >= ATTEMPTS:
        _keep(message, state=OutboxMessage.State.FAILED, problem=f"given up after {attempts} attempts: {problem}")
        return
    pause = timedelta(seconds=PAUSES[min(attempts, len(PAUSES)) - 1])
    _keep(message, due_at=clock.now() + pause, problem=problem)


def _keep(message: OutboxMessage, **changes: object) -> None:
    OutboxMessage.objects.filter(id=message.id, state=OutboxMessage.State.WAITING).update(**changes)
