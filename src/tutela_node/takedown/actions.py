"""Every write of takedown.

Rules:
- a trace is a fact and is never changed; a person's correction is another trace with a reason
- writing a notice again for the same sighting and host gives the same notice; for another host the old one is withdrawn
- `send` looks once more: held, not approved or moved means that nothing leaves; due time and code exist from then
- events name the sighting by its id; no address, host or mail address is written into them in clear
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from tutela_node.foundation import clock, outbox, profile
from tutela_node.foundation.errors import Conflict, Invalid, Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import lookup, seal
from tutela_node.material import queries as material
from tutela_node.takedown import letters, permissions, queries, rules
from tutela_node.takedown.models import Contact, Hold, Notice, NoticeNumber, Trace
from tutela_node.takedown.queries import NoticeValue
from tutela_node.takedown.rules import UNSENT, NoticeState, Outcome, TraceFacts


@transaction.atomic
def record_trace(actor: Actor, *, sighting: UUID, facts: TraceFacts) -> UUID:
    """Keeps where a sighting is hosted, as the sources said."""
    require(actor, permissions.TRACE)
    row = _keep_trace(sighting, facts)
    sighting = row.sighting
    seen = {"trace": str(row.id), "outcome": str(facts.outcome), "agree": facts.agree, "asked": len(facts.sources)}
    record(actor, "sighting.traced", sighting, seen)
    return row.id


@transaction.atomic
def override_trace(actor: Actor, *, sighting: UUID, host_org: str, country: str, contact: str, reason: str) -> UUID:
    """Puts a person's knowledge in the place of the sources. The contact counts as approved. Raises Invalid."""
    require(actor, permissions.OVERRIDE)
    if not reason.strip() or len(reason) > 1000:
        raise Invalid("a correction needs its reason, in 1 to 1000 characters", place="reason")
    latest = queries.trace_of(sighting)
    facts = TraceFacts(
        host=material.sighting(sighting).host,
        at=clock.now(),
        outcome=Outcome.TRACED,
        addresses=latest.facts.addresses if latest else (),
        organisation=rules.clean_text(host_org, 200),
        country=rules.clean_country(country),
        contact=rules.clean_contact(contact),
    )
    row = _keep_trace(sighting, facts, reason=reason, by=actor)
    _approve(_contact_of(facts), actor)
    record(actor, "trace.overridden", row.sighting, {"trace": str(row.id)}, note="with a reason")
    return row.id


@transaction.atomic
def approve_contact(actor: Actor, *, contact: UUID) -> tuple[UUID, ...]:
    """A person stands for a contact. Returns the sightings whose notices waited for it."""
    require(actor, permissions.APPROVE)
    row = Contact.objects.filter(id=contact).first()
    if row is None:
        raise Missing("there is no such contact", place=str(contact))
    _approve(row, actor)
    waiting = Notice.objects.filter(contact=row, state=NoticeState.WAITING_CONTACT)
    sightings = tuple(waiting.values_list("sighting", flat=True))
    for notice in waiting:
        _move(notice, rules.next_state(is_held=queries.hold_of(notice.sighting) is not None, is_approved=True))
    record(actor, "contact.approved", contact, {"notices": len(sightings)})
    return sightings


@transaction.atomic
def place_hold(actor: Actor, *, sighting: UUID, reason: str, ends: datetime, host_may_know: bool = False) -> UUID:
    """Police ask that the host is not told. Notices that have not left wait; those that have are not taken back."""
    require(actor, permissions.HOLD)
    now = clock.now()
    rules.check_hold(starts=now, ends=ends, reason=reason)
    seen = material.sighting(sighting)
    row = Hold.objects.create(
        sighting=seen.id,
        requester=actor.id,
        organisation=actor.organisation,
        reason_sealed=seal("words", reason.encode()),
        starts=now,
        ends=ends,
        host_may_know=host_may_know,
    )
    for notice in Notice.objects.filter(sighting=seen.id, state__in=UNSENT):
        _move(notice, NoticeState.HELD)
    record(actor, "hold.placed", seen.id, {"hold": str(row.id), "ends": ends.isoformat(), "told": host_may_know})
    return row.id


@transaction.atomic
def lift_hold(actor: Actor, *, hold: UUID) -> UUID:
    """Ends a hold early; the organisation that asked for it does. Returns the sighting."""
    require(actor, permissions.HOLD)
    row = Hold.objects.filter(id=hold, organisation=actor.organisation, lifted_at=None).first()
    if row is None:
        raise Missing("there is no such hold of your organisation", place=str(hold))
    row.lifted_at = clock.now()
    row.save(update_fields=["lifted_at"])
    record(actor, "hold.lifted", row.sighting, {"hold": str(hold)})
    return row.sighting


