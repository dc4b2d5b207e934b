"""An answer given under a key is given again: what a program sends twice, because it heard nothing, is done once.

Rules:
- a key belongs to one organisation and one operation; the same key with another body is a Conflict
- the answer is kept in the transaction that did the work, so a request that failed left no answer and may be repeated
- two at once: the second waits for the first and gets its answer
- keys and bodies are kept as keyed hashes; answers hold our own numbers and what is wrong with the form
Source: draft-ietf-httpapi-idempotency-key-header.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid
from tutela_node.foundation.permissions import Actor
from tutela_node.foundation.sealed import lookup
from tutela_node.intake.models import GivenAnswer

KEPT = timedelta(hours=48)
KEY = re.compile(r'"?[\x21\x23-\x7e]{1,200}"?', re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a program is told: a status of HTTP and plain JSON. `again`: it was told so before."""

    status: int
    told: dict[str, Any]
    again: bool = False


def once(actor: Actor, *, key: str, operation: str, body: str, act: Callable[[], Reply]) -> Reply:
    """What `act` answers, or what it answered under this key. `body` is a digest of everything that was sent.

    Without a key it just acts. Raises Invalid for a key that is none, Conflict where it was used for another body.
    """
    if not key:
        return act()
    named, said = _marks(actor, key=key, operation=operation, body=body)
    defaults: dict[str, Any] = {"organisation_id": actor.organisation, "body": said, "at": clock.now()}
    with transaction.atomic():
        row, made = GivenAnswer.objects.get_or_create(key=named, defaults=defaults)
        if not made:
            return _again(row, said)
        reply = act()
        GivenAnswer.objects.filter(id=row.id).update(status=reply.status, told=reply.told)
    return reply


def given_before(actor: Actor, *, key: str, operation: str, body: str) -> Reply | None:
    """What was answered under this key, for work that is done in several transactions. Raises as `once` does."""
    if not key:
        return None
    named, said = _marks(actor, key=key, operation=operation, body=body)
    row = GivenAnswer.objects.filter(key=named).first()
    return _again(row, said) if row else None


def forget() -> int:
    """Removes the answers that were kept long enough, and says how many."""
    return GivenAnswer.objects.filter(at__lt=clock.now() - KEPT).delete()[0]


def _marks(actor: Actor, *, key: str, operation: str, body: str) -> tuple[str, str]:
    if not KEY.fullmatch(key):
        raise Invalid("must be 1 to 200 visible characters of ASCII", place="Idempotency-Key")
    if actor.organisation is None:
        raise Forbidden("a key is for the programs of an organisation", place="Idempotency-Key")
    return lookup("given", f"{actor.organisation} {operation} {key.strip(chr(34))}"), lookup("given", body)


def _again(row: GivenAnswer, said: str) -> Reply:
    if row.body != said:
        raise Conflict("this key was used for another request: take a new one", place="Idempotency-Key")
    return Reply(status=row.status, told=row.told, again=True)
