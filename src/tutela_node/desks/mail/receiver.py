"""One conversation with a mail server, and what it is told.

Rules:
- only configured recipients; bounded size, lines, recipients, connections, commands and time
- 250 only after the commit; 451 while it cannot be kept, so that the sender's server tries again
- mail that may hold pictures, films or sound is refused (554), before anything is kept: its server tells the sender
- a mail that passed too many servers is in a loop (554); bounces come in like any mail and are set aside when read
- what a mail says is in no log
Source: RFC 5321, RFC 2033 (LMTP), RFC 3463 (codes).
"""

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections

from tutela.errors import Invalid, Limited
from tutela.wire.mailread import first_media, read_mail
from tutela_node.intake.documents import MAX_ORIGINAL
from tutela_node.journeys import mail_dropped

MOST_RECIPIENTS = 20
MOST_CONNECTIONS = 50
MOST_HOPS = 50
LONGEST_LINE = 64 * 1024
SECONDS = 60
KEPT, LATER = "250 2.0.0 kept", "451 4.3.0 cannot be kept now, try again"
MATERIAL = "554 5.6.1 send no pictures, films or archives: send the address or the hash"
TOO_DEEP = "554 5.6.0 has more lines, or parts inside of parts, than are read: send it simpler"
LOOP, EMPTY = "554 5.4.6 passed too many servers", "554 5.6.0 there is nothing in it"
NOT_HERE, TOO_MANY = "550 5.1.1 takes no reports here", "452 4.5.3 too many recipients"
_HOP = re.compile(rb"^received\s*:", re.IGNORECASE | re.MULTILINE)
log = logging.getLogger(__name__)


class Desk:
    """The handler of every conversation. `recipients` are in lower case."""

    def __init__(self, recipients: frozenset[str], *, is_lmtp: bool) -> None:
        self._recipients, self._is_lmtp = recipients, is_lmtp

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.strip().lower() not in self._recipients:
            return NOT_HERE
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_exception(self, error: Exception) -> str:
        """A defect in a conversation: its server is told to come again, and nothing of the defect."""
        log.error("a conversation broke", exc_info=error)
        return LATER

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await asyncio.to_thread(take, bytes(envelope.original_content or b""))
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if self._is_lmtp else answer


def take(raw: bytes) -> str:
    """Keeps a mail, and says what its server is told."""
    try:
        if not raw.strip():
            return EMPTY
        if len(_HOP.findall(raw.partition(b"\r\n\r\n")[0])) > MOST_HOPS:
            return LOOP
        if refusal := _refusal(raw):
            return refusal
        close_old_connections()
        mail_dropped.take(raw)
    except Exception:  # a desk: whatever broke, the sender's server keeps the mail and comes again
        log.exception("a mail could not be kept")
        return LATER
    finally:
        close_old_connections()
    return KEPT


def _refusal(raw: bytes) -> str:
    """Why a mail is not kept; empty where it is. One that is broken is kept for people."""
    try:
        return MATERIAL if first_media(read_mail(raw, max_bytes=MAX_ORIGINAL)) else ""
    except Limited:
        return TOO_DEEP
    except Invalid:
        return ""


class Counted:
    """How many conversations there are at once; beyond the limit one is told to come again."""

    def __init__(self, make: Callable[[], SMTP], *, most: int = MOST_CONNECTIONS) -> None:
        self._make, self._most, self.open = make, most, 0

    def __call__(self) -> asyncio.Protocol:
        if self.open >= self._most:
            return _Busy()
        protocol = self._make()
        self.open += 1
        lost = protocol.connection_lost

        def connection_lost(error: Exception | None) -> None:
            self.open -= 1
            lost(error)

        protocol.connection_lost = connection_lost  # type: ignore[method-assign]  # counted on the way out
        return protocol


class _Busy(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(b"421 4.3.2 too many connections, try again\r\n")
            transport.close()


class Smtp(SMTP):
    line_length_limit = LONGEST_LINE


class Lmtp(LMTP):
    line_length_limit = LONGEST_LINE


def protocol_of(kind: str, desk: Desk, **options: Any) -> SMTP:
    """One conversation in SMTP or LMTP."""
    made = Lmtp if kind == "lmtp" else Smtp
    return made(
        desk,
        data_size_limit=MAX_ORIGINAL,
        enable_SMTPUTF8=True,
        decode_data=False,
        hostname="tutela",
        ident="tutela",
        timeout=SECONDS,
        command_call_limit=200,
        **options,
    )
