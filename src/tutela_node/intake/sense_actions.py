"""Weighing a report: how urgent it is, how complete, what it repeats, and which others it belongs to.

Rules:
- weighing again changes only what became known since; a report never leaves its bundle
- one report is weighed at a time, so that two that belong together find each other
"""

import json
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tutela_node.foundation import clock, profile
from tutela_node.foundation.counters import one_at_a_time
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.foundation.sealed import unseal
from tutela_node.intake import bundling, permissions
from tutela_node.intake.errors import TakenByAnother
from tutela_node.intake.facts import Facts, read_facts
from tutela_node.intake.marks import marks_of
from tutela_node.intake.models import Bundle, Report
from tutela_node.intake.rules import Voice
from tutela_node.intake.sense import TAKEN, Around, Found, Sense, weigh


@transaction.atomic
def weigh_report(actor: Actor, *, report: UUID, found: Found, digests: tuple[str, ...] = ()) -> Sense:
    """`found` is what our lists said of its files, `digests` their SHA-256. Raises Missing."""
    require(actor, permissions.WEIGH)
    one_at_a_time(bundling.TRIAGE)
    row = Report.objects.filter(id=report).first()
    if row is None:
        raise Missing("there is no such report", place=str(report))
    rule, said = profile.current().triage, json.loads(unseal("words", row.said_sealed or row.original_sealed))
    facts = read_facts(said.get("facts", {}))
    ties = bundling.ties_of(marks_of(facts, urls=said["urls"], digests=digests))
    bundling.keep_marks(row, ties)
    bundle = bundling.join(row, ties, rule, prior=facts.prior)
    duplicate = bundling.duplicate_of(row, ties, rule)
    around = _around(row, said, found=found, senders=bundle.senders)
    sense = weigh(facts, around, rule)
    if duplicate is not None and not _says_more(sense, duplicate):
        sense = weigh(facts, replace(around, is_duplicate=True), rule)
    _keep(row, facts, sense, duplicate, rule.version)
    bundling.settle(bundle.id)
    told = {"rule": rule.version, "urgency": sense.urgency, "bundle": str(bundle.id), "duplicate": str(duplicate or "")}
    record(actor, "report.weighed", report, told)
    return sense


@transaction.atomic
def mark_read(actor: Actor, *, bundle: UUID) -> None:
    """Somebody has read a bundle as it is now; the first who did is kept."""
    require(actor, permissions.READ)
    read = Bundle.objects.filter(id=bundle, read_at=None).update(read_at=clock.now(), read_by=actor.name[:200])
    if read:
        record(actor, "bundle.read", bundle, {})


@transaction.atomic
def take_bundle(actor: Actor, *, bundle: UUID) -> None:
    """Somebody works on a case from now on. Raises TakenByAnother while a colleague does, Missing."""
    require(actor, permissions.TAKE)
    person, now = person_of(actor), clock.now()
    free = Q(taken_by=None) | Q(taken_by=person) | Q(taken_at__lt=now - TAKEN)
    values = {"taken_by": person, "taken_name": actor.name[:200], "taken_at": now}
    if not Bundle.objects.filter(free, id=bundle).update(**values):
        raise TakenByAnother("a colleague works on this case", place="case")
    record(actor, "bundle.taken", bundle, {})


@transaction.atomic
def give_back_bundle(actor: Actor, *, bundle: UUID) -> None:
    """A case is free again; of somebody else's case, nothing changes."""
    require(actor, permissions.TAKE)
    freed = Bundle.objects.filter(id=bundle, taken_by=person_of(actor))
    if freed.update(taken_by=None, taken_name="", taken_at=None):
        record(actor, "bundle.given_back", bundle, {})


def _says_more(sense: Sense, earlier: UUID) -> bool:
    """Whether a report is more urgent than the one it repeats: who reports first makes no later word weigh less."""
    known = Report.objects.filter(id=earlier).values_list("urgency", flat=True).first()
    return known is not None and sense.urgency > known


def _around(row: Report, said: dict[str, object], *, found: Found, senders: int) -> Around:
    urls = said["urls"]
    return Around(
        received_at=row.received_at,
        voice=Voice(row.voice),
        has_words=bool(unseal("words", row.words_sealed)) or bool(said.get("context")),
        addresses=len(urls) if isinstance(urls, list) else 0,
        found=found,
        senders=senders,
    )


def _keep(row: Report, facts: Facts, sense: Sense, duplicate: UUID | None, version: str) -> None:
    Report.objects.filter(id=row.id).update(
        urgency=sense.urgency,
        completeness=sense.completeness,
        band=sense.band,
        concern=facts.concern,
        reasons=[[str(why), points] for why, points in sense.reasons],
        lacks=[str(each) for each in sense.lacks],
        duplicate_of=duplicate,
        rule=version,
    )
