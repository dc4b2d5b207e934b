"""Traces, contacts, a hold and notices for the removal pages and for the page on which a host answers."""

import re
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from tutela.urls import canonicalise
from tutela_node.desks.api.takedown.views import BEARER
from tutela_node.foundation import clock
from tutela_node.foundation.models import OutboxMessage
from tutela_node.foundation.outbox import payload
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.journeys import notice_answered
from tutela_node.material import actions as material
from tutela_node.material import queries as items
from tutela_node.takedown import actions as takedown
from tutela_node.takedown import queries
from tutela_node.takedown.rules import Outcome, SourceFact, SourceKind, TraceFacts

HARBOUR = ("Harbour Hosting", "XA", "abuse@harbour.example")
LANTERN = ("Lantern Networks", "XB", "abuse@lantern.example")
ANSWER = {"outcome": "removed", "removed_at": "2026-11-21T22:40", "copies": "3", "records_kept": "yes"}


def stage(who: dict[str, Actor]) -> dict[str, str]:
    told = {}
    for name in ("sent", "answered", "held_known"):
        told[name] = _notice(who, f"https://img4.harbour.example/n/{name}.jpg", HARBOUR)
    notice_answered.answer(BEARER, code=_code(told["answered"]), outcome="removed", details=ANSWER)
    waiting = _sighting("https://board.lantern.example/t/4411")
    _trace(waiting, LANTERN)
    with transaction.atomic():
        takedown.write_notice(SYSTEM, sighting=waiting, verdict_code="B", basis="XA-PC-184")
    _places_of_items()
    ends = clock.now() + timedelta(hours=36)
    for sighting, may_know in ((told["held_known"], True), (_held_item(), False)):
        with transaction.atomic():
            takedown.place_hold(
                who["pavel"], sighting=UUID(sighting), reason="An operation runs.", ends=ends, host_may_know=may_know
            )
    links = {f"notice_{name}": f"/notice/{_code(sighting)}" for name, sighting in told.items()}
    return links | {"sighting": told["sent"], "sighting_waiting": str(waiting)}


def _notice(who: dict[str, Actor], url: str, host: tuple[str, str, str]) -> str:
    sighting = _sighting(url)
    facts = _trace(sighting, host)
    with transaction.atomic():
        takedown.write_notice(SYSTEM, sighting=sighting, verdict_code="B", basis="XA-PC-184")
        for waiting in queries.contacts_to_approve(who["timo"]):
            takedown.approve_contact(who["timo"], contact=waiting.id)
        takedown.send(SYSTEM, sighting=sighting, facts=facts)
    return str(sighting)


def _sighting(url: str) -> UUID:
    with transaction.atomic():
        return material.add_sighting(SYSTEM, url=canonicalise(url), seen_at=clock.now() - timedelta(minutes=49))


def _trace(sighting: UUID, host: tuple[str, str, str]) -> TraceFacts:
    name, country, contact = host
    sources = tuple(
        SourceFact(kind=kind, answered=True, organisation=name, country=country, contact=contact)
        for kind in list(SourceKind)[:3]
    )
    facts = TraceFacts(
        host=items.sighting(sighting).host,
        at=clock.now(),
        outcome=Outcome.TRACED,
        addresses=("192.0.2.7",),
        organisation=name,
        country=country,
        contact=contact,
        agree=len(sources),
        sources=sources,
    )
    with transaction.atomic():
        takedown.record_trace(SYSTEM, sighting=sighting, facts=facts)
    return facts


def _places_of_items() -> None:
    """Every address of the queue on these hosts is traced."""
    for host, home in (
        ("img4.harbour.example", HARBOUR),
        ("mirror.harbour.example", HARBOUR),
        ("lantern.example", LANTERN),
        ("img9.harbour.example", HARBOUR),
    ):
        for each in items.sightings_on_host(host):
            if each.item:
                _trace(each.id, home)


def _held_item() -> str:
    return str(next(each.id for each in items.sightings_on_host("mirror.harbour.example") if each.item))


def _code(sighting: str) -> str:
    """The code in the mail that asked about this address."""
    reference = queries.notices_of(UUID(sighting))[0].reference
    for message in OutboxMessage.objects.all():
        mail = payload(message)
        if reference in mail["subject"] + mail["body"]:
            return re.search(r"/notice/([^\s/?]+)", mail["body"])[1]
    raise LookupError(f"no mail holds notice {reference}")
