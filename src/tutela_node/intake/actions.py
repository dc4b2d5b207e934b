"""Every write of intake.

Rules:
- `drop` is the public desk's one write: ciphertext in, once per step; it holds no key and leaves no ledger entry
- opening a draft again adds what came since; what was opened is emptied, the report keeps the sealed original
- a draft that says nothing to act on makes no report; it is counted like the others
- a new report gets its standing and its credit when it is opened, once
- a sentence is told once per report, and sealed to the mailbox as soon as the report has one
"""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from tutela.errors import Kind, TutelaError
from tutela.sealing import canonical, open_with, seal_to
from tutela_node.foundation import clock, keys
from tutela_node.foundation.counters import one_at_a_time
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.profile import current
from tutela_node.foundation.rows import write
from tutela_node.foundation.sealed import lookup, seal, unseal
from tutela_node.intake import bundling, permissions, rules
from tutela_node.intake.arriving import Given, facts_of, given, next_reference, tally
from tutela_node.intake.documents import Document, document_values
from tutela_node.intake.errors import NoSuchReport
from tutela_node.intake.facts import facts_values
from tutela_node.intake.floods import Standing
from tutela_node.intake.models import Answer, Drop, Report, ReportItem
from tutela_node.intake.prints import Print
from tutela_node.intake.rules import Channel, DropKind, Sentence, Sheet, Told
from tutela_node.intake.telling import tell_sender

