"""What the matchers tell the worker: who looked up how much, and whom they suspended.

Rules:
- a finished file of look-ups becomes one audit record for each token and kind of answer, without any content
- a file is kept once, whatever is killed: its number is taken in the transaction that keeps its records
- a token that one matcher suspended is suspended here, and with that everywhere
"""

import logging
from collections import Counter as Tally
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from tutela_node.accounts import actions as accounts
from tutela_node.accounts import queries
from tutela_node.foundation import marks
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import SYSTEM, Actor, Role
from tutela_node.hashlists import index
from tutela_node.hashlists.permissions import LOOK_UP
from tutela_node.hashlists.replica.spool import Collected, collect, forget

MATCHED = "fingerprints.matched"
LONGEST_NOTE = 300
log = logging.getLogger(__name__)


def once() -> int:
    """Keeps every finished file; answers how many."""
    taken = 0
    for collected in collect(index.folder()):
        with transaction.atomic():
            if marks.advance(f"spool.{collected.matcher}"[: marks.LONGEST_NAME], collected.number):
                _keep(collected)
        forget(collected)
        taken += 1
    return taken


def _keep(collected: Collected) -> None:
    answers: dict[str, Tally[str]] = {}
    for line in collected.records:
        if "suspend" in line:
            _suspend(line)
        elif isinstance(line.get("token"), str):
            kind, count = str(line.get("class", "")), line.get("count", 1)
            answers.setdefault(line["token"], Tally())[kind] += count if isinstance(count, int) else 1
    names = {each.token.hex: each for each in queries.askers(LOOK_UP.name)} if answers else {}
    for token, tally in answers.items():
        asker = names.get(token)
        actor = Actor(
            id=_id(token),
            name=asker.name if asker else "a token that is no longer valid",
            roles=frozenset({Role.PROVIDER}),
            organisation=asker.organisation if asker else None,
        )
        note = " ".join(f"{kind}:{count}" for kind, count in sorted(tally.items()))
        record_read(actor, MATCHED, None, note=note[:LONGEST_NOTE])
    if collected.spoilt:
        log.warning("%d look-ups of a matcher could not be read", collected.spoilt)


def _suspend(line: Mapping[str, Any]) -> None:
    token = _id(str(line["suspend"]))
    if token is not None:
        accounts.suspend_token(SYSTEM, token=token, reason=str(line.get("reason", ""))[:200] or "asked too cleverly")


def _id(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None
