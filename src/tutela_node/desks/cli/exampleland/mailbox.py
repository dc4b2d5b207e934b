"""Stands in for the mail server that takes our notices: a real SMTP server on loopback that keeps what it accepts.

`refuse(code)` makes it answer the next messages with a temporary (451) or permanent (550) error after their data;
`forget()` makes it accept a message and drop the line before it says so, as a server does that is killed just then;
`tls`, a certificate and its key, makes it offer STARTTLS.
"""

import asyncio
import socket
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """An SMTP server. `start()` and `stop()`, or a context manager; `messages` are those accepted, oldest first."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, tls: tuple[Path, Path] | None = None) -> None:
        self.host = host
        self.port = port or _free_port(host)
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self._answer = ""
        self._forgets = False
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
        self._controller = Controller(
            _Keeper(self), hostname=host, port=self.port, enable_SMTPUTF8=True, tls_context=context
        )

    def start(self) -> "Mailbox":
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop()

    def __enter__(self) -> "Mailbox":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def refuse(self, code: int) -> None:
        """Answers every message with this code until `accept()`."""
        self._answer = f"{code} not now"

    def forget(self) -> None:
        self._forgets = True

    def accept(self) -> None:
        self._answer, self._forgets = "", False

    def take(self, envelope: Envelope, server: SMTP) -> str:
        if self._answer:
            return self._answer
        kept = message_from_bytes(bytes(envelope.original_content or b""), policy=policy.default)
        self.messages.append(kept)
        self.recipients.append([str(each) for each in envelope.rcpt_tos])
        if self._forgets and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 kept"


class _Keeper:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return self._mailbox.take(envelope, server)


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as probe:
        return int(probe.getsockname()[1])
