"""What staff see of subscriptions and opinions. Credentials and checkpoints are never in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.hashlists import exchanging
from tutela_node.hashlists.models import Entry, Opinion, Subscription
from tutela_node.hashlists.permissions import READ, READ_ENTRY
from tutela_node.hashlists.rules import Health, ListState, Origin, SentState, health


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionValue:
    """A subscription and its list. `member`: who we are to the service; `reaches_to`: how far it has told us all."""

    id: UUID
    list_id: UUID
    list_name: str
    kind: str
    settings: Mapping[str, str]
    minutes: int
    state: ListState
    health: Health
    live: int
    made_by: str
    made_at: datetime
    next_at: datetime | None
    asked_at: datetime | None
    caught_up_at: datetime | None
    reaches_to: datetime | None
    fetching: UUID | None
    failures: int
    trouble: str
    member: str
    members: int
    check_trouble: str
    checked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionValue:
    by: str
    is_own: bool
    at: datetime
    affirmative: bool
    note: str
    sent_state: SentState
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What may be said with an opinion about an entry, and whether an exchange is told."""

    goes_out: bool
    choices: tuple[tuple[str, str], ...]


def subscriptions(actor: Actor) -> tuple[SubscriptionValue, ...]:
    require(actor, READ)
    record_read(actor, "subscriptions.read", None)
    return tuple(_value(row) for row in Subscription.objects.select_related("list").order_by("list__name"))


def read_subscription(actor: Actor, id: UUID) -> SubscriptionValue:
    require(actor, READ)
    record_read(actor, "subscription.read", id)
    row = Subscription.objects.select_related("list").filter(id=id).first()
    if row is None:
        raise Missing("there is no such subscription", place="subscription")
    return _value(row)


def subscription_of(actor: Actor, list: UUID) -> SubscriptionValue | None:
    require(actor, READ)
    row = Subscription.objects.select_related("list").filter(list=list).first()
    return _value(row) if row else None


def opinions(actor: Actor, number: int) -> tuple[OpinionValue, ...]:
    require(actor, READ_ENTRY)
    rows = Opinion.objects.filter(entry__number=number).order_by("at")
    return tuple(
        OpinionValue(
            by=row.by_name,
            is_own=row.by == actor.id,
            at=row.at,
            affirmative=row.affirmative,
            note=row.note,
            sent_state=SentState(row.sent_state),
            answer=row.answer,
        )
        for row in rows
    )


def reasons(actor: Actor, number: int) -> Reasons:
    """The reasons that the exchange of an entry takes for its algorithm, as the last check told them."""
    require(actor, READ_ENTRY)
    entry = Entry.objects.filter(number=number).first()
    source = Subscription.objects.filter(list=entry.list_id).first() if entry else None
    if entry is None or source is None or entry.origin != Origin.EXCHANGE or not exchanging.takes_opinions(source):
        return Reasons(goes_out=False, choices=())
    told = [each for each in source.standing.get("reasons", []) if _is_for(each, entry.algorithm)]
    given = [(each.code, each.name) for each in exchanging.reasons_of(source.kind)]
    return Reasons(goes_out=True, choices=tuple(given + [(each["code"], each["name"]) for each in told]))


def _is_for(reason: Mapping[str, object], algorithm: str) -> bool:
    for_which = reason.get("algorithms") or []
    return not for_which or (isinstance(for_which, list) and algorithm in for_which)


def _value(row: Subscription) -> SubscriptionValue:
    standing = row.standing
    return SubscriptionValue(
        id=row.id,
        list_id=row.list_id,
        list_name=row.list.name,
        kind=row.kind,
        settings=dict(row.settings),
        minutes=row.minutes,
        state=ListState(row.state),
        health=health(
            is_paused=row.state == ListState.PAUSED,
            failures=row.failures,
            caught_up_at=row.caught_up_at,
            minutes=row.minutes,
            now=clock.now(),
        ),
        live=row.list.live,
        made_by=row.made_by_name,
        made_at=row.made_at,
        next_at=row.next_at,
        asked_at=row.asked_at,
        caught_up_at=row.caught_up_at,
        reaches_to=row.reaches_to,
        fetching=row.fetching_id,
        failures=row.failures,
        trouble=row.trouble,
        member=str(standing.get("member", "")),
        members=int(standing.get("members", 0)),
        check_trouble=str(standing.get("trouble", "")),
        checked_at=row.checked_at,
    )
