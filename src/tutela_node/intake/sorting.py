"""What waits in quarantine, the likeliest first; and how many forms were begun and finished."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from tutela_node.foundation import clock
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import unseal
from tutela_node.intake import permissions
from tutela_node.intake.floods import HIGHEST, LOWEST, Seen, Standing
from tutela_node.intake.legible import legible
from tutela_node.intake.models import Answer, Report, Tally
from tutela_node.intake.rules import Sentence

PAGE = 100
COUNTED = 2000
SHOWN = ("id", "reference", "received_at", "language", "form", "lane", "credit", "words_sealed")
SAID = 140  # characters of the words that a row shows


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Held:
    """A report in quarantine, as a row: enough to tell junk from not."""

    id: UUID
    reference: str
    received_at: datetime
    language: str
    form: str
    lane: str
    credit: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """The first rows, and how many wait by credit, likeliest first; a count of `COUNTED` means “or more”."""

    rows: tuple[Held, ...]
    by_credit: tuple[tuple[int, int], ...]
    read_at: datetime

    @property
    def total(self) -> int:
        return sum(number for _, number in self.by_credit)

    @property
    def is_more(self) -> bool:
        return self.at_most(HIGHEST).is_more

    def at_most(self, credit: int) -> Seen:
        """How many of this credit or less were shown."""
        numbers = [number for each, number in self.by_credit if each <= credit]
        return Seen(number=sum(numbers), is_more=any(each >= COUNTED for each in numbers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Public reports of a day in a language. What was begun and neither finished nor abandoned yet is `open`."""

    day: date
    language: str
    begun: int
    finished: int

    @property
    def abandoned(self) -> int:
        return max(0, self.begun - self.finished)


def quarantine(actor: Actor) -> Quarantine:
    """The first hundred. That somebody looked is written down."""
    require(actor, permissions.SORT)
    record_read(actor, "quarantine.read", None)
    read_at = clock.now()  # before it is counted: what comes meanwhile was not seen
    waiting = Report.objects.filter(standing=Standing.QUARANTINED)
    rows = waiting.order_by("-credit", "received_at").only(*SHOWN)[:PAGE]
    counts = [(credit, _counted(credit)) for credit in range(HIGHEST, LOWEST - 1, -1)]
    return Quarantine(
        rows=tuple(_held(row) for row in rows),
        by_credit=tuple((credit, number) for credit, number in counts if number),
        read_at=read_at,
    )


def _counted(credit: int) -> int:
    """Counted up to a bound: the page of a flood costs no more than that of a shower."""
    return Report.objects.filter(standing=Standing.QUARANTINED, credit=credit).values("id")[:COUNTED].count()


def untold(*, limit: int) -> tuple[UUID, ...]:
    """Discarded reports whose reporters were not told."""
    told = Answer.objects.filter(report=OuterRef("id"), sentence=Sentence.CLOSED_NO_ACTION)
    rows = Report.objects.filter(~Exists(told), standing=Standing.DISCARDED).order_by("-credit", "received_at")
    return tuple(rows.values_list("id", flat=True)[:limit])


def waiting_in_quarantine(actor: Actor) -> int:
    require(actor, permissions.SORT)
    return Report.objects.filter(standing=Standing.QUARANTINED).count()


def figures(actor: Actor, *, days: int = 30) -> tuple[Figure, ...]:
    """By day and language, newest first, all forms together."""
    require(actor, permissions.READ)
    first = clock.now().date() - timedelta(days=days)
    return tuple(_figures(Tally.objects.filter(day__gte=first).order_by("-day", "language")))


def _figures(rows: Iterable[Tally]) -> Iterable[Figure]:
    sums: dict[tuple[date, str], list[int]] = {}
    for row in rows:
        total = sums.setdefault((row.day, row.language), [0, 0])
        total[0] += row.begun
        total[1] += row.finished
    return [
        Figure(day=day, language=language, begun=begun, finished=finished)
        for (day, language), (begun, finished) in sums.items()
    ]


def _held(row: Report) -> Held:
    return Held(
        id=row.id,
        reference=row.reference,
        received_at=row.received_at,
        language=row.language,
        form=row.form,
        lane=row.lane,
        credit=row.credit,
        words=legible(unseal("words", row.words_sealed).decode()[:SAID]),
    )
