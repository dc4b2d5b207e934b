"""Every write of subscriptions and opinions: subscribe, change, take a batch, tell what failed, judge an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from tutela.exchanges import Batch, Standing
from tutela.hashlists import ListEntry, Problem
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Missing, TutelaError
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.hashlists import counting, exchanging, importing, rules
from tutela_node.hashlists.exchanging import Fetched
from tutela_node.hashlists.models import Entry, ListImport, Opinion, Subscription
from tutela_node.hashlists.naming import find_or_make
from tutela_node.hashlists.permissions import JUDGE, SUBSCRIBE, TAKE
from tutela_node.hashlists.rules import ImportState, ListState, Origin, SentState


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The round that comes next, and when. `at` None: at once."""

    round: UUID
    at: datetime | None


@transaction.atomic
def subscribe(
    actor: Actor,
    *,
    name: str,
    kind: str,
    settings: Mapping[str, str],
    credentials: Mapping[str, str],
    minutes: int,
) -> tuple[UUID, Due]:
    """Subscribes a list, which is made for it or has none yet. The first fetch is due at once.

    Raises Invalid for settings an exchange of this kind cannot be opened with, Conflict where there is one already.
    """
    require(actor, SUBSCRIBE)
    rules.check_interval(minutes)
    given = {name: value.strip() for name, value in settings.items() if value.strip()}
    secret = {name: value.strip() for name, value in credentials.items() if value.strip()}
    exchanging.check_settings(kind, given, secret)
    now = clock.now()
    target = counting.lock(find_or_make(rules.check_name(name), now=now).id)
    rules.check_verified(is_unverified=target.is_unverified)
    if target.purpose != rules.Purpose.KNOWN:
        raise Conflict("this list is there for another purpose; known and known-good are never mixed", place="name")
    if Subscription.objects.filter(list=target).exists():
        raise Conflict("this list has a subscription already", place="name")
    made = Subscription.objects.create(
        list=target,
        kind=kind,
        settings=given,
        credentials_sealed=exchanging.sealed_credentials(secret),
        minutes=minutes,
        made_by=actor.id,
        made_by_name=actor.name,
        made_at=now,
        next_at=now,
    )
    counting.note(actor, target, "subscribed", at=now, now=kind)
    record(actor, "list.subscribed", target.id, {"subscription": str(made.id), "exchange": kind, "minutes": minutes})
    return made.id, Due(round=made.round, at=None)


@transaction.atomic
def change_subscription(
    actor: Actor,
    *,
    id: UUID,
    reason: str,
    state: ListState | None = None,
    minutes: int | None = None,
    credentials: Mapping[str, str] | None = None,
) -> Due | None:
    """Pauses it, lets it go on, changes its interval or its credentials. None while it is paused."""
    require(actor, SUBSCRIBE)
    rules.check_reason(reason)
    row, now, done = _locked(id), clock.now(), []
    if minutes is not None and minutes != row.minutes:
        rules.check_interval(minutes)
        counting.note(actor, row.list, "interval", at=now, was=str(row.minutes), now=str(minutes), reason=reason)
        row.minutes = minutes
        done.append("interval")
    secret = {name: value.strip() for name, value in (credentials or {}).items() if value.strip()}
    if secret:
        exchanging.check_settings(row.kind, row.settings, secret)
        row.credentials_sealed = exchanging.sealed_credentials(secret)
        counting.note(actor, row.list, "credentials", at=now, reason=reason)
        done.append("credentials")
    if state is not None and state != row.state:
        what = "fetching paused" if state is ListState.PAUSED else "fetching resumed"
        counting.note(actor, row.list, what, at=now, reason=reason)
        row.state = state
        done.append("state")
    if not done:
        raise Conflict("the subscription is like this already", place="subscription")
    due = _schedule(row, 0)
    record(actor, "subscription.changed", row.list_id, {"subscription": str(id), "changed": done, "reason": reason})
    return due if row.state == ListState.ACTIVE else None


@transaction.atomic
def fetch_now(actor: Actor, *, id: UUID) -> Due:
    """Makes the next fetch due at once. Raises Conflict while it is paused."""
    require(actor, SUBSCRIBE)
    row = _locked(id)
    if row.state == ListState.PAUSED:
        raise Conflict("this subscription is paused", place="subscription")
    record(actor, "subscription.asked", row.list_id, {"subscription": str(id)})
    return _schedule(row, 0)


@transaction.atomic
def take_fetched(actor: Actor, *, round: UUID, fetched: Fetched) -> tuple[Due | None, UUID | None]:
    """Takes what a round fetched with its checkpoint, in one transaction, or keeps why it failed.

    Answers what is due next (None: another round took over) and the import that became whole with it. Raises Conflict
    when another worker took what comes after the checkpoint.
    """
    require(actor, TAKE)
    found = Subscription.objects.filter(round=round).values_list("id", flat=True).first()
    row = _locked(found) if found else None
    if row is None or row.round != round:
        return None, None
    if exchanging.checkpoint_of(row) != fetched.seen:
        raise Conflict("another worker took this batch", place="subscription")
    row.asked_at = clock.now()
    if fetched.is_new:
        record(actor, "credential.used", row.list_id, {"subscription": str(row.id), "for": "fetch"})
    if fetched.error is not None:
        return _failed(actor, row, fetched.error), None
    row.failures, row.trouble = 0, ""
    if fetched.batch is not None:
        _take(row, fetched.batch)
    if fetched.batch is not None and not fetched.batch.is_caught_up:
        row.save()
        return Due(round=round, at=None), None
    return _caught_up(actor, row, fetched.batch)


