"""A report arrives: open it, capture what it names, know it by its fingerprints, match it, queue it.

    public drop -> open -> (each address) capture -> (each new item) fingerprint -> match -> queue
                    |                                 what holds others: '-> unpack (`unpacked`) -^
                    |  '-> words that must be referred: the queue of the police
                    '-> more than the form's budget: quarantine, until a person decides (`flood_sorted`)
    provider report ------------------------------------^

A reporter is told the same at the same hours whatever we knew of what was reported (`intake.rules.readable_from`); so
is a provider, who learns of its file only whether it sent that very file before itself.
An item that is already here is never queued again: the report is attached to it and told what became of it. What a
list that came later knows about a queued item brings its entry up to date (`list_imported`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from tutela.urls import canonicalise
from tutela_node.evidence import actions as evidence
from tutela_node.evidence.vault import Received, discard
from tutela_node.foundation import clock, profile
from tutela_node.foundation.counters import one_at_a_time
from tutela_node.foundation.errors import Invalid, TutelaError
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.foundation.rows import together
from tutela_node.hashlists import queries as matches
from tutela_node.intake import actions as intake
from tutela_node.intake import queries as reports
from tutela_node.intake import referral_actions as referrals
from tutela_node.intake.documents import Document
from tutela_node.intake.floods import Standing
from tutela_node.intake.sense import hours_until_look
from tutela_node.journeys import capturing
from tutela_node.journeys.contents_decided import illegal_verdict, is_icon, settle_by_contents
from tutela_node.journeys.public_dropped import OWN_PICTURE
from tutela_node.journeys.reports_told import tell_when_decided
from tutela_node.journeys.reports_weighed import take_turn, weigh, weigh_with_others
from tutela_node.journeys.steps import begin, register, times_begun
from tutela_node.material import actions as material
from tutela_node.material import inside_queries as inside
from tutela_node.material import queries as items
from tutela_node.review import actions as review
from tutela_node.review import queries as verdicts
from tutela_node.review.rules import Bucket, Reason, bucket_of

JOURNEY = "report_received"
ADDRESSES = 100  # of one report that one step looks up, so that no transaction holds up the others
KEEPING = "keeping"  # whoever makes an item of bytes holds this counter
EXACT = ("sha256", "sha1", "md5")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderReceipt:
    """What a provider is told: our reference, and whether it had sent the very same report or file before itself."""

    report: UUID
    reference: str
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A file whose bytes are an object of the vault already. Digests are lower-case hexadecimal."""

    object_id: UUID
    size: int
    sha256: str
    sha1: str
    md5: str


def provider_report(
    actor: Actor,
    *,
    document: Document,
    received: Received | None = None,
    held: Sequence[Received | Held] = (),
    number: str = "",
) -> ProviderReceipt:
    """A report by machine: its file is in the vault already, its rows commit here together with the first step.

    No more is done while the sender waits than what must not be lost: the rest is the worker's. The same report sent
    twice at once is one report: who comes second finds the first. `number`: the report's own, where it has one already.
    """
    files: list[Received | Held] = [*([received] if received is not None else []), *held]
    try:
        return _received(actor, document, files, number)
    except IntegrityError:
        return _received(actor, document, files, number)


def _received(actor: Actor, document: Document, files: Sequence[Received | Held], number: str) -> ProviderReceipt:
    with transaction.atomic():
        with together():
            kept = intake.receive_document(actor, document=document, number=number)
            report = kept.report
            begin(JOURNEY, report, "spread", is_new=not kept.repeated)
        found = [keep(each, source=f"report:{report}") for each in files]
        for item, known in found:
            intake.attach(SYSTEM, report=report, item=item, is_sent=True)
            carry_on(item, known=known)
            gather_members(item, (report,))
        duplicate = kept.repeated or _is_sent_again(actor, report, [item for item, _ in found])
    return ProviderReceipt(report=report, reference=kept.reference, duplicate=duplicate)


def _is_sent_again(actor: Actor, report: UUID, sent: list[UUID]) -> bool:
    return actor.organisation is not None and reports.has_sent(actor.organisation, sent, before=report)


