"""A mail comes in: sealed by the role that takes it, opened and read by the worker.

    mail role: drop -> (committed, then 250) -> worker: read -> XARF | ARF | words for people

A mail that cannot be read is a report for people, with the reason. Bounces, and what machines answer to our own mail,
are no reports; they are written down and set aside.
"""

from dataclasses import replace
from uuid import UUID

from tutela.errors import TutelaError
from tutela.wire import arf, xarf
from tutela.wire.mailread import Mail, MailPart, read_mail
from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.permissions import SYSTEM, Actor, Role
from tutela_node.intake import forms
from tutela_node.intake import mail_actions as mails
from tutela_node.intake.documents import MAX_ORIGINAL, Document
from tutela_node.intake.rules import Channel
from tutela_node.journeys.machine_reports import refuse_media
from tutela_node.journeys.report_received import provider_report
from tutela_node.journeys.steps import register

JOURNEY = "mail_received"
MAIL = Actor(id=None, name="mail", roles=frozenset({Role.SYSTEM}))
DELIVERY = ("delivery-status", "disposition-notification")


def read(drop: UUID, _: object) -> None:
    raw = mails.open_mail(SYSTEM, drop=drop)
    try:
        mail = read_mail(raw, max_bytes=MAX_ORIGINAL)
    except TutelaError as error:
        _keep(forms.unread(Channel.MAIL, raw, str(error)))
        return
    if reason := is_no_report(mail):
        mails.set_aside(SYSTEM, drop=drop, reason=reason)
        return
    for document in documents(mail, raw):
        _keep(document)


def _unreadable(drop: UUID, error: TutelaError) -> None:
    """Whatever broke: the mail is a report for people."""
    raw = mails.open_mail(SYSTEM, drop=drop)
    _keep(forms.unread(Channel.MAIL, raw, f"its reader broke: {error}"))


register(JOURNEY, "read", give_up=_unreadable)(read)


def is_no_report(mail: Mail) -> str:
    """Why a mail is none, in a word; empty where it may be one."""
    if mail.report_type in DELIVERY:
        return "bounce"
    if mail.is_automatic and mail.is_answer and not arf.is_feedback(mail) and _xarf_part(mail) is None:
        return "automatic answer"
    return ""


def documents(mail: Mail, raw: bytes) -> tuple[Document, ...]:
    """The reports in a mail; the mail itself, for people, where there is no form in it."""
    if (part := _xarf_part(mail)) is not None:
        return _xarf(mail, part, raw)
    if arf.is_feedback(mail):
        try:
            return (forms.of_arf(arf.of_mail(mail), raw=raw),)
        except TutelaError as error:
            return (forms.of_mail(mail, raw=raw, problem=str(error)),)
    return (forms.of_mail(mail, raw=raw),)


def _xarf(mail: Mail, part: MailPart, raw: bytes) -> tuple[Document, ...]:
    try:
        found = xarf.read(part.data)
        refuse_media(found)
    except Forbidden:
        problem = "it carries what may be material: nobody opens it without need"
        return (forms.unread(Channel.XARF, raw, problem),)
    except TutelaError as error:
        return (forms.of_mail(mail, raw=raw, problem=f"part {part.path}: {error}"),)
    told = [forms.of_xarf(each) for each in found]
    sender = {"sender": ", ".join(mail.senders)[:500], "message_id": mail.message_id[:200]}
    whole = len(told) == 1  # the mail is its original; of several, each has its own part of the body
    return tuple(
        replace(each, original=raw if whole else each.original, context={**each.context, **sender}) for each in told
    )


def _xarf_part(mail: Mail) -> MailPart | None:
    named = (part for part in mail.parts if part.kind.endswith("json") or part.name.lower().endswith(".json"))
    return next((part for part in named if xarf.FORM.looks(part.data)), None)


def _keep(document: Document) -> None:
    provider_report(MAIL, document=document)
