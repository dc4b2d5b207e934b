"""What other rooms say beside an item: the report it came with, and the places where it was seen.

Rules:
- the whole address is not shown in lists; a person reads the shortened one
- a hold is shown to staff alone, who must not tell anybody
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela_node.desks.workbench.review import words
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.permissions import Actor
from tutela_node.intake import queries as intake
from tutela_node.material import queries as material
from tutela_node.material.queries import SightingValue
from tutela_node.material.rules import SightingState
from tutela_node.takedown import queries as takedown


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReportFacts:
    id: UUID
    reference: str
    channel: words.Words
    received_at: datetime
    text: str  # the reporter's own words, "" when there are none
    language: str
    items: int
    reports: int  # how many reports name this item
    addresses: tuple[str, ...] = ()  # as they were reported; shown where nothing could be captured


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Place:
    id: UUID
    redacted: str
    host: str
    last_seen: datetime
    state: SightingState
    label: words.Words
    operator: str = ""  # who runs the host, "" until it is traced
    country: str = ""
    agree: int = 0  # sources that name this operator
    sources: int = 0
    held_until: datetime | None = None  # what the police hold waits until then

    @property
    def is_gone(self) -> bool:
        return self.state is SightingState.GONE


def report_references(ids: tuple[UUID, ...]) -> dict[UUID, str]:
    """The numbers of reports that stand in the queue themselves; unknown ones are left out."""
    found = {}
    for id in ids:
        try:
            found[id] = intake.reference_of(id)
        except Missing:
            continue
    return found


def report_facts(actor: Actor, id: UUID, *, is_report: bool) -> ReportFacts | None:
    """The first report that named the item, or the report itself; None when the item came without one."""
    reports = (id,) if is_report else intake.reports_of_item(id)
    if not reports:
        return None
    first = intake.report(actor, reports[0])
    return ReportFacts(
        id=first.id,
        reference=first.reference,
        channel=words.CHANNELS.get(first.channel, first.channel),
        received_at=first.received_at,
        text=first.words,
        language=first.language,
        items=len(set(first.items)),
        reports=len(set(reports)),
        addresses=first.urls if is_report else (),
    )


def places(item: UUID) -> tuple[Place, ...]:
    return tuple(place(each) for each in material.sightings_of(item))


def place(seen: SightingValue) -> Place:
    """One address with what tracing and the police said about it."""
    trace, hold = takedown.trace_of(seen.id), takedown.hold_of(seen.id)
    return Place(
        id=seen.id,
        redacted=seen.redacted,
        host=seen.host,
        last_seen=seen.last_seen,
        state=seen.state,
        label=words.SIGHTINGS[seen.state],
        operator=trace.facts.organisation if trace else "",
        country=trace.facts.country if trace else "",
        agree=trace.facts.agree if trace else 0,
        sources=sum(each.answered for each in trace.facts.sources) if trace else 0,
        held_until=hold.ends if hold else None,
    )
