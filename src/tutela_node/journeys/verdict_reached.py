"""A verdict was reached.

    illegal: exhibit -> admit to the national list -> (each place where it, or an archive that holds it, was seen) trace
             -> notice -> send; tell reporters
    not:     schedule the erasure of the bytes; tell reporters
    words:   tell the reporter; what breaks the law is brought to the police by people

A notice waits while a person has not approved its contact, and while the police hold it. Right before it is sent the
host is traced again: if the material moved, the old host is not written to.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tutela_node.evidence import actions as evidence
from tutela_node.foundation import clock, profile
from tutela_node.foundation.errors import Conflict, Missing
from tutela_node.foundation.fetcher import Resolver
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.hashlists import actions as hashlists
from tutela_node.intake import actions as intake
from tutela_node.intake import queries as reports
from tutela_node.journeys.content_checked import look_again
from tutela_node.journeys.contents_decided import illegal_verdict, settle_by_contents
from tutela_node.journeys.reports_told import tell_when_decided
from tutela_node.journeys.reports_weighed import take_turn
from tutela_node.journeys.steps import begin, register
from tutela_node.material import actions as material
from tutela_node.material import inside_queries as inside
from tutela_node.material import queries as items
from tutela_node.review import queries as review
from tutela_node.takedown import actions as takedown
from tutela_node.takedown import tracing

JOURNEY = "verdict_reached"


@register(JOURNEY, "exhibit")
def exhibit(item: UUID, _: object) -> None:
    """Where the bytes were erased once they were fingerprinted (`hash_only`), the fingerprints alone go on."""
    object_id = items.item(item).object_id
    if object_id is not None:
        with suppress(Conflict):
            evidence.make_exhibit(SYSTEM, item=item, object_id=object_id)
    begin(JOURNEY, item, "admit")


@register(JOURNEY, "admit")
def admit(item: UUID, _: object) -> None:
    verdict = _verdict(item)
    hashlists.admit(
        SYSTEM,
        item=item,
        fingerprints=items.item(item).fingerprints,
        verdict=verdict.id,
        scheme=verdict.scheme,
        code=verdict.code,
        people=verdict.people,
    )
    for each in (item, *inside.containers_of(item)):
        for sighting in items.sightings_of(each):
            begin(JOURNEY, sighting.id, "trace")
    begin(JOURNEY, item, "tell")


def _trace(sighting: UUID) -> tracing.TraceFacts:
    """Asks DNS and RDAP where an address is hosted. Writes nothing."""
    host = items.sighting(sighting).host
    return tracing.trace_host(host, resolver=Resolver(settings.TUTELA.dns), rdap=settings.TUTELA.rdap, now=clock.now())


@register(JOURNEY, "trace", prepare=_trace)
def trace(sighting: UUID, facts: tracing.TraceFacts) -> None:
    takedown.record_trace(SYSTEM, sighting=sighting, facts=facts)
    begin(JOURNEY, sighting, "notice")


@register(JOURNEY, "notice")
def notice(sighting: UUID, _: object) -> None:
    item = items.sighting(sighting).item
    if item is None:
        raise Missing("the address has no item: there is nothing to notify", place=str(sighting))
    basis = profile.current().basis_for("notice", clock.now().date())
    verdict = illegal_verdict(item) or _verdict(item)
    takedown.write_notice(SYSTEM, sighting=sighting, verdict_code=verdict.code, basis=basis.id)
    begin(JOURNEY, sighting, f"send:{new_id().hex[-12:]}")  # a notice that was rewritten is sent again


@register(JOURNEY, "send", prepare=_trace)
def send(sighting: UUID, facts: tracing.TraceFacts) -> None:
    if takedown.send(SYSTEM, sighting=sighting, facts=facts) is not None:
        look_again(sighting)


@register(JOURNEY, "close")
def close(item: UUID, _: object) -> None:
    object_id = items.item(item).object_id
    if object_id is not None:
        after = clock.now() + timedelta(days=profile.current().retention.not_illegal_days)
        evidence.schedule_erasure(SYSTEM, object_id=object_id, after=after)
        begin(JOURNEY, item, "erase", due_at=after)
    begin(JOURNEY, item, "tell")


@register(JOURNEY, "erase")
def erase(item: UUID, _: object) -> None:
    object_id = items.item(item).object_id
    if object_id is not None:
        evidence.erase_object(SYSTEM, object_id=object_id)
        material.set_item_state(SYSTEM, item=item, state="erased")


@register(JOURNEY, "tell")
def tell(item: UUID, _: object) -> None:
    take_turn()
    for container in inside.containers_of(item):
        settle_by_contents(container)
    for report in reports.reports_of_item(item):
        tell_when_decided(report)


@register(JOURNEY, "tell-words")
def tell_words(report: UUID, _: object) -> None:
    """A report of words alone was decided; its reporter is told."""
    sentence = "acted" if _verdict(report).illegal else "closed_no_action"
    intake.answer(SYSTEM, report=report, sentence=sentence)


def approve_contact(actor: Actor, *, contact: UUID) -> None:
    """A person approves a contact; the notices that waited for it become due."""
    with transaction.atomic():
        for sighting in takedown.approve_contact(actor, contact=contact):
            begin(JOURNEY, sighting, f"send:{contact.hex[-12:]}")


def override_trace(actor: Actor, *, sighting: UUID, host_org: str, country: str, contact: str, reason: str) -> None:
    """A person corrects where an address is hosted, with a reason; the notice is written for the corrected host."""
    with transaction.atomic():
        trace = takedown.override_trace(
            actor, sighting=sighting, host_org=host_org, country=country, contact=contact, reason=reason
        )
        begin(JOURNEY, sighting, f"notice:{trace.hex[-12:]}")


def place_hold(actor: Actor, *, sighting: UUID, reason: str, ends: datetime, host_may_know: bool) -> UUID:
    """The police ask to wait; what waits because of it becomes due when the hold ends by itself."""
    with transaction.atomic():
        hold = takedown.place_hold(actor, sighting=sighting, reason=reason, ends=ends, host_may_know=host_may_know)
        begin(JOURNEY, sighting, f"send:{hold.hex[-12:]}", due_at=ends + timedelta(seconds=1))
    return hold


def lift_hold(actor: Actor, *, hold: UUID) -> None:
    with transaction.atomic():
        sighting = takedown.lift_hold(actor, hold=hold)
        begin(JOURNEY, sighting, f"send:{new_id().hex[-12:]}")


def _verdict(item: UUID) -> review.VerdictValue:
    verdict = review.verdict_of(item)
    if verdict is None:
        raise Missing("this item has no verdict", place=str(item))
    return verdict
