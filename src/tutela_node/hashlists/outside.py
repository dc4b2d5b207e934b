"""What the api role tells outside askers, bounded like the match service: around one hash so much and no more.

Rules:
- what an organisation asked is remembered for all of its tokens together, in this process; a restart forgets it
- the same question again is free and changes nothing
- a token that feels its way around a hash is suspended, which its next question and every other process sees
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from tutela.matching import PDQ, pack_one
from tutela_node.accounts.actions import suspend_token
from tutela_node.foundation.permissions import SYSTEM, Actor, Role
from tutela_node.hashlists.neighbours import WORN, Watch, Worn
from tutela_node.hashlists.rules import MIN_QUALITY, LookUpClass

MOST_ASKED = 10_000  # questions of one organisation that are known again
MOST_ORGANISATIONS = 2_000


@dataclass(slots=True)
class _Asker:
    lock: threading.Lock = field(default_factory=threading.Lock)
    watch: Watch = field(default_factory=Watch)
    asked: OrderedDict[bytes, None] = field(default_factory=OrderedDict)


_askers: OrderedDict[UUID, _Asker] = OrderedDict()
_lock = threading.Lock()


def told(actor: Actor, hashes: Mapping[str, str], quality: int | None, answer: LookUpClass) -> LookUpClass:
    """The answer as it may be told. Raises Worn, and suspends the token, where it feels its way."""
    compared = PDQ in hashes and (quality is None or quality >= MIN_QUALITY)
    if Role.PROVIDER not in actor.roles or actor.organisation is None or not compared or answer is LookUpClass.EXACT:
        return answer
    words = pack_one(hashes[PDQ], place=PDQ)
    asker, key = _asker(actor.organisation), words.tobytes()
    with asker.lock:
        is_new = key not in asker.asked
        asker.asked[key] = None
        asker.asked.move_to_end(key)
        if len(asker.asked) > MOST_ASKED:
            asker.asked.popitem(last=False)
        try:
            near = asker.watch.told(words, is_near=answer is LookUpClass.NEAR, is_new=is_new)
        except Worn:
            if actor.id is not None:
                suspend_token(SYSTEM, token=actor.id, reason=WORN)
            raise
    return LookUpClass.NEAR if near else LookUpClass.NONE


def forget() -> None:
    """For tests: as after a restart."""
    with _lock:
        _askers.clear()


def _asker(organisation: UUID) -> _Asker:
    with _lock:
        found = _askers.setdefault(organisation, _Asker())
        if len(_askers) > MOST_ORGANISATIONS:
            _askers.popitem(last=False)
    return found
