"""What the matchers tell the worker: who looked up how much, and whom they suspended.

Rules:
- a finished file of look-ups becomes one audit record for each token and kind of answer, without any content
- a file is kept once, whatever is killed: its number is taken in the transaction that keeps its records
- canaries that were asked for raise the alarm here, where their keyed look-ups are; matchers know digests alone
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
from tutela_node.hashlists import alarms, index
from tutela_node.hashlists.canary_digests import Digests
from tutela_node.hashlists.permissions import LOOK_UP
from tutela_node.hashlists.replica.spool import Collected, collect, forget
from tutela_node.hashlists.rules import Heard

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
    answers, met = dict[str, Tally[str]](), dict[str, set[str]]()
    for line in collected.records:
        if "suspend" in line:
            _suspend(line)
        elif isinstance(line.get("met"), list):
            met.setdefault(str(line.get("token")), set()).update(map(str, line["met"]))
        elif isinstance(line.get("token"), str):
            kind, count = str(line.get("class", "")), line.get("count", 1)
            answers.setdefault(line["token"], Tally())[kind] += count if isinstance(count, int) else 1
    names = {each.token.hex: each for each in queries.askers(LOOK_UP.name)} if answers or met else {}
    for token, tally in answers.items():
        note = " ".join(f"{kind}:{count}" for kind, count in sorted(tally.items()))
        record_read(_actor(token, names), MATCHED, None, note=note[:LONGEST_NOTE])
    _hear({_actor(token, names).name: digests for token, digests in met.items()})
    if collected.spoilt:
        log.warning("%d look-ups of a matcher could not be read", collected.spoilt)


def _actor(token: str, names: Mapping[str, queries.Asker]) -> Actor:
    asker = names.get(token)
    return Actor(
        id=_id(token),
        name=asker.name if asker else "a token that is no longer valid",
        roles=frozenset({Role.PROVIDER}),
        organisation=asker.organisation if asker else None,
    )


def _hear(met: Mapping[str, set[str]]) -> None:
    """Raises the alarms for the canaries that each asker asked for."""
    if not met:
        return
    known = Digests()
    known.refresh()
    for name, digests in met.items():
        keys = [known.lookups[each] for each in sorted(digests) if each in known.lookups]
        alarms.hear(keys, heard=Heard.LOOK_UP, by=name)


def _suspend(line: Mapping[str, Any]) -> None:
    token = _id(str(line["suspend"]))
    if token is not None:
        accounts.suspend_token(SYSTEM, token=token, reason=str(line.get("reason", ""))[:200] or "asked too cleverly")


def _id(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None
