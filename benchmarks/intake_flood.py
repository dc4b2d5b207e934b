"""A flood of junk through the public pages: what the quarantine page costs then, and whether what is genuine is found.

Rules:
- the first thousand and the genuine ones go the whole way: sealed drops, opened one by one as the worker does
- the rest of the flood are rows like those, written in bulk: same lanes, credits and standings
- half of what is genuine comes with proof of work, half from browsers without scripts in a person's time
- junk comes fast, without work, in words and addresses that change from one to the next
"""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

WHOLE_WAY = 1000
BATCH = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """`genuine` are the numbers of the planted reports."""

    rows: int
    genuine: frozenset[str]


def plant(rows: int, genuine: int, told: Callable[[int], None]) -> Flood:
    """Sends the flood with the genuine reports spread over it; what is told is how many were written."""
    from django.test import override_settings

    from tutela_node.site.settings import all as every_role

    with override_settings(TUTELA=every_role.TUTELA):  # the worker's key opens what the public desk sealed
        return _plant(rows, genuine, told)


def _plant(rows: int, genuine: int, told: Callable[[int], None]) -> Flood:
    from tutela_node.intake.models import Report

    rng, drafts = random.Random(20261126), []
    begun = min(rows, WHOLE_WAY)
    places = frozenset(rng.sample(range(begun), genuine))
    for number in range(begun):
        if number in places:
            words, proof = f"I saw this on day {number} and it worries me.", 16 * (len(drafts) % 2)
            drafts.append(_send(words=words, url=f"album{number}.example", proof=proof, pace=90))
        _send(words=secrets.token_hex(8), url=f"{secrets.token_hex(6)}.example", proof=0, pace=1)
        told(number)
    _bulk(rows - begun, told)
    found = Report.objects.filter(draft__in=drafts).values_list("reference", flat=True)
    return Flood(rows=rows, genuine=frozenset(found))


def found_first(client: Any, flood: Flood) -> int:
    """How many of the genuine ones stand among the first hundred of the quarantine, or went their way."""
    from tutela_node.intake.models import Report

    page = client.get("/reports/quarantine/").content.decode()
    went = Report.objects.filter(reference__in=flood.genuine, standing="open").count()
    return went + sum(reference in page for reference in flood.genuine)


def _send(*, words: str, url: str, proof: int, pace: int) -> str:
    from uuid import UUID

    from tutela.sealing import seal_to
    from tutela_node.foundation import keys
    from tutela_node.intake.rules import DROP_INFO, Form, Sheet, write_sheet
    from tutela_node.journeys import public_dropped, report_received

    draft = secrets.token_hex(16)
    sheet = Sheet(urls=(f"https://{url}/a",), words=words, form=Form.ADDRESS, pace=pace, turn=1)
    sealed = seal_to(keys.intake_public(), write_sheet(sheet, b"salt"), info=DROP_INFO + draft.encode())
    public_dropped.public_drop(
        step=secrets.token_hex(16),
        draft=draft,
        kind="finish",
        sealed=sealed,
        locator=secrets.token_hex(32),
        mailbox=secrets.token_bytes(32),
        proof=proof,
    )
    report_received.open_report(UUID(hex=draft), None)
    return draft


def _bulk(rows: int, told: Callable[[int], None]) -> None:
    """Junk as the last that went the whole way, each under its own number and at its own moment."""
    from tutela_node.foundation.ids import new_id
    from tutela_node.intake.models import Report

    like = Report.objects.filter(standing="quarantined").order_by("credit", "-received_at").first()
    if like is None:
        raise SystemExit("nothing went into quarantine: there is no flood")
    values = {each.attname: getattr(like, each.attname) for each in Report._meta.concrete_fields}
    for begun in range(0, rows, BATCH):
        made = []
        for number in range(begun, min(begun + BATCH, rows)):
            own = {"id": new_id(), "reference": f"J{number}", "draft": secrets.token_hex(16)}
            made.append(Report(**values | own | {"received_at": like.received_at + timedelta(milliseconds=number)}))
        Report.objects.bulk_create(made)
        told(WHOLE_WAY + begun)