@register(JOURNEY, "spread")
def spread(report: UUID, _: object) -> None:
    """What a report names is looked at, some addresses a step; one that names nothing to fetch is read by people.

    That it is checked is told of each at the same time, so that no state shows that its file was known.
    """
    part, named = times_begun(JOURNEY, report, "spread"), reports.addresses_of(report)
    _look_up_addresses(report, named[part * ADDRESSES : (part + 1) * ADDRESSES])
    if part == 0:
        weigh(report)
    intake.answer(SYSTEM, report=report, sentence="checking")
    if (part + 1) * ADDRESSES < len(named):
        begin(JOURNEY, report, f"spread:{part + 1}")
    elif not reports.sightings_of_report(report) and not reports.items_of_report(report):
        _hand_to_people(report, Reason.WORDS_ONLY)


@register(JOURNEY, "open")
def open_report(draft: UUID, _: object) -> None:
    opened = intake.open_draft(SYSTEM, draft=draft.hex)
    if opened is None:
        return
    if opened.standing is Standing.OPEN:
        take_in(opened.report, urls=opened.urls, happening=opened.happening)
    if not opened.own:
        greet(opened.report)


def take_in(report: UUID, *, urls: tuple[str, ...], happening: str) -> None:
    """Sends a report its way: to the police what must be referred, its addresses to the capture, the rest to people.

    Codes of own pictures go to their list, and to nobody.
    """
    if reports.own_codes(report):
        begin(OWN_PICTURE, report, "keep")
        return
    sightings = _look_up_addresses(report, urls)
    weigh(report)
    if happening in profile.current().referral.kinds:
        referrals.refer(SYSTEM, report=report, happening=happening)
    elif not sightings:  # words alone, or an address that only a person can make out
        _hand_to_people(report, Reason.WORDS_ONLY)


def greet(report: UUID) -> None:
    """That it is here, and from its time on that it is checked: the same for every report."""
    intake.answer(SYSTEM, report=report, sentence="received")
    intake.answer(SYSTEM, report=report, sentence="checking")


register(JOURNEY, "abandoned")(open_report)


def _uncapturable(sighting: UUID, error: TutelaError) -> None:
    material.mark_sighting(SYSTEM, sighting=sighting, state="uncapturable", problem=error.message)
    _settle_reports(sighting)


@register(JOURNEY, "capture", prepare=capturing.fetch_sighting, give_up=_uncapturable)
def capture(sighting: UUID, captured: capturing.Captured) -> None:
    if captured.received is None:
        material.mark_sighting(SYSTEM, sighting=sighting, state=captured.state, problem=captured.problem)
        _settle_reports(sighting)
        return
    item, known = keep(captured.received, source=f"sighting:{sighting}")
    standing = material.link_sighting(SYSTEM, sighting=sighting, item=item)
    material.mark_sighting(SYSTEM, sighting=sighting, state="online")
    named = reports.reports_of_sighting(sighting)
    for report in named:
        intake.attach(SYSTEM, report=report, item=item)
    carry_on(item, known=known)
    gather_members(item, named)
    if known and illegal_verdict(item):
        begin("verdict_reached", standing, "trace")


@register(JOURNEY, "fingerprint", prepare=capturing.fingerprint_item)
def fingerprint(item: UUID, known: capturing.Known) -> None:
    material.fingerprint_item(SYSTEM, item=item, prints=known.prints)
    if known.is_container:
        begin(JOURNEY, item, "unpack")
    else:
        go_on(item)


def go_on(item: UUID) -> None:
    """Nothing needs the bytes of an item any more: they may have to go, and it is matched."""
    if profile.current().capture.mode == "hash_only" and (kept := items.item(item).object_id):
        evidence.erase_object(SYSTEM, object_id=kept)
    begin(JOURNEY, item, "match")


@register(JOURNEY, "match", prepare=capturing.hear_item)
def match(item: UUID, _: object) -> None:
    capturing.match_item(item)
    material.set_item_state(SYSTEM, item=item, state="matched")
    begin(JOURNEY, item, "queue")


@register(JOURNEY, "queue")
def queue(item: UUID, _: object) -> None:
    take_turn()
    capturing.match_item(item)  # a list may have come since
    icon, named = is_icon(item), reports.reports_of_item(item)
    if not icon:
        material.set_item_state(SYSTEM, item=item, state="queued")
    for report in named:
        intake.answer(SYSTEM, report=report, sentence="checking")
        weigh_with_others(report)
    gather_members(item, named)
    if icon:
        _pass_over(item, named)
    else:
        put_in_queue(item, due_at=_first_look(named))
        settle_by_contents(item)


