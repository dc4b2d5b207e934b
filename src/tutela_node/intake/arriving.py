"""What a new public report is worth, measured against what came before it; and the count of forms begun and finished.

Rules:
- a report is judged once, when it is opened: the newest sheet of its draft, the most work that came with it
- the budget of a form and lane is what went its way within the hour before; the worker alone writes here
- the count says day, language and form, and nothing by which a report could be found
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from tutela_node.foundation.counters import report_number
from tutela_node.foundation.profile import current
from tutela_node.foundation.sealed import lookup
from tutela_node.intake.facts import Concern, Facts
from tutela_node.intake.floods import REPEATS, Arrival, Lane, Standing, credit_of, lane_of, standing_of
from tutela_node.intake.models import Drop, Report, Tally
from tutela_node.intake.rules import DropKind, Form, Sheet

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A sheet with the work that came with it, in bits, and when it came."""

    sheet: Sheet
    proof: int
    received_at: datetime


def given(arrived: Given) -> dict[str, Any]:
    """Lane, credit, likeness and standing of a new report, as the columns of its row."""
    terms, sheet = current().floods, arrived.sheet
    lane = lane_of(proof=arrived.proof, pace=sheet.pace, ticket_seconds=terms.ticket_seconds)
    likeness = likeness_of(sheet.words)
    arrival = Arrival(lane=lane, addresses=sheet.urls, words=sheet.words, repeats=_repeats(likeness, arrived))
    budget = terms.proved_per_hour if lane is Lane.PROVED else terms.per_hour
    return {
        "lane": lane,
        "credit": credit_of(arrival),
        "likeness": likeness,
        "standing": standing_of(taken=_taken(arrived, lane, budget), budget=budget),
    }


def facts_of(sheet: Sheet) -> Facts:
    """What a sheet says that puts a report in order: what happens, and whether it is told by whom it happens to."""
    return Facts(concern=Concern(sheet.happening), own=sheet.form is Form.OWN)


def next_reference() -> str:
    """The number of the next report."""
    return str(report_number())


def likeness_of(words: str) -> str:
    """A keyed hash of what was written, whatever its case and spaces; empty for no words."""
    plain = " ".join(words.casefold().split())
    return lookup("likeness", plain) if plain else ""


def tally(sheet: Sheet, rows: Sequence[Drop], *, draft: str) -> None:
    """Counts a draft when it is opened first, and when it is finished."""
    begun = int(not _was_opened(draft, rows))
    finished = int(any(row.kind == DropKind.FINISH for row in rows))
    day = rows[0].received_at.date()
    key: dict[str, Any] = {"day": day, "language": sheet.language, "form": sheet.form}
    Tally.objects.get_or_create(**key)
    Tally.objects.filter(**key).update(begun=F("begun") + begun, finished=F("finished") + finished)


def _was_opened(draft: str, rows: Sequence[Drop]) -> bool:
    now = {row.id for row in rows}
    return Drop.objects.filter(draft=draft, opened_at__isnull=False).exclude(id__in=now).exists()


def _repeats(likeness: str, arrived: Given) -> int:
    if not likeness or arrived.sheet.urls:
        return 0
    before = Report.objects.filter(likeness=likeness, received_at__gt=arrived.received_at - DAY)
    return before.values("id")[:REPEATS].count()


def _taken(arrived: Given, lane: Lane, budget: int) -> int:
    """Counted up to the budget, so that a flood costs no more than what fits into it."""
    lanes = [Lane.PROVED] if lane is Lane.PROVED else [Lane.TIMED, Lane.HASTY]
    hour = Report.objects.filter(
        form=arrived.sheet.form, lane__in=lanes, received_at__gt=arrived.received_at - HOUR, standing=Standing.OPEN
    )
    return hour.values("id")[:budget].count()
