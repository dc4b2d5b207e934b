"""Everything that review writes. Each action is permitted, one transaction, and written down.

Rules:
- whoever decides holds the entry's row for the length of the transaction: two people cannot decide past each other
- a claim is a lease: it ends by itself, and its holder's activity carries it on
- an assessment that says its author looked needs a view of theirs in the log
- an assessment takes effect `withdraw_seconds` after it was made; until then its author may take it back
- `settle` adds up once for each assessment that took effect; there is one verdict an item, ever
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from tutela.taxonomy import Code
from tutela_node.evidence import queries as evidence
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.review import queries
from tutela_node.review.errors import (
    AlreadyAssessed,
    ClaimedByAnother,
    CodeRefused,
    GroundRefused,
    NotOpen,
    NotYours,
    TookEffect,
)
from tutela_node.review.models import Assessment, QueueEntry, Verdict
from tutela_node.review.permissions import ASSESS, CLAIM, CLOSE, ENQUEUE, SETTLE
from tutela_node.review.queries import AssessmentValue, VerdictValue
from tutela_node.review.rules import (
    Bucket,
    EntryState,
    Ground,
    Outcome,
    Proposal,
    Reason,
    Sum,
    add_up,
    check_ground,
    check_looked,
    known_from,
    needs_view,
)


@transaction.atomic
def enqueue(
    actor: Actor,
    *,
    item: UUID,
    bucket: Bucket,
    reason: str,
    match: Mapping[str, Any] | None,
    due_at: datetime | None = None,
) -> None:
    """Puts an item (or a report that holds only words) into the queue; one that is queued is brought up to date."""
    require(actor, ENQUEUE)
    told = {"bucket": Bucket(bucket), "reason": str(reason), "match": dict(match or {}), "due_at": due_at}
    known_from(match or {})
    QueueEntry.objects.update_or_create(
        item=item, defaults=told, create_defaults={**told, "item": item, "queued_at": clock.now()}
    )
    record(actor, "item.queued", item, {"bucket": str(bucket), "reason": str(reason)})


@transaction.atomic
def claim(actor: Actor, *, item: UUID) -> datetime:
    """Takes the entry for `claim_minutes`, or carries one's own claim on. Returns when the claim ends."""
    require(actor, CLAIM)
    row = _held_open(actor, item)
    was_mine = row.claimed_by_id == actor.id and _is_claimed(row)
    row.claimed_by_id = actor.id
    row.claimed_until = clock.now() + timedelta(minutes=queries.terms().claim_minutes)
    row.save(update_fields=["claimed_by", "claimed_until"])
    if not was_mine:
        record(actor, "item.claimed", item, {"until": row.claimed_until.isoformat()})
    return row.claimed_until


@transaction.atomic
def release_claim(actor: Actor, *, item: UUID) -> None:
    """Gives the entry back before the claim ends."""
    require(actor, CLAIM)
    row = _locked(item)
    if row.claimed_by_id != actor.id:
        raise NotYours("this claim is somebody else's", place="item")
    _let_go(row)
    record(actor, "item.released", item, {})


@transaction.atomic
def assess(actor: Actor, *, item: UUID, code: str, ground: Ground, viewed: bool) -> AssessmentValue:
    """Records one person's decision. It takes effect after the profile's time to withdraw."""
    require(actor, ASSESS)
    row = _held_open(actor, item)
    if Assessment.objects.filter(item=item, person_id=person_of(actor), withdrawn_at=None).exists():
        raise AlreadyAssessed("you have assessed this item; withdraw it first, while you can", place="item")
    decides = _code(code).illegal is not None
    made = _assessment(actor, row, Proposal(code=code, ground=Ground(ground), viewed=viewed, decides=decides))
    _let_go(row)
    record(actor, "assessment.made", item, _told(made))
    return queries.assessment(made.id)


@transaction.atomic
def withdraw(actor: Actor, *, assessment: UUID) -> None:
    """Takes one's own assessment back before it takes effect."""
    require(actor, ASSESS)
    row = Assessment.objects.select_for_update().filter(id=assessment).first()
    if row is None:
        raise Missing("there is no such assessment", place="assessment")
    if row.person_id != actor.id:
        raise NotYours("only its author can withdraw an assessment", place="assessment")
    if row.withdrawn_at is not None:
        raise Conflict("this assessment is withdrawn already", place="assessment")
    if row.effective_at <= clock.now():
        raise TookEffect(f"this assessment took effect at {row.effective_at:%H:%M:%S} UTC", place="assessment")
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    record(actor, "assessment.withdrawn", row.item, {"assessment": str(row.id)})