@transaction.atomic
def write_notice(actor: Actor, *, sighting: UUID, verdict_code: str, basis: str) -> UUID:
    """A notice to whoever the latest trace names. It waits for a contact, an approval or the end of a hold.

    Raises Conflict when the sighting was never traced, Forbidden when the legal basis is not in force.
    """
    require(actor, permissions.WRITE)
    profile.current().basis(basis, "notice", clock.now().date())
    sighting = queries.place_of(sighting)
    trace = Trace.objects.filter(sighting=sighting).order_by("-at", "-id").first()
    if trace is None:
        raise Conflict("the sighting is traced before a notice is written", place="trace")
    notice = _written(trace, verdict_code=verdict_code, basis=basis)
    record(actor, "notice.written", sighting, {"notice": str(notice.id), "state": notice.state})
    return notice.id


@transaction.atomic
def send(actor: Actor, *, sighting: UUID, facts: TraceFacts) -> UUID | None:
    """Sends the notice of a sighting, if it may leave now; `facts` were traced a moment ago.

    Nothing leaves while it is held or its contact waits for approval. If the host moved, the notice to the old host is
    withdrawn and one to the new host written, which leaves if it may. Returns the id of the notice that left.
    """
    require(actor, permissions.SEND)
    sighting = queries.place_of(sighting)
    notice = Notice.objects.select_related("trace", "contact").filter(sighting=sighting, state__in=UNSENT).first()
    if notice is None:
        return None
    notice = _readdressed(actor, notice, facts)
    if notice.state != NoticeState.WITHDRAWN:
        _move(notice, _state_for(notice))
    if notice.state != NoticeState.QUEUED:
        record(actor, "notice.waits", sighting, {"notice": str(notice.id), "state": str(notice.state)})
        return None
    mail = _dispatch(notice)
    record(actor, "notice.sent", sighting, {"notice": str(notice.id), "mail": str(mail), "due": str(notice.due_at)})
    return notice.id


@transaction.atomic
def answer_notice(actor: Actor, *, code: str, outcome: str, details: Mapping[str, str]) -> NoticeValue:
    """The host's answer; it may be corrected until the notice is closed. Raises Missing, BadAnswer, Conflict."""
    require(actor, permissions.ANSWER)
    known = queries.notice_by_code(code)
    if known.state not in (NoticeState.SENT, NoticeState.ANSWERED):
        raise Conflict("this notice is closed", place="notice")
    kept = rules.check_answer(outcome, details)
    Notice.objects.filter(id=known.id).update(
        state=NoticeState.ANSWERED,
        answered_at=clock.now(),
        answer_sealed=seal("mail", json.dumps(kept, sort_keys=True).encode()),
    )
    told = {"notice": str(known.id), "outcome": outcome, "records_kept": kept.get("records_kept", "")}
    record(actor, "notice.answered", known.sighting, told)
    return queries.notice_by_code(code)


@transaction.atomic
def close_notice(actor: Actor, *, notice: UUID) -> None:
    """The end of a notice: what it asked for was done, or somebody decided about the host's objection."""
    require(actor, permissions.CLOSE)
    row = Notice.objects.filter(id=notice).first()
    if row is None:
        raise Missing("there is no such notice", place=str(notice))
    if row.state not in (NoticeState.SENT, NoticeState.ANSWERED):
        raise Conflict("only a notice that was sent can be closed", place="state")
    _move(row, NoticeState.CLOSED)
    record(actor, "notice.closed", row.sighting, {"notice": str(notice)})


def _keep_trace(sighting: UUID, facts: TraceFacts, *, reason: str = "", by: Actor | None = None) -> Trace:
    return Trace.objects.create(
        sighting=queries.place_of(sighting),
        at=facts.at,
        outcome=facts.outcome,
        host_sealed=seal("host", facts.host.encode()),
        addresses=list(facts.addresses),
        host_org=facts.organisation,
        country=facts.country,
        contact_sealed=seal("mail", facts.contact.encode()) if facts.contact else None,
        agree=facts.agree,
        sources=[each.as_json() for each in facts.sources],
        override=by is not None,
        reason_sealed=seal("words", reason.encode()) if reason else None,
        by=by.id if by else None,
    )


def _contact_of(facts: TraceFacts) -> Contact:
    row, _ = Contact.objects.get_or_create(
        email_lookup=lookup("mail", facts.contact.lower()),
        defaults={
            "organisation": facts.organisation,
            "email_sealed": seal("mail", facts.contact.encode()),
            "country": facts.country,
            "created_at": clock.now(),
        },
    )
    return row