MOST_DROPS = 200


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OpenedReport:
    """What a draft turned out to say. `urls` are as written; `words` may be empty; `standing` is the report's."""

    report: UUID
    urls: tuple[str, ...]
    words: str
    language: str
    voice: rules.Voice
    happening: str = ""
    standing: Standing = Standing.OPEN
    own: tuple[Print, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The report that a document became, or the one that it was already, with our number for it."""

    report: UUID
    reference: str
    repeated: bool = False


@transaction.atomic
def drop(  # the drop as the public desk hands it over, field by field
    *, step: str, draft: str, kind: str, sealed: bytes, locator: str = "", mailbox: bytes = b"", proof: int = 0
) -> None:
    """Keeps one sealed answer sheet; the same step again changes nothing. Raises BadDrop, naming the field."""
    of_kind = DropKind(kind)
    rules.check_drop(step=step, draft=draft, sealed=sealed, locator=locator, is_finish=of_kind is DropKind.FINISH)
    Drop.objects.get_or_create(
        step=step,
        defaults={
            "draft": draft,
            "kind": of_kind,
            "sealed": sealed,
            "locator": locator,
            "mailbox": mailbox,
            "proof": proof,
            "received_at": clock.now(),
        },
    )


@transaction.atomic
def open_draft(actor: Actor, *, draft: str) -> OpenedReport | None:
    """Makes a report of a draft's sheets, or brings its report up to date. None when nothing new can be read."""
    require(actor, permissions.OPEN)
    waiting = list(Drop.objects.select_for_update().filter(draft=draft, opened_at=None).order_by("received_at", "id"))
    read = [(row, sheet) for row in waiting[-MOST_DROPS:] if (sheet := _read(row)) is not None]
    Drop.objects.filter(id__in=[row.id for row in waiting]).update(opened_at=clock.now())
    if not read:
        if waiting:
            record(actor, "drop.refused", UUID(hex=draft), {"unreadable": len(waiting)})
        return None
    Drop.objects.filter(id__in=[row.id for row, _ in read]).update(sealed=b"")
    sheet = rules.newest((DropKind(row.kind), sheet) for row, sheet in read)
    tally(sheet, waiting, draft=draft)
    if not sheet.says_something:
        return None
    report, is_new = _keep_public(draft, read, sheet)
    verb = "report.received" if is_new else "report.extended"
    record(actor, verb, report.id, {"channel": str(Channel.PUBLIC), "addresses": len(sheet.urls)})
    return OpenedReport(
        report=report.id,
        urls=sheet.urls,
        words=sheet.words,
        language=sheet.language,
        voice=sheet.voice,
        happening=sheet.happening,
        standing=Standing(report.standing),
        own=sheet.own,
    )


@transaction.atomic(savepoint=False)
def receive_document(actor: Actor, *, document: Document, number: str = "") -> Received:
    """Keeps a report's bytes as they came, beside what could be read of them. The very same again is the one we have.

    `number` is the report's own where its filing was given one already, else it is the next. Raises Invalid where the
    document breaks its form, Limited when it is too large.
    """
    require(actor, permissions.ENTER if document.channel in rules.SPOKEN else permissions.RECEIVE)
    digest = hashlib.sha256(document.original).hexdigest()
    said = canonical(document_values(document) | {"sha256": digest, "size": len(document.original)})
    again = lookup("words", f"{actor.organisation or ''} {document.channel} {document.repeat}")
    known = Report.objects.filter(repeat_lookup=again).values_list("id", "reference") if document.repeat else ()
    for id, reference in known:
        record(actor, "report.repeated", id, {})
        return Received(report=id, reference=reference, repeated=True)
    told = {"channel": str(document.channel), "addresses": len(document.urls), "read": not document.problem}
    report = Report(
        reference=number or next_reference(),
        channel=document.channel,
        organisation_id=actor.organisation,
        repeat_lookup=again if document.repeat else None,
        received_at=clock.now(),
        original_sealed=seal("words", document.original),
        original_sha256=lookup("original", document.original),
        said_sealed=seal("words", said),
        problem=document.problem[:300],
        mailbox=b"",
        language=document.language,
        voice=document.voice,
        words_sealed=seal("words", document.words.encode()),
    )
    record(actor, "report.received", report.id, told | {"sha256": digest}, is_new=True)
    write(report)
    return Received(report=report.id, reference=report.reference)


@transaction.atomic
def attach(
    actor: Actor, *, report: UUID, item: UUID | None = None, sighting: UUID | None = None, is_sent: bool = False
) -> None:
    """Ties an item or an address to a report, once; `is_sent`: the item is a file that came with the report itself.

    Raises Missing when there is no such report.
    """
    require(actor, permissions.ATTACH)
    row = _report(report)
    made = []
    if item is not None:
        made.append(ReportItem.objects.get_or_create(report=row, item=item, defaults={"is_sent": is_sent})[1])
    if sighting is not None:
        made.append(ReportItem.objects.get_or_create(report=row, sighting=sighting)[1])
    if any(made):
        record(actor, "report.attached", report, {"item": str(item or ""), "sighting": str(sighting or "")})


@transaction.atomic
def answer(actor: Actor, *, report: UUID, sentence: Sentence | str) -> None:
    """Tells the reporter one of the six sentences, once; each can be read from its time on (`rules.readable_from`).

    The sender's own programs are called at that same time.

    Raises Missing when there is no such report.
    """
    require(actor, permissions.ANSWER)
    row, terms = _report(report), current().answers
    if row.bundle_id:  # its case is told first and its rows then, in the order of weighing
        one_at_a_time(bundling.TRIAGE)
        row = _report(report)
    at = rules.readable_from(
        Sentence(sentence),
        received=row.received_at,
        now=clock.now(),
        checking=timedelta(minutes=terms.checking_minutes),
        outcome=timedelta(minutes=terms.outcome_minutes),
    )
    told = Told(sentence=Sentence(sentence), at=at)
    defaults = {"locator": row.locator, "sealed": _sealed(row, told), "at": told.at}
    _, made = Answer.objects.get_or_create(report=row, sentence=told.sentence, defaults=defaults)
    if not made:
        return
    before = rules.ReportState(row.state)
    row.state = rules.state_after(told.sentence, before)
    row.save(update_fields=["state"])
    tell_sender(row, told)
    if row.bundle_id and (before in rules.WAITING) != (row.state in rules.WAITING):
        bundling.decided(row.bundle_id)
    record(actor, "report.answered", report, {"sentence": str(told.sentence)})


def _read(row: Drop) -> Sheet | None:
    """A sheet that does not open or breaks its form stays sealed where it is; the others count."""
    try:
        plain = open_with(keys.secret("intake"), bytes(row.sealed), info=rules.DROP_INFO + row.draft.encode())
        return rules.read_sheet(plain)
    except TutelaError as error:
        if error.kind in {Kind.UNAVAILABLE, Kind.INTERNAL}:
            raise
        return None


def _keep_public(draft: str, read: list[tuple[Drop, Sheet]], sheet: Sheet) -> tuple[Report, bool]:
    finish = next((row for row, _ in read if row.kind == DropKind.FINISH), None)
    report = Report.objects.filter(draft=draft).first()
    pages = _pages_before(report)
    pages += [{"at": row.received_at.isoformat(), **rules.sheet_values(each)} for row, each in read]
    said = rules.sheet_values(sheet) | {"facts": facts_values(facts_of(sheet))}
    original = canonical({**said, "pages": pages, "salt": os.urandom(16).hex()})
    values: dict[str, Any] = {
        "original_sealed": seal("words", original),
        "original_sha256": hashlib.sha256(original).hexdigest(),
        "language": sheet.language,
        "voice": sheet.voice,
        "words_sealed": seal("words", sheet.words.encode()),
        "happening": sheet.happening,
    }
    if finish is not None:
        values |= {"locator": finish.locator, "mailbox": bytes(finish.mailbox)}
    if report is not None:
        Report.objects.filter(id=report.id).update(**values)
        _seal_answers(report.id)
        return report, False
    received = read[0][0].received_at
    arrived = given(Given(sheet=sheet, proof=max(row.proof for row, _ in read), received_at=received))
    values = {"mailbox": b"", "received_at": received, "form": sheet.form, **arrived, **values}
    return Report.objects.create(reference=next_reference(), channel=Channel.PUBLIC, draft=draft, **values), True


def _pages_before(report: Report | None) -> list[dict[str, Any]]:
    """The pages that are in the original already: what was answered once stays there."""
    pages = json.loads(unseal("words", report.original_sealed)).get("pages", []) if report else []
    return list(pages)


def _seal_answers(report: UUID) -> None:
    """Sentences told before the report had a mailbox are sealed to it now."""
    row = _report(report)
    for waiting in Answer.objects.filter(report=row, sealed=b""):
        told = Told(sentence=Sentence(waiting.sentence), at=waiting.at)
        Answer.objects.filter(id=waiting.id).update(locator=row.locator, sealed=_sealed(row, told))


def _sealed(row: Report, told: Told) -> bytes:
    mailbox = bytes(row.mailbox)
    return seal_to(mailbox, rules.write_told(told), info=rules.ANSWER_INFO) if mailbox else b""


def _report(id: UUID) -> Report:
    row = Report.objects.filter(id=id).first()
    if row is None:
        raise NoSuchReport("there is no such report", place=str(id))
    return row