@transaction.atomic
def settle(actor: Actor, *, assessment: UUID) -> VerdictValue | None:
    """Adds up the item of an assessment that took effect. Returns the verdict, or None while there is none."""
    require(actor, SETTLE)
    row = queries.assessment(assessment)
    if row.withdrawn_at is not None:
        return None
    if row.effective_at > clock.now():
        raise Conflict(f"this assessment takes effect at {row.effective_at:%H:%M:%S} UTC", place="assessment")
    entry = _locked(row.item)
    reached = queries.verdict_of(row.item)
    if reached is not None:
        return reached
    outcome = _outcome(entry)
    record(actor, "assessment.settled", row.item, {"assessment": str(assessment), "sum": str(outcome.sum)})
    if outcome.sum is Sum.DISAGREEMENT:
        _ask_another(entry, Reason.DISAGREEMENT)
    elif not _code(row.code or "").final:
        _ask_another(entry, Reason.DOUBT)
    return _reach(actor, entry, outcome) if outcome.sum is Sum.VERDICT else None


@transaction.atomic
def close(actor: Actor, *, item: UUID, reason: str) -> None:
    """Takes an entry out of the queue without a verdict: its addresses are gone, or its report is closed."""
    require(actor, CLOSE)
    row = _locked(item)
    row.state = EntryState.CLOSED
    row.save(update_fields=["state"])
    _let_go(row)
    record(actor, "item.closed", item, {"reason": reason})


def _assessment(actor: Actor, row: QueueEntry, proposal: Proposal) -> Assessment:
    terms, now = queries.terms(), clock.now()
    if proposal.viewed and not evidence.has_viewed(person_of(actor), row.item):
        raise GroundRefused("you have not opened this picture: open one view, or choose another ground", place="viewed")
    known, bucket = known_from(row.match), Bucket(row.bucket)
    check_ground(proposal, known=known, bucket=bucket, terms=terms)
    look = needs_view(known, bucket=bucket, terms=terms)
    check_looked(proposal, queries.given_of(row.item), needs_view=look, terms=terms)
    return Assessment.objects.create(
        item=row.item,
        person_id=person_of(actor),
        scheme=_scheme_label(),
        code=proposal.code,
        decides=proposal.decides,
        final=_code(proposal.code).final,
        ground=proposal.ground,
        viewed=proposal.viewed,
        made_at=now,
        effective_at=now + timedelta(seconds=terms.withdraw_seconds),
    )


def _reach(actor: Actor, row: QueueEntry, outcome: Outcome) -> VerdictValue:
    agreed = Assessment.objects.filter(
        item=row.item, withdrawn_at=None, code=outcome.code, effective_at__lte=clock.now()
    )
    verdict = Verdict.objects.create(
        item=row.item,
        scheme=_scheme_label(),
        code=outcome.code,
        illegal=_code(outcome.code).illegal,
        decided_at=clock.now(),
    )
    verdict.assessments.set(agreed)
    row.state = EntryState.DECIDED
    row.save(update_fields=["state"])
    told = {"verdict": str(verdict.id), "scheme": verdict.scheme, "code": verdict.code, "people": agreed.count()}
    record(actor, "verdict.reached", row.item, told)
    return queries.verdict(verdict.id)


def _ask_another(row: QueueEntry, reason: Reason) -> None:
    """People differ or doubt: one more person decides, without knowing who said what."""
    row.bucket = Bucket.TEXT if row.bucket == Bucket.TEXT else Bucket.LOOK
    row.reason = reason
    row.save(update_fields=["bucket", "reason"])


def _outcome(row: QueueEntry) -> Outcome:
    terms = queries.terms()
    look = needs_view(known_from(row.match), bucket=Bucket(row.bucket), terms=terms)
    return add_up(queries.given_of(row.item), now=clock.now(), needs_view=look, terms=terms)


def _locked(item: UUID) -> QueueEntry:
    row = QueueEntry.objects.select_for_update().filter(item=item).first()
    if row is None:
        raise Missing("this item is not in the queue", place="item")
    return row


def _held_open(actor: Actor, item: UUID) -> QueueEntry:
    """The entry, if it is open and nobody else holds it."""
    row = _locked(item)
    if row.state != EntryState.OPEN:
        raise NotOpen(f"this item is {row.state}", place="item")
    if _is_claimed(row) and row.claimed_by_id != actor.id:
        raise ClaimedByAnother(f"somebody else works on this item until {row.claimed_until:%H:%M} UTC", place="item")
    return row


def _is_claimed(row: QueueEntry) -> bool:
    return row.claimed_until is not None and row.claimed_until > clock.now()


def _let_go(row: QueueEntry) -> None:
    row.claimed_by, row.claimed_until = None, None
    row.save(update_fields=["claimed_by", "claimed_until"])


def _code(code: str) -> Code:
    try:
        return queries.scheme_today().code(code)
    except Missing:
        raise CodeRefused("the scheme in force has no such code", place="code") from None


def _scheme_label() -> str:
    known = queries.scheme_today()
    return f"{known.name} {known.version}"


def _told(made: Assessment) -> dict[str, object]:
    return {
        "assessment": str(made.id),
        "scheme": made.scheme,
        "code": made.code,
        "ground": str(made.ground),
        "viewed": made.viewed,
        "effective_at": made.effective_at.isoformat(),
    }