def _approve(row: Contact, actor: Actor) -> None:
    if row.approved_at is None:
        row.approved_by, row.approved_at = actor.id, clock.now()
        row.save(update_fields=["approved_by", "approved_at"])


def _written(trace: Trace, *, verdict_code: str, basis: str) -> Notice:
    facts = queries.facts_of(trace)
    contact = _contact_of(facts) if facts.contact else None
    unsent = Notice.objects.filter(sighting=trace.sighting, state__in=UNSENT)
    same = unsent.filter(contact=contact).first()
    others = unsent.exclude(id=same.id) if same else unsent
    others.update(state=NoticeState.WITHDRAWN, problem="another host was found before it was sent")
    if same is not None:
        same.trace, same.verdict_code, same.basis = trace, verdict_code, basis
        same.save(update_fields=["trace", "verdict_code", "basis"])
        return same
    languages = profile.current().takedown.languages
    notice = Notice(
        reference=_next_reference(clock.now().year),
        sighting=trace.sighting,
        trace=trace,
        contact=contact,
        verdict_code=verdict_code,
        basis=basis,
        language=languages.get(facts.country) or languages.get("") or "en",
        written_at=clock.now(),
    )
    notice.problem = UNTRACEABLE.get(facts.outcome, "")
    notice.state = NoticeState.WITHDRAWN if notice.problem else _state_for(notice)
    notice.save(force_insert=True)
    return notice


UNTRACEABLE = {
    Outcome.HIDDEN_SERVICE: "a hidden service cannot be traced: there is nobody to write to",
    Outcome.NAME_GONE: "the host's name leads nowhere any more",
}


def _state_for(notice: Notice) -> NoticeState:
    is_held = queries.hold_of(notice.sighting) is not None
    return rules.next_state(is_held=is_held, is_approved=bool(notice.contact and notice.contact.approved_at))


def _readdressed(actor: Actor, notice: Notice, facts: TraceFacts) -> Notice:
    """The notice as it stands after the second look: itself, or the one to the new host."""
    before = notice.trace
    if not rules.has_moved(queries.facts_of(before), facts, overridden=before.override):
        return notice
    trace = _keep_trace(notice.sighting, facts)
    record(actor, "sighting.moved", notice.sighting, {"trace": str(trace.id), "notice": str(notice.id)})
    return _written(trace, verdict_code=notice.verdict_code, basis=notice.basis)


def _move(notice: Notice, state: NoticeState) -> None:
    if notice.state != state:
        notice.state = state
        notice.save(update_fields=["state"])


def _dispatch(notice: Notice) -> UUID:
    """Gives the notice its code and due time, writes the letter and puts it into the outbox."""
    assert notice.contact is not None  # only an approved contact makes a notice queued
    code = secrets.token_urlsafe(24)
    now = clock.now()
    notice.sent_at, notice.due_at = now, now + timedelta(hours=profile.current().takedown.answer_hours)
    written = letters.write(_letter(notice, code), notice.language)
    notice.subject_sealed = seal("mail", written.subject.encode())
    notice.body_sealed = seal("mail", _without(code, written.body).encode())
    notice.code_lookup, notice.state = lookup("notice-code", code), NoticeState.SENT
    notice.save()
    to = queries.contact(notice.contact.id).email
    fields = {"to": to, "subject": written.subject, "body": written.body, "language": notice.language}
    return outbox.post(kind="mail", subject=notice.sighting, payload=fields)


def _letter(notice: Notice, code: str) -> letters.Letter:
    value = queries.value_of(notice)
    national = profile.current()
    assert value.due_at is not None  # set by `_dispatch` just before
    return letters.Letter(
        reference=value.reference,
        organisation=value.organisation,
        country=national.name(notice.language),
        law=value.law,
        url=value.url,
        last_seen=value.last_seen,
        due_at=value.due_at,
        link=f"{settings.TUTELA.api_url}/notice/{code}",
        sender=national.takedown.sender,
    )


def _without(code: str, body: str) -> str:
    """The kept copy of a letter shows where the code stood: staff can read the notice and not answer it."""
    return body.replace(code, "…")


def _next_reference(year: int) -> str:
    if not NoticeNumber.objects.filter(year=year).update(value=F("value") + 1):
        NoticeNumber.objects.get_or_create(year=year)
        NoticeNumber.objects.filter(year=year).update(value=F("value") + 1)
    return f"N-{year}-{NoticeNumber.objects.get(year=year).value:05d}"
