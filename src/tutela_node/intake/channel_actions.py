"""The two ways between a reporter and us: our question, sealed to the mailbox; their reply, sealed to the worker.

Rules:
- a question can be asked where the reporter has a code
- a reply is ciphertext until the worker opens it; what does not open is kept as it is and noted
- nothing but the code ties a reply to its report
"""

from uuid import UUID

from django.db import transaction

from tutela.errors import Invalid, Kind, TutelaError
from tutela.sealing import open_with, seal_to
from tutela_node.foundation import clock, keys
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.foundation.sealed import seal
from tutela_node.intake import channel, permissions, rules
from tutela_node.intake.errors import NoMailbox, NoSuchReport
from tutela_node.intake.models import Question, Reply, Report


@transaction.atomic
def ask(actor: Actor, *, report: UUID, text: str) -> UUID:
    """Asks the reporter. Raises Invalid for a text that does not fit, NoMailbox where there is no code."""
    require(actor, permissions.ASK)
    row = Report.objects.filter(id=report).first()
    if row is None:
        raise NoSuchReport("there is no such report", place=str(report))
    asked = channel.check_question(text)
    if not row.locator:
        raise NoMailbox("this report was not finished: its reporter has no code and could not read a question")
    at = clock.now()
    sealed = seal_to(bytes(row.mailbox), channel.write_question(asked, at), info=rules.QUESTION_INFO)
    question = Question.objects.create(
        report=row,
        locator=row.locator,
        sealed=sealed,
        text_sealed=seal("words", asked.encode()),
        asked_by=person_of(actor),
        asked_at=at,
    )
    record(actor, "report.asked", report, {"question": str(question.id)})
    return question.id


@transaction.atomic
def reply(*, step: str, locator: str, sealed: bytes) -> UUID | None:
    """Keeps what a reporter adds; the same step again changes nothing and answers None. Raises BadDrop."""
    channel.check_reply(step=step, locator=locator, sealed=sealed)
    row, made = Reply.objects.get_or_create(
        step=step, defaults={"locator": locator, "sealed": sealed, "received_at": clock.now(), "text_sealed": b""}
    )
    return row.id if made else None


@transaction.atomic
def open_reply(actor: Actor, *, reply: UUID) -> UUID | None:
    """Ties a reply to its report; None when it does not open. Raises NoSuchReport while its report is unopened."""
    require(actor, permissions.OPEN)
    row = Reply.objects.select_for_update().get(id=reply)
    if row.opened_at is not None:
        return row.report_id
    report = Report.objects.filter(locator=row.locator).first()
    if report is None:
        raise NoSuchReport("the report of this reply is not opened yet", place=str(reply))
    words = _read(row)
    row.report, row.opened_at = report, clock.now()
    if words is not None:
        row.sealed, row.text_sealed = b"", seal("words", words.encode())
    row.save(update_fields=["report", "opened_at", "sealed", "text_sealed"])
    record(actor, "report.replied", report.id, {"reply": str(reply), "unreadable": words is None})
    return report.id


def _read(row: Reply) -> str | None:
    try:
        plain = open_with(keys.secret("intake"), bytes(row.sealed), info=rules.REPLY_INFO + row.locator.encode())
        return channel.read_reply(plain)
    except Invalid:
        return None
    except TutelaError as error:
        if error.kind in {Kind.UNAVAILABLE, Kind.INTERNAL}:
            raise
        return None