@transaction.atomic
def tell_standing(actor: Actor, *, id: UUID, found: Standing | TutelaError) -> None:
    """Keeps what a check found: who we are to the service, or what speaks against it."""
    require(actor, TAKE)
    row = _locked(id)
    if isinstance(found, TutelaError):
        row.standing = {"trouble": str(found)[:300]}
    else:
        reasons = [{"code": e.code, "name": e.name, "algorithms": list(e.algorithms)} for e in found.reasons[:200]]
        member = found.member.name or found.member.id if found.member else ""
        row.standing = {"member": member[:200], "members": len(found.members), "reasons": reasons}
    row.checked_at = clock.now()
    row.save(update_fields=["standing", "checked_at"])
    record(actor, "credential.used", row.list_id, {"subscription": str(id), "for": "check"})


@transaction.atomic
def judge_entry(
    actor: Actor, *, number: int, affirmative: bool, reasons: Sequence[str] = (), note: str
) -> tuple[UUID, bool]:
    """Confirms or disputes an entry; once a person. Answers the opinion, and whether the exchange is to be told."""
    require(actor, JUDGE)
    rules.check_reason(note)
    person, now = person_of(actor), clock.now()
    entry = Entry.objects.select_related("list").filter(number=number).first()
    if entry is None:
        raise Missing("there is no such entry", place="entry")
    if Opinion.objects.filter(entry=entry, by=person).exists():
        raise Conflict("you have judged this entry already", place="entry")
    source = Subscription.objects.filter(list=entry.list_id).first()
    goes = exchanging.takes_opinions(source) and entry.origin == Origin.EXCHANGE
    made = Opinion.objects.create(
        entry=entry,
        by=person,
        by_name=actor.name,
        at=now,
        affirmative=affirmative,
        reasons=[str(each)[:80] for each in reasons[:20]],
        note=note.strip(),
        sent_state=SentState.WAITING if goes else SentState.KEPT,
    )
    what = "confirmed" if affirmative else "disputed"
    counting.note(actor, entry.list, what, at=now, reason=note, entry=entry)
    record(actor, "entry.judged", entry.id, {"affirmative": affirmative, "reasons": list(reasons), "note": note})
    return made.id, goes


@transaction.atomic
def tell_sent(actor: Actor, *, opinion: UUID, accepted: bool, answer: str) -> None:
    """Keeps what the exchange made of an opinion."""
    require(actor, TAKE)
    row = Opinion.objects.select_related("entry").get(id=opinion)
    state = SentState.TAKEN if accepted else SentState.REFUSED
    Opinion.objects.filter(id=opinion).update(sent_state=state, sent_at=clock.now(), answer=answer[:300])
    record(actor, "credential.used", row.entry.list_id, {"opinion": str(opinion), "for": "send", "outcome": str(state)})


def _locked(id: UUID) -> Subscription:
    found = Subscription.objects.filter(id=id).values_list("list", flat=True).first()
    if found is None:
        raise Missing("there is no such subscription", place="subscription")
    counting.lock(found)
    return Subscription.objects.select_for_update().select_related("list").get(id=id)


def _take(row: Subscription, batch: Batch) -> None:
    rows: list[ListEntry | Problem] = [*batch.entries, *batch.problems]
    now = clock.now()
    if rows and row.fetching is None:
        row.fetching = ListImport.objects.create(
            list=row.list,
            origin=Origin.EXCHANGE,
            state=ImportState.RUNNING,
            format=row.kind,
            by_name=row.list.name,
            at=now,
        )
    if rows and row.fetching is not None:
        importing.take_piece(row.fetching, rows, now=now)
    row.checkpoint_sealed = exchanging.sealed_checkpoint(batch.checkpoint)


def _failed(actor: Actor, row: Subscription, error: TutelaError) -> Due:
    """The next attempt is due after a pause that grows."""
    row.failures, row.trouble = min(row.failures + 1, 30_000), str(error)[:300]
    record(actor, "subscription.failed", row.list_id, {"subscription": str(row.id), "kind": str(error.kind)})
    return _schedule(row, rules.pause_after(row.failures, row.minutes))


def _caught_up(actor: Actor, row: Subscription, batch: Batch | None) -> tuple[Due, UUID | None]:
    """The round is whole: from now on, what is added to the list is growth."""
    now, made = clock.now(), row.fetching
    counting.fill(row.list, now)
    row.fetching, row.caught_up_at = None, now
    row.reaches_to = batch.fetched_until if batch else row.reaches_to
    due = _schedule(row, row.minutes)
    if made is not None:
        made.state, made.ended_at = ImportState.DONE, now
        made.save(update_fields=["state", "ended_at"])
        counts = {"read": made.read, "added": made.added, "withdrawn": made.withdrawn, "problems": made.problem_count}
        record(actor, "list.fetched", row.list_id, {"import": str(made.id), **counts})
    return due, made.id if made else None


def _schedule(row: Subscription, minutes: int) -> Due:
    """A new round after so many minutes; what belongs to another round is over."""
    row.round, row.next_at = new_id(), clock.now() + timedelta(minutes=minutes)
    row.save()
    return Due(round=row.round, at=row.next_at if minutes else None)