def _pass_over(icon: UUID, named: Sequence[UUID]) -> None:
    """Nobody decides about it; it may have been the last that an archive or a report waited for."""
    for container in inside.containers_of(icon):
        settle_by_contents(container)
    for report in named:
        tell_when_decided(report)


def gather_members(container: UUID, named: Sequence[UUID]) -> None:
    """Makes it due that these reports get what lies inside of an item that they name; of most items, nothing does."""
    if inside.holds_any(container):
        for report in named:
            begin(JOURNEY, report, f"gather:{new_id().hex[-12:]}")


def _settle_reports(sighting: UUID) -> None:
    """Reports of which nothing could be captured: told when every address is gone, else handed to a person."""
    for each in reports.reports_of_sighting(sighting):
        if reports.items_of_report(each):
            tell_when_decided(each)  # this address may have been the last that it waited for
            continue
        states = items.states_of(reports.sightings_of_report(each))
        if not states <= {"gone", "uncapturable"}:
            continue
        if states == {"gone"}:
            intake.answer(SYSTEM, report=each, sentence="closed_gone")
        else:
            _hand_to_people(each, Reason.UNCAPTURED)


def _hand_to_people(report: UUID, reason: Reason) -> None:
    """Puts a report itself into the queue, where there is no item that could stand for it."""
    review.enqueue(SYSTEM, item=report, bucket=Bucket.TEXT, reason=reason, match={}, due_at=_first_look((report,)))


def _first_look(named: tuple[UUID, ...]) -> datetime:
    """When somebody is to look at what these reports name: the most urgent of them decides."""
    rule = profile.current()
    bands = reports.bands_of(named)
    return clock.now() + timedelta(hours=hours_until_look(bands, rule.triage, otherwise=rule.review.first_look_hours))


def put_in_queue(item: UUID, *, due_at: datetime | None) -> None:
    """Puts an item where what is known of it now says that it belongs; again, it moves there."""
    rule = profile.current().review
    best = matches.best_match(item)
    bucket, reason = bucket_of(match=best, reuse_distance=rule.reuse_distance, reuse_quality=rule.reuse_quality)
    review.enqueue(SYSTEM, item=item, bucket=bucket, reason=reason, match=best, due_at=due_at)


def keep(received: Received | Held, *, source: str) -> tuple[UUID, bool]:
    """The item these bytes are: the one we already have, or a new one whose bytes stay in the vault."""
    one_at_a_time(KEEPING)  # else two that bring the same bytes at once would both find nothing
    known = items.items_by_exact("sha256", received.sha256)
    if known:
        _drop(received)
        return known[0], True
    if isinstance(received, Held):
        object_id = received.object_id
    else:
        object_id = evidence.admit_object(SYSTEM, received=received, source=source)
    digests = {name: getattr(received, name) for name in EXACT}
    return material.register_item(SYSTEM, object_id=object_id, size=received.size, digests=digests), False


def _drop(received: Received | Held) -> None:
    """A second copy of bytes that we have: no row names it yet, or its object is erased."""
    if isinstance(received, Held):
        evidence.erase_object(SYSTEM, object_id=received.object_id)
    else:
        discard(received)


def carry_on(item: UUID, *, known: bool) -> None:
    if not known:
        begin(JOURNEY, item, "fingerprint")
    elif verdicts.verdict_of(item):
        begin("verdict_reached", item, f"tell:{len(reports.reports_of_item(item))}")
    elif items.item(item).state == "matched" and not verdicts.is_queued(item):
        begin(JOURNEY, item, f"queue:{new_id().hex[-12:]}")  # an icon that now came by itself


def _look_up_addresses(report: UUID, urls: tuple[str, ...]) -> list[UUID]:
    sightings = []
    for url in urls:
        try:
            canonical = canonicalise(url)
        except Invalid:
            continue  # it stays in the report's sealed original, as it was written
        sighting = material.add_sighting(SYSTEM, url=canonical, seen_at=clock.now())
        intake.attach(SYSTEM, report=report, sighting=sighting)
        begin(JOURNEY, sighting, _capture_of(sighting, report))
        sightings.append(sighting)
    return sightings


def _capture_of(sighting: UUID, report: UUID) -> str:
    """An address that was looked at before, and had nothing, is looked at again for each report that names it."""
    waits = items.sighting(sighting).state == "reported"
    return "capture" if waits else f"capture:{report.hex[-12:]}"
