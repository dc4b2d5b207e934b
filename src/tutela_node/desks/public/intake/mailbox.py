"""A reporter's mailbox: found by the code's keyed hash, opened by the code alone.

Rules:
- a code that nobody has and a code that is mistyped take the same way: the same look-up, the same work, the same answer
- the salt of all mailboxes comes from the node's locator key, so it differs between nodes and never changes
"""

import hashlib
import hmac

from tutela.errors import Invalid
from tutela.sealing import locator, mailbox_from_code, new_code, normalise_code, open_with
from tutela_node.foundation import keys
from tutela_node.intake import queries
from tutela_node.intake.rules import ANSWER_INFO, Sentence, Told, in_order, read_told


def look_up(typed: str) -> tuple[Told, ...]:
    """What was told under a code, oldest first; empty when we know no such code."""
    code = _readable(typed)
    found = locator(keys.secret("locator"), code)
    private, _ = mailbox_from_code(code, salt())
    at = queries.received_at(found)
    if at is None:
        return ()
    told = [read_told(open_with(private, sealed, info=ANSWER_INFO)) for sealed in queries.answers(found)]
    return in_order([Told(sentence=Sentence.RECEIVED, at=at), *told])


def salt() -> bytes:
    return hmac.new(keys.secret("locator"), b"mailbox-salt", hashlib.sha256).digest()[:16]


def _readable(typed: str) -> str:
    """The code as typed, or, for one that is mistyped, a code that nobody was given."""
    try:
        return normalise_code(typed)
    except Invalid:
        seed = hmac.new(keys.secret("locator"), b"mistyped" + typed.encode("utf-8", "replace"), hashlib.sha256)
        return new_code(lambda count: hashlib.shake_256(seed.digest()).digest(count))
