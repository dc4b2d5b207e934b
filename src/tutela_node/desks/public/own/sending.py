"""Keeps the codes of own pictures: sealed to the node as any answer is, found again by the receipt alone.

Rules:
- what is not a line of digits is refused before anything is sealed
- the same page sent again stores nothing twice and shows the same receipt; other codes are a report of their own
- taking codes back writes a wish for the worker: this process can neither read nor change a list
"""

import os
from dataclasses import replace

from tutela.sealing import mailbox_from_code, seal_to
from tutela_node.desks.public.intake.draft import Draft
from tutela_node.desks.public.intake.mailbox import locator_of
from tutela_node.foundation import keys
from tutela_node.intake import queries
from tutela_node.intake.mailboxes import salt
from tutela_node.intake.prints import Print, line_of
from tutela_node.intake.rules import DROP_INFO, DropKind, Form, Sheet, Thing, write_sheet
from tutela_node.journeys import public_dropped


def send(draft: Draft, codes: tuple[Print, ...], *, language: str, now: int) -> Draft:
    """The draft as it was kept; `now` in milliseconds. Its code is the receipt."""
    said = replace(draft, turn=1, answers={"codes": "\n".join(map(line_of, codes))}, slow=draft.was_fast(now))
    if not queries.is_stored(said.step()) and queries.is_finished(said.id):
        said = said.renewed(now)
    sheet = Sheet(
        thing=Thing.PICTURE,
        form=Form.PICTURE,
        own=codes,
        language=language,
        voice=said.voice,
        turn=1,
        slow=said.slow,
        pace=said.pace(now),
    )
    public_dropped.public_drop(
        step=said.step(),
        draft=said.id,
        kind=DropKind.FINISH,
        sealed=seal_to(keys.intake_public(), write_sheet(sheet, os.urandom(16)), info=DROP_INFO + said.id.encode()),
        locator=locator_of(said.code()),
        mailbox=mailbox_from_code(said.code(), salt())[1],
        proof=said.proof,
    )
    return said


def take_back(code: str) -> None:
    """Asks for what a receipt brought to be taken off."""
    public_dropped.take_back(locator_of(code))
