"""How good a provider's reports are, from what was noted of each: plain values in and out.

Rules:
- shares are of what they are said of: “illegal” of the reports that were decided, “viewed” of the files that were sent
- a share of few is not said: below `FEW` there is no figure, so that one report makes no reputation
- advice names what the provider can change; what it leaves open most often comes first
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FEW = 5


class Outcome(StrEnum):
    """What became of a report, as far as its quality goes."""

    OPEN = ""
    ILLEGAL = "illegal"
    NOT_ILLEGAL = "not_illegal"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedReport:
    """What is kept of one report. `delay_minutes` is from what happened until we had it; None when no time was said."""

    day: date
    completeness: int
    is_parsed: bool = True
    is_duplicate: bool = False
    files: int = 0
    viewed: int = 0
    delay_minutes: int | None = None
    lacks: tuple[str, ...] = ()
    outcome: Outcome = Outcome.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Shares are whole percents, None where there are too few to say. `lacks`: what is missing most often,
    each with its percent of reports.
    """

    reports: int
    parsed: int | None
    completeness: int | None
    duplicates: int | None
    viewed: int | None
    illegal: int | None
    decided: int
    delay_minutes: int | None
    lacks: tuple[tuple[str, int], ...]


def quality_of(reports: Iterable[NotedReport]) -> Quality:
    found = list(reports)
    decided = [each for each in found if each.outcome is not Outcome.OPEN]
    delays = sorted(each.delay_minutes for each in found if each.delay_minutes is not None)
    files = sum(each.files for each in found)
    missing = Counter(lack for each in found for lack in each.lacks)
    return Quality(
        reports=len(found),
        parsed=_share(sum(each.is_parsed for each in found), len(found)),
        completeness=round(sum(each.completeness for each in found) / len(found)) if len(found) >= FEW else None,
        duplicates=_share(sum(each.is_duplicate for each in found), len(found)),
        viewed=_share(sum(each.viewed for each in found), files),
        illegal=_share(sum(each.outcome is Outcome.ILLEGAL for each in decided), len(decided)),
        decided=len(decided),
        delay_minutes=delays[len(delays) // 2] if len(delays) >= FEW else None,
        lacks=tuple((lack, share) for lack, n in missing.most_common() if (share := _share(n, len(found))))[:3],
    )


def months_of(days: Iterable[date], *, until: date, count: int = 12) -> tuple[tuple[date, int], ...]:
    """How many fell into each of the last months, the oldest first; each month by its first day."""
    found = Counter(each.replace(day=1) for each in days)
    months, month = [], until.replace(day=1)
    for _ in range(count):
        months.append((month, found[month]))
        month = (
            month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)
        )
    return tuple(reversed(months))


def first_day(today: date, *, months: int = 12) -> date:
    """The first day of the month that many months back, this one counted."""
    back = today.year * 12 + today.month - months
    return date(back // 12, back % 12 + 1, 1)


def _share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole >= FEW else None
