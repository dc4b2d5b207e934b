"""Reports that somebody of the staff writes down for a caller, a letter, a visitor.

Rules:
- what is typed is kept at once, sealed, for the person who types it; it survives a crash of everything
- the caller gets the same code as everybody; it is told once and never kept, only its locator and its mailbox
- an entered report came through people: it has no lane, and no flood rule holds it back
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from tutela.sealing import canonical, locator, mailbox_from_code, new_code
from tutela_node.foundation import clock, keys
from tutela_node.foundation.errors import Invalid, Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.foundation.sealed import seal
from tutela_node.intake import mailboxes, permissions, rules
from tutela_node.intake.arriving import facts_of, next_reference
from tutela_node.intake.facts import facts_values
from tutela_node.intake.models import EntryDraft, Report
from tutela_node.intake.rules import ENTERED, Channel, Sheet

MOST_FIELDS = 12
MOST_DRAFTS = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Entered:
    """The report that was made, and the code to read out to who reported it."""

    report: UUID
    reference: str
    code: str


@transaction.atomic
def begin_entry(actor: Actor) -> UUID:
    """An empty draft of one's own. Raises Invalid above twenty of them."""
    require(actor, permissions.ENTER)
    person, now = person_of(actor), clock.now()
    if EntryDraft.objects.filter(person=person).count() >= MOST_DRAFTS:
        raise Invalid(f"you have {MOST_DRAFTS} unfinished reports: finish or throw away one of them")
    row = EntryDraft.objects.create(person=person, answers_sealed=_sealed({}), begun_at=now, saved_at=now)
    record(actor, "entry.begun", row.id, {})
    return row.id


@transaction.atomic
def save_entry(actor: Actor, *, entry: UUID, answers: Mapping[str, str]) -> None:
    """Keeps what was typed so far, whatever it is. Raises Missing for what is not the actor's, Invalid for too much."""
    require(actor, permissions.ENTER)
    row = _entry(actor, entry)
    if len(answers) > MOST_FIELDS or sum(map(len, answers.values())) > 4 * rules.MAX_TYPED:
        raise Invalid("this is more than a report holds: shorten it")
    row.answers_sealed, row.saved_at = _sealed(answers), clock.now()
    row.save(update_fields=["answers_sealed", "saved_at"])
    record(actor, "entry.saved", entry, {})


@transaction.atomic
def drop_entry(actor: Actor, *, entry: UUID) -> None:
    """Throws an unfinished entry away."""
    require(actor, permissions.ENTER)
    _entry(actor, entry).delete()
    record(actor, "entry.dropped", entry, {})


@transaction.atomic
def enter_report(actor: Actor, *, entry: UUID, channel: Channel, sheet: Sheet) -> Entered:
    """Makes the report of an entry and its code. Raises Invalid for another channel, or where nothing is said."""
    require(actor, permissions.ENTER)
    row = _entry(actor, entry)
    if channel not in ENTERED:
        raise Invalid("choose how it reached you", place="channel")
    if not sheet.says_something:
        raise Invalid("write an address, or a few words", place="words")
    code = new_code(os.urandom)
    said = rules.sheet_values(sheet) | {"facts": facts_values(facts_of(sheet))}
    original = canonical({**said, "entered_by": str(person_of(actor)), "salt": os.urandom(16).hex()})
    report = Report.objects.create(
        reference=next_reference(),
        channel=channel,
        received_at=clock.now(),
        original_sealed=seal("words", original),
        original_sha256=hashlib.sha256(original).hexdigest(),
        locator=locator(keys.secret("locator"), code),
        mailbox=mailbox_from_code(code, mailboxes.salt())[1],
        language=sheet.language,
        voice=sheet.voice,
        words_sealed=seal("words", sheet.words.encode()),
        happening=sheet.happening,
    )
    row.delete()
    record(actor, "report.entered", report.id, {"channel": str(channel), "addresses": len(sheet.urls)})
    return Entered(report=report.id, reference=report.reference, code=code)


def _entry(actor: Actor, entry: UUID) -> EntryDraft:
    row = EntryDraft.objects.select_for_update().filter(id=entry, person=person_of(actor)).first()
    if row is None:
        raise Missing("there is no such unfinished report of yours", place=str(entry))
    return row


def _sealed(answers: Mapping[str, str]) -> bytes:
    return seal("words", canonical(dict(answers)))
