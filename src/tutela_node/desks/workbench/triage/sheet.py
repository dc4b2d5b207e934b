"""One report with all that it says, why it stands where it stands, and what belongs to it."""

from dataclasses import dataclass
from uuid import UUID

from tutela_node.desks.workbench.review import sources
from tutela_node.desks.workbench.review.sources import Place
from tutela_node.desks.workbench.review.words import CHANNELS, ITEM_STATES, KINDS
from tutela_node.desks.workbench.triage import rows, words
from tutela_node.foundation.permissions import Actor
from tutela_node.intake import queries as reports
from tutela_node.intake import triage
from tutela_node.intake.facts import FileFacts
from tutela_node.intake.queries import ReportValue
from tutela_node.intake.triage import BundleLine
from tutela_node.material import queries as material

OTHERS = 50
PLACES = 100  # addresses that a page shows
ITEMS = 100  # and files


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    says: words.Words
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    id: UUID
    reference: str
    kind: words.Words
    state: words.Words


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Named:
    """Something that the report names, several of one sort."""

    label: words.Words
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReportSheet:
    """`reasons` and `lacks` are empty until the report is weighed; of many addresses, `places` are the first."""

    report: ReportValue
    line: rows.Line | None
    channel: words.Words
    state: words.Words
    concern: words.Words
    sender: str
    reasons: tuple[Reason, ...]
    lacks: tuple[words.Words, ...]
    bundle: BundleLine | None
    others: tuple[rows.Line, ...]
    others_after: int  # where the next part of the bundle begins; 0 at its end
    items: tuple[ItemLine, ...]
    items_in_all: int
    places: tuple[Place, ...]
    named: tuple[Named, ...]
    files: tuple[FileFacts, ...]
    duplicate_of: UUID | None
    duplicate_reference: str


def report_sheet(actor: Actor, id: UUID, *, begin: int = 0) -> ReportSheet:
    """`begin`: from which report on its bundle is shown. Raises Missing. The read is written down."""
    value = reports.report(actor, id)
    weighed, bundle = triage.weighed(actor, id), triage.bundle_of(actor, id)
    inside = triage.in_bundle(actor, bundle.id, begin=begin, limit=OTHERS) if bundle else ()
    line = rows.report_lines([weighed])[0] if weighed else None
    repeated = weighed.duplicate_of if weighed else None
    return ReportSheet(
        report=value,
        line=line,
        channel=CHANNELS.get(value.channel, value.channel),
        state=words.STATES[value.state],
        concern=words.CONCERNS[value.facts.concern],
        sender=line.sender if line else "",
        reasons=tuple(Reason(says=words.WHYS[why], points=points) for why, points in weighed.reasons)
        if weighed
        else (),
        lacks=tuple(words.LACKS[each] for each in weighed.lacks) if weighed else (),
        bundle=bundle,
        others=rows.report_lines([each for each in inside if each.id != id]),
        others_after=begin + OTHERS if bundle and begin + OTHERS < bundle.count else 0,
        items=_items(value),
        items_in_all=len(value.items),
        places=tuple(sources.place(material.sighting(each)) for each in value.sightings[:PLACES]),
        named=_named(value),
        files=value.facts.files,
        duplicate_of=repeated,
        duplicate_reference=reports.reference_of(repeated) if repeated else "",
    )


def _items(value: ReportValue) -> tuple[ItemLine, ...]:
    return tuple(
        ItemLine(
            id=each.id,
            reference=each.reference,
            kind=KINDS.get(each.kind, each.kind),
            state=ITEM_STATES[each.state],
        )
        for each in material.items(value.items[:ITEMS])
    )


def _named(value: ReportValue) -> tuple[Named, ...]:
    facts = value.facts
    sorts = (
        (words.ACCOUNTS, facts.accounts),
        (words.MAILS, facts.mails),
        (words.PHONES, facts.phones),
        (words.IPS, facts.ips),
        (words.HOSTS, facts.hosts),
        (words.HASHES, facts.hashes),
    )
    return tuple(Named(label=label, values=values) for label, values in sorts if values)
