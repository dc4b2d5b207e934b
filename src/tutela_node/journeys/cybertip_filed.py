"""A provider files a report over the CyberTipline interface: opened, its files uploaded, finished into a report.

    open -> (each file) upload -> describe -> finish -> report_received
      └─ step "expire": 24 hours after it was opened, or 1 after its last change, what was not finished is erased

A document is sealed before it is read. What is refused stays for a while, with the reason, and is then forgotten.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from tutela.errors import Conflict, Kind, Limited, Missing, TutelaError
from tutela.wire import cybertip
from tutela.wire.cybertip.saying import FileSaid, file_said, report_said
from tutela.wire.form import Finding, Weight, is_refused
from tutela.wire.xmltree import Tree, parse
from tutela_node.accounts import queries as accounts
from tutela_node.accounts.rules import AgreementKind
from tutela_node.evidence import actions as evidence
from tutela_node.evidence.vault import Received, discard
from tutela_node.foundation import clock, profile
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.intake import cybertips
from tutela_node.intake import filing_actions as filing
from tutela_node.intake import filing_queries as filed
from tutela_node.intake.filings import FileValue, FilingState, FilingValue, ends_at
from tutela_node.journeys.report_received import Held, provider_report
from tutela_node.journeys.steps import begin, register, times_begun

JOURNEY = "cybertip_filed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What came of a document: the number of its report, or why it was refused. `findings` also has what was tolerated.

    `is_malformed`: nothing could be read at all.
    """

    number: str
    findings: tuple[Finding, ...]
    is_malformed: bool = False


def open_report(actor: Actor, *, original: bytes) -> Filed:
    """Opens a report, or refuses its document with every reason."""
    document = _kept(actor, original)
    read = _read(actor, original, "report")
    if read.tree is None or read.is_refused:
        filing.refuse_document(actor, document=document, findings=read.findings)
        return Filed(number="", findings=read.findings, is_malformed=read.tree is None)
    with transaction.atomic():
        opened = filing.open_filing(actor, document=document, findings=read.findings)
        begin(JOURNEY, opened.id, "expire", due_at=_end_of(opened))
    return Filed(number=opened.number, findings=read.findings)


def upload(actor: Actor, *, number: str, received: Received) -> str:
    """Names a file whose bytes are sealed in the vault; returns its id. Of one that is only tried nothing is kept."""
    is_kept = not filed.own_filing(actor, number).is_test
    with transaction.atomic():
        file = filing.add_file(actor, number=number, received=received, is_kept=is_kept)
        if is_kept:
            evidence.admit_object(SYSTEM, received=received, source=f"filing:{number}")
    if not is_kept:
        discard(received)
    return file


def describe(actor: Actor, *, original: bytes) -> Filed:
    """Takes the details of an uploaded file, or refuses them with every reason. Raises Missing, Conflict, Limited."""
    document = _kept(actor, original)
    read = _read(actor, original, "fileDetails")
    if read.tree is None or read.is_refused:
        filing.refuse_document(actor, document=document, findings=read.findings)
        return Filed(number="", findings=read.findings, is_malformed=read.tree is None)
    said = file_said(read.tree)
    try:
        described = filing.add_details(
            actor, document=document, number=said.report, file_id=said.file, findings=read.findings
        )
    except (Missing, Conflict, Limited) as error:
        why = Finding(weight=Weight.FAULT, rule=str(error.kind), place=error.place, message=error.message)
        filing.refuse_document(actor, document=document, findings=(*read.findings, why))
        raise
    return Filed(number=described.number, findings=read.findings)


def finish(actor: Actor, *, number: str) -> tuple[str, ...]:
    """Makes an open filing a report, for good. Returns the ids of its files."""
    with transaction.atomic():
        finished = filing.finish_filing(actor, number=number)
        files = filed.files_of(finished.id)
        if finished.is_test:
            filing.forget_filing(SYSTEM, filing=finished.id)
        else:
            report = _report(actor, finished, filed.report_document(finished.id), files)
            filing.tie_report(actor, filing=finished.id, report=report)
    return tuple(each.file_id for each in files)


def retract(actor: Actor, *, number: str) -> None:
    """Its sender takes an open report back; its bytes are erased."""
    with transaction.atomic():
        _erase(filing.retract_filing(actor, number=number))


def _report(actor: Actor, finished: FilingValue, original: bytes, files: tuple[FileValue, ...]) -> UUID:
    tree = parse(original)
    notes = [str(each) for each in cybertip.check(tree, "report")]
    details = []
    for file in files:
        said, told = _described(file)
        details.append(said)
        notes += told[: max(0, cybertips.MOST_NOTES - len(notes))]
    document = cybertips.document(
        original=original,
        said=report_said(tree),
        files=tuple(zip(files, details, strict=True)),
        notes=notes,
        service=accounts.organisation(finished.organisation).name,
    )
    held = [_held(each) for each in files]
    return provider_report(actor, document=document, held=held, number=finished.number).report


def _held(file: FileValue) -> Held:
    assert file.object_id is not None  # files of filings that are no tests are in the vault
    return Held(object_id=file.object_id, size=file.size, sha256=file.sha256, sha1=file.sha1, md5=file.md5)


def _described(file: FileValue) -> tuple[FileSaid | None, list[str]]:
    """What its details say, and what was tolerated or remarked upon. They are parsed once; the tree is not kept."""
    if not file.details:
        return None, []
    tree = parse(file.details)
    told = [f"{file.file_id}: {each}" for each in cybertip.check(tree, "fileDetails")]
    return file_said(tree), told


@register(JOURNEY, "expire")
def expire(id: UUID, _: object) -> None:
    """Erases what was not finished in time; a filing that was changed since waits for its new end."""
    found = filed.filing(id)
    if found.state is FilingState.OPEN and _end_of(found) > clock.now():
        begin(JOURNEY, id, f"expire:{times_begun(JOURNEY, id, 'expire')}", due_at=_end_of(found))
        return
    _erase(filing.forget_filing(SYSTEM, filing=id))


@register(JOURNEY, "forget")
def forget(document: UUID, _: object) -> None:
    filing.forget_document(SYSTEM, document=document)


def _kept(actor: Actor, original: bytes) -> UUID:
    with transaction.atomic():
        document = filing.keep_document(actor, original=original)
        begin(JOURNEY, document, "forget", due_at=clock.now() + timedelta(days=profile.current().filing.refused_days))
    return document


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A document as it was read; no tree where nothing could be."""

    tree: Tree | None
    findings: tuple[Finding, ...]
    is_refused: bool


def _read(actor: Actor, original: bytes, root: str) -> _Read:
    try:
        tree = parse(original)
    except TutelaError as error:
        if error.kind not in (Kind.INVALID, Kind.LIMITED):
            raise
        unread = Finding(weight=Weight.FAULT, rule="unreadable", place=error.place, message=error.message)
        return _Read(tree=None, findings=(unread,), is_refused=True)
    now = clock.now()
    strict = actor.organisation is not None and accounts.is_strict(actor.organisation, AgreementKind.INTAKE, now.date())
    findings = cybertip.check(tree, root, now=now)
    return _Read(tree=tree, findings=findings, is_refused=is_refused(findings, strict=strict))


def _end_of(found: FilingValue) -> datetime:
    rule = profile.current().filing
    return ends_at(
        opened=found.opened_at, changed=found.changed_at, open_hours=rule.open_hours, idle_hours=rule.idle_hours
    )


def _erase(objects: tuple[UUID, ...]) -> None:
    for each in objects:
        evidence.erase_object(SYSTEM, object_id=each)
