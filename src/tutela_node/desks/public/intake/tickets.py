"""What slows guessing and ties a visit together, without anything kept: tickets for a code, and visits with one.

Rules:
- a code is looked up when work was done for it, bound to the ticket of the page and to what was typed; or, without
  scripts, when the ticket that was made for what was typed is old enough. Never a refusal
- a ticket serves one typed code: to guess again is to work or to wait again
- a visit carries the code sealed under the desk's own key for an hour; the page never shows it again
"""

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Any

from tutela.errors import Invalid, TutelaError
from tutela.sealing import canonical, open_bytes, parse_canonical, seal_bytes
from tutela_node.intake.floods import worked

TICKET, VISIT = b"tutela-ticket-v1", b"tutela-visit-v1"
DAY_MS, HOUR_MS, SKEW_MS = 24 * 3600 * 1000, 3600 * 1000, 60_000
MOST = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """`at` in milliseconds; `typed` is a hash of the code it was made for, "" for a fresh page."""

    at: int
    typed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Visit:
    """A code that was found; `id` makes a repeated reply the same one."""

    id: str
    code: str
    at: int


def write_ticket(ticket: Ticket, *, key: bytes) -> str:
    return _write(key, TICKET, {"at": ticket.at, "typed": ticket.typed})


def read_ticket(text: str, *, key: bytes, now: int) -> Ticket | None:
    """None for what is no ticket of ours, or is older than a day."""
    values = _read(key, TICKET, text)
    if values is None or not -SKEW_MS <= now - values["at"] <= DAY_MS:
        return None
    return Ticket(at=values["at"], typed=values["typed"])


def hash_of(typed: str, *, key: bytes) -> str:
    return hmac.new(key, b"typed" + typed.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def has_worked(text: str, typed: str, nonce: str, *, bits: int) -> bool:
    """Whether the work on this ticket and this code was done."""
    bound = hashlib.sha256(f"{text}:{typed}".encode("utf-8", "replace")).hexdigest()[:32]
    return worked(bound, nonce, bits=bits)


def new_visit(code: str, *, key: bytes, now: int) -> str:
    return _write(key, VISIT, {"id": os.urandom(16).hex(), "code": code, "at": now})


def read_visit(text: str, *, key: bytes, now: int) -> Visit | None:
    """None for what is no visit of ours, or is older than an hour."""
    values = _read(key, VISIT, text)
    if values is None or not -SKEW_MS <= now - values["at"] <= HOUR_MS:
        return None
    return Visit(id=values["id"], code=values["code"], at=values["at"])


def _write(key: bytes, context: bytes, values: dict[str, object]) -> str:
    sealed = seal_bytes(key, canonical(values), context=context, nonce12=os.urandom(12))
    return base64.urlsafe_b64encode(sealed).decode("ascii")


def _read(key: bytes, context: bytes, text: str) -> dict[str, Any] | None:
    try:
        if len(text) > MOST:
            raise Invalid("is too long", place="ticket")
        sealed = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        values: Any = parse_canonical(open_bytes(key, sealed, context=context))
    except (binascii.Error, UnicodeEncodeError, TutelaError):
        return None
    return dict(values)
