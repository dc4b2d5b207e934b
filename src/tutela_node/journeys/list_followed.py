"""A list is followed at its exchange: fetched when it is due, batch by batch, and told what our people found.

A step fetches one batch and takes it with its checkpoint in one transaction; then it begins the step after it, at once
or when the interval is over. The subject of a fetch is its round: asking for a fetch now begins another round, and what
is left of the one before does nothing. So a kill, or a second worker, neither loses nor repeats an entry.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from tutela.exchanges import Sent, Standing
from tutela_node.foundation.errors import TutelaError
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import exchanging
from tutela_node.hashlists import subscription_actions as subscriptions
from tutela_node.hashlists.exchanging import Fetched
from tutela_node.hashlists.rules import ListState
from tutela_node.hashlists.subscription_actions import Due
from tutela_node.journeys.list_imported import JOURNEY as IMPORTED
from tutela_node.journeys.steps import begin, register, times_begun

JOURNEY = "list_followed"


def subscribe(
    actor: Actor, *, name: str, kind: str, settings: Mapping[str, str], credentials: Mapping[str, str], minutes: int
) -> UUID:
    with transaction.atomic():
        id, due = subscriptions.subscribe(
            actor, name=name, kind=kind, settings=settings, credentials=credentials, minutes=minutes
        )
        _begin(due)
        begin(JOURNEY, id, "check:0")
    return id


def change(
    actor: Actor,
    *,
    id: UUID,
    reason: str,
    state: ListState | None = None,
    minutes: int | None = None,
    credentials: Mapping[str, str] | None = None,
) -> None:
    with transaction.atomic():
        due = subscriptions.change_subscription(
            actor, id=id, reason=reason, state=state, minutes=minutes, credentials=credentials
        )
        if due is not None:
            _begin(due)


def fetch_now(actor: Actor, *, id: UUID) -> None:
    """Fetches and checks at once."""
    with transaction.atomic():
        _begin(subscriptions.fetch_now(actor, id=id))
        begin(JOURNEY, id, f"check:{times_begun(JOURNEY, id, 'check')}")


def judge(actor: Actor, *, number: int, affirmative: bool, reasons: tuple[str, ...] = (), note: str) -> bool:
    """True when the exchange is told."""
    with transaction.atomic():
        opinion, goes = subscriptions.judge_entry(
            actor, number=number, affirmative=affirmative, reasons=reasons, note=note
        )
        if goes:
            begin(JOURNEY, opinion, "send")
    return goes


def _begin(due: Due) -> None:
    name = f"fetch:{times_begun(JOURNEY, due.round, 'fetch')}"
    begin(JOURNEY, due.round, name, due_at=due.at)


@register(JOURNEY, "fetch", prepare=exchanging.fetch)
def fetch(round: UUID, fetched: Fetched | None) -> None:
    if fetched is None:
        return
    due, whole = subscriptions.take_fetched(SYSTEM, round=round, fetched=fetched)
    if due is not None:
        _begin(due)
    if whole is not None:
        begin(IMPORTED, whole, "rematch")


@register(JOURNEY, "check", prepare=exchanging.check)
def check(id: UUID, found: Standing | TutelaError | None) -> None:
    if found is not None:
        subscriptions.tell_standing(SYSTEM, id=id, found=found)


def _refused(opinion: UUID, error: TutelaError) -> None:
    subscriptions.tell_sent(SYSTEM, opinion=opinion, accepted=False, answer=str(error))


@register(JOURNEY, "send", prepare=exchanging.send, give_up=_refused)
def send(opinion: UUID, sent: Sent | None) -> None:
    if sent is not None:
        subscriptions.tell_sent(SYSTEM, opinion=opinion, accepted=sent.accepted, answer=sent.reason)
