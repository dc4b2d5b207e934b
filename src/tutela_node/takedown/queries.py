"""Every read of takedown, as frozen values.

Rules:
- `notice_by_code` is what a host sees: it knows of a hold only when the officer chose so
- a person's reads ask for the permission and are written down
- a sighting that was merged into another is that other one everywhere, so a hold on either holds both
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db.models import Q, QuerySet

from tutela_node.foundation import clock, profile
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import lookup, unseal
from tutela_node.material import queries as material
from tutela_node.takedown import permissions
from tutela_node.takedown.models import Contact, Hold, Notice, Trace
from tutela_node.takedown.rules import NoticeState, Outcome, SourceFact, SourceKind, TraceFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceValue:
    id: UUID
    sighting: UUID
    facts: TraceFacts
    override: bool
    reason: str
    by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactValue:
    id: UUID
    organisation: str
    email: str
    country: str
    approved_by: UUID | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldValue:
    id: UUID
    sighting: UUID
    requester: UUID | None
    organisation: UUID | None
    reason: str
    starts: datetime
    ends: datetime
    lifted_at: datetime | None
    host_may_know: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoticeValue:
    """`hold_until` is set only when the host may know. `answer` holds the outcome and its details, once given."""

    id: UUID
    reference: str
    sighting: UUID
    url: str
    last_seen: datetime
    organisation: str
    country: str
    contact: UUID | None
    law: str
    language: str
    subject: str
    body: str
    state: NoticeState
    problem: str
    written_at: datetime
    sent_at: datetime | None
    due_at: datetime | None
    answered_at: datetime | None
    answer: Mapping[str, str]
    hold_until: datetime | None


def place_of(sighting: UUID) -> UUID:
    """The sighting that this id leads to. Raises Missing."""
    return material.sighting(sighting).id


def trace_of(sighting: UUID) -> TraceValue | None:
    """The latest trace of a sighting."""
    row = Trace.objects.filter(sighting=place_of(sighting)).order_by("-at", "-id").first()
    return _trace(row) if row else None


def traces_of(actor: Actor, sighting: UUID) -> tuple[TraceValue, ...]:
    """All traces of a sighting, newest first."""
    require(actor, permissions.SEE)
    record_read(actor, "trace.read", sighting)
    return tuple(_trace(row) for row in Trace.objects.filter(sighting=place_of(sighting)).order_by("-at", "-id"))


def contact(id: UUID) -> ContactValue:
    """Raises Missing."""
    row = Contact.objects.filter(id=id).first()
    if row is None:
        raise Missing("there is no such contact", place=str(id))
    return _contact(row)


def contacts_to_approve(actor: Actor) -> tuple[ContactValue, ...]:
    """Contacts that a machine found and no person has approved yet, oldest first."""
    require(actor, permissions.APPROVE)
    return tuple(_contact(row) for row in Contact.objects.filter(approved_at=None).order_by("created_at", "id"))


def hold_of(sighting: UUID) -> HoldValue | None:
    """The hold that stands on a sighting now, the one that ends last."""
    place = place_of(sighting)
    return next((_hold(row) for row in _standing().order_by("-ends") if place_of(row.sighting) == place), None)


def holds(actor: Actor) -> tuple[HoldValue, ...]:
    """The holds that stand now. Police see those of their own organisation, staff all."""
    if actor.may(permissions.SEE):
        rows = _standing()
    else:
        require(actor, permissions.HOLD)
        rows = _standing().filter(organisation=actor.organisation)
    record_read(actor, "hold.read", None)
    return tuple(_hold(row) for row in rows.order_by("ends", "id"))


def notice(actor: Actor, id: UUID) -> NoticeValue:
    """Raises Missing, Forbidden."""
    require(actor, permissions.SEE)
    row = _notices().filter(id=id).first()
    if row is None:
        raise Missing("there is no such notice", place=str(id))
    record_read(actor, "notice.read", id)
    return value_of(row)


def notices(actor: Actor, *, limit: int = 100) -> tuple[NoticeValue, ...]:
    """The newest notices first."""
    require(actor, permissions.SEE)
    record_read(actor, "notices.read", None)
    return tuple(value_of(row) for row in _notices().order_by("-written_at", "-id")[:limit])


def notices_of(sighting: UUID) -> tuple[NoticeValue, ...]:
    return tuple(value_of(row) for row in _notices().filter(sighting=place_of(sighting)).order_by("-written_at", "-id"))


def notice_by_code(code: str) -> NoticeValue:
    """What the host sees. Raises Missing for a code that opens nothing, in the same words whatever is wrong."""
    row = _notices().filter(code_lookup=lookup("notice-code", code), sent_at__isnull=False).first() if code else None
    if row is None:
        raise Missing("this link opens nothing", place="code")
    return value_of(row)


def sightings_released() -> tuple[UUID, ...]:
    """Sightings whose notice waited for a hold that has ended: their notice is due."""
    held = {place_of(row.sighting) for row in _standing()}
    waiting = Notice.objects.filter(state=NoticeState.HELD).order_by("written_at").values_list("sighting", flat=True)
    return tuple(sighting for sighting in waiting if sighting not in held)


def value_of(row: Notice) -> NoticeValue:
    seen = material.sighting(row.sighting)
    hold = hold_of(row.sighting)
    laws = {basis.id: basis.title for basis in profile.current().legal_bases}
    return NoticeValue(
        id=row.id,
        reference=row.reference,
        sighting=row.sighting,
        url=seen.url,
        last_seen=seen.last_seen,
        organisation=row.trace.host_org,
        country=row.trace.country,
        contact=row.contact_id,
        law=laws.get(row.basis, row.basis),
        language=row.language,
        subject=_opened("mail", row.subject_sealed),
        body=_opened("mail", row.body_sealed),
        state=NoticeState(row.state),
        problem=row.problem,
        written_at=row.written_at,
        sent_at=row.sent_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        answer=MappingProxyType(json.loads(_opened("mail", row.answer_sealed) or "{}")),
        hold_until=hold.ends if hold and hold.host_may_know else None,
    )


def facts_of(row: Trace) -> TraceFacts:
    """The facts of a trace, as they were recorded or put in their place."""
    return TraceFacts(
        host=_opened("host", row.host_sealed),
        at=row.at,
        outcome=Outcome(row.outcome),
        addresses=tuple(row.addresses),
        organisation=row.host_org,
        country=row.country,
        contact=_opened("mail", row.contact_sealed),
        agree=row.agree,
        sources=tuple(_source(each) for each in row.sources),
    )


def _standing() -> QuerySet[Hold]:
    now = clock.now()
    return Hold.objects.filter(Q(lifted_at=None) | Q(lifted_at__gt=now), starts__lte=now, ends__gt=now)


def _notices() -> QuerySet[Notice]:
    return Notice.objects.select_related("trace", "contact")


def _opened(purpose: str, sealed: bytes | memoryview | None) -> str:
    return unseal(purpose, bytes(sealed)).decode() if sealed else ""


def _source(kept: Mapping[str, object]) -> SourceFact:
    domains = kept["domains"]
    return SourceFact(
        kind=SourceKind(str(kept["kind"])),
        answered=bool(kept["answered"]),
        organisation=str(kept["organisation"]),
        country=str(kept["country"]),
        domains=tuple(domains) if isinstance(domains, list) else (),
        problem=str(kept["problem"]),
    )


def _trace(row: Trace) -> TraceValue:
    return TraceValue(
        id=row.id,
        sighting=row.sighting,
        facts=facts_of(row),
        override=row.override,
        reason=_opened("words", row.reason_sealed),
        by=row.by,
    )


def _contact(row: Contact) -> ContactValue:
    return ContactValue(
        id=row.id,
        organisation=row.organisation,
        email=_opened("mail", row.email_sealed),
        country=row.country,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
    )


def _hold(row: Hold) -> HoldValue:
    return HoldValue(
        id=row.id,
        sighting=row.sighting,
        requester=row.requester,
        organisation=row.organisation,
        reason=_opened("words", row.reason_sealed),
        starts=row.starts,
        ends=row.ends,
        lifted_at=row.lifted_at,
        host_may_know=row.host_may_know,
    )
