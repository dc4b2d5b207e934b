"""Keeps an answer: sealed to the node and committed before the next page is shown.

Rules:
- a repeated page finds its step and stores nothing; the code it shows is the same
- what is added to a report that is finished, or that the node opened meanwhile, becomes a report of its own
- each answer counts, also a choice alone: a form that is left is counted, and what it says to act on is a report
"""

import os
from datetime import datetime, timedelta

from tutela.sealing import locator, mailbox_from_code, seal_to
from tutela_node.desks.public.intake.draft import Draft
from tutela_node.desks.public.intake.questions import sheet_of
from tutela_node.foundation import keys
from tutela_node.intake import queries
from tutela_node.intake.mailboxes import salt
from tutela_node.intake.rules import DROP_INFO, DropKind, write_sheet
from tutela_node.journeys import public_dropped

MARGIN = timedelta(minutes=1)


def keep(draft: Draft, *, language: str, now: datetime, minutes: int, is_finish: bool) -> Draft:
    """Returns the draft as it was kept; `minutes` is when the node opens a draft that nobody went on with."""
    draft = _current(draft, now=now, latest=timedelta(minutes=minutes) - MARGIN)
    sheet = sheet_of(draft, language=language, now=int(now.timestamp() * 1000))
    sealed = seal_to(keys.intake_public(), write_sheet(sheet, os.urandom(16)), info=DROP_INFO + draft.id.encode())
    found, mailbox = _address(draft) if is_finish else ("", b"")
    kind = DropKind.FINISH if is_finish else DropKind.ANSWER
    public_dropped.public_drop(
        step=draft.step(),
        draft=draft.id,
        kind=kind,
        sealed=sealed,
        locator=found,
        mailbox=mailbox,
        proof=draft.proof,
    )
    return draft


def received_at(draft: Draft) -> datetime | None:
    return queries.received_at(_locator(draft))


def _current(draft: Draft, *, now: datetime, latest: timedelta) -> Draft:
    moment = int(now.timestamp() * 1000)
    is_late = moment - draft.since > latest.total_seconds() * 1000
    if queries.is_stored(draft.step()) or not (is_late or queries.is_finished(draft.id)):
        return draft
    return draft.renewed(moment)


def _address(draft: Draft) -> tuple[str, bytes]:
    return _locator(draft), mailbox_from_code(draft.code(), salt())[1]


def _locator(draft: Draft) -> str:
    return locator(keys.secret("locator"), draft.code())
