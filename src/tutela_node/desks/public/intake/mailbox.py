"""A reporter's mailbox: found by the code's keyed hash, opened by the code alone.

Rules:
- a code that nobody has and a code that is mistyped take the same way: the same look-up, the same work, the same answer
- what is told depends on the hour and on what we did, never on what we knew (`intake.rules.readable_from`)
- what the reporter wrote cannot be read here again, by nobody: a code that others find shows that somebody replied,
  not what
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from tutela.errors import Invalid
from tutela.sealing import locator, mailbox_from_code, new_code, normalise_code, open_with
from tutela_node.foundation import keys
from tutela_node.intake import queries
from tutela_node.intake.channel import Asked, read_question
from tutela_node.intake.mailboxes import salt
from tutela_node.intake.rules import ANSWER_INFO, QUESTION_INFO, Sentence, Told, in_order, read_told


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Mailbox:
    """What a code opens: sentences oldest first, our questions, and when the reporter replied."""

    code: str
    told: tuple[Told, ...]
    asked: tuple[Asked, ...]
    replied: tuple[datetime, ...]


def look_up(typed: str, now: datetime) -> Mailbox | None:
    """None when we know no such code."""
    code = _readable(typed)
    found = locator_of(code)
    private, _ = mailbox_from_code(code, salt())
    at = queries.received_at(found)
    if at is None:
        return None
    told = [read_told(open_with(private, sealed, info=ANSWER_INFO)) for sealed in queries.answers(found, now)]
    asked = [read_question(open_with(private, sealed, info=QUESTION_INFO)) for sealed in queries.questions(found)]
    first = Told(sentence=Sentence.RECEIVED, at=at)
    return Mailbox(code=code, told=in_order([first, *told]), asked=tuple(asked), replied=queries.replied_at(found))


def locator_of(code: str) -> str:
    return locator(keys.secret("locator"), code)


def _readable(typed: str) -> str:
    """The code as typed, or, for one that is mistyped, a code that nobody was given."""
    try:
        return normalise_code(typed)
    except Invalid:
        seed = hmac.new(keys.secret("locator"), b"mistyped" + typed.encode("utf-8", "replace"), hashlib.sha256)
        return new_code(lambda count: hashlib.shake_256(seed.digest()).digest(count))
