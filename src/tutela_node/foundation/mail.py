"""Sends the mail that waits in the outbox, over SMTP, under a message id that never changes.

Rules:
- mail leaves as everything in the outbox does (`delivering.py`), under the same Message-ID when it goes again
  (RFC 5321 4.5.4.1)
- SENT only after the server accepted the data; 4xx, 421 and broken lines go again after growing pauses; 5xx is FAILED
- TLS where the server offers it and the node is in production, with its certificate verified
- UTF-8 throughout; marked as machine-made so that nobody's holiday note answers it (RFC 3834)
- a kept problem is a code and a plain sentence, never what the server wrote or whom the mail was for
"""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings

from tutela_node.foundation import clock, delivering, profile
from tutela_node.foundation.errors import Invalid, TutelaError, Unavailable
from tutela_node.foundation.models import OutboxMessage
from tutela_node.foundation.outbox import payload

KIND = "mail"
SECONDS = 15


def deliver_due(*, limit: int = 20) -> int:
    """Sends the mail that is due and says how many messages a server accepted."""
    return delivering.deliver_due(KIND, send, limit=limit)


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
