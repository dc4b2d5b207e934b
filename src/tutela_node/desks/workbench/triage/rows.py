"""Bundles and reports as the triage pages show them: the weightiest reason first, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tutela_node.accounts import queries as accounts
from tutela_node.desks.workbench.review.words import CHANNELS
from tutela_node.desks.workbench.triage import words
from tutela_node.foundation.errors import Missing
from tutela_node.intake.sense import Band, Why
from tutela_node.intake.triage import COUNTED, BundleLine, TriageValue, WeighedReport

LEADING = (
    Why.AT_RISK,
    Why.ABUSE,
    Why.EXTORTION,
    Why.TRAFFICKING,
    Why.GROOMING,
    Why.THREAT,
    Why.OWN,
    Why.ESCALATED,
    Why.VICTIM_KNOWN,
    Why.NEW_FILE,
)  # what a report can be known by, the first that holds
QUIET = frozenset({Why.RECEIVED})  # holds of every report, and so says nothing about one
REASONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One report. `says` is what it can be known by, `more` its next reasons; `sender` is "" for the public."""

    report: WeighedReport
    says: words.Words
    more: tuple[words.Words, ...]
    channel: words.Words
    sender: str
    state: words.Words
    band: words.Words
    chip: str
    bundle: BundleLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    band: Band
    label: words.Words
    chip: str
    count: int
    is_more: bool  # there are more than were counted
    lines: tuple[Line, ...]


def groups(found: TriageValue) -> tuple[Group, ...]:
    """The list by bands; a band that begins on a later page is left out, its count is in the figures."""
    lines = bundle_lines(found.bundles)
    made = []
    for band, (label, chip) in words.BANDS.items():
        inside = tuple(each for each in lines if each.report.band is band)
        count = found.counts.get(band, 0)
        if inside:
            made.append(Group(band=band, label=label, chip=chip, count=count, is_more=count >= COUNTED, lines=inside))
    return tuple(made)


def bundle_lines(bundles: Iterable[BundleLine]) -> tuple[Line, ...]:
    names: dict[UUID, str] = {}
    return tuple(line(each.head, names=names, bundle=each) for each in bundles)


def report_lines(reports: Iterable[WeighedReport]) -> tuple[Line, ...]:
    names: dict[UUID, str] = {}
    return tuple(line(each, names=names) for each in reports)


def line(report: WeighedReport, *, names: dict[UUID, str], bundle: BundleLine | None = None) -> Line:
    held = [why for why, _ in report.reasons if why not in QUIET]
    first = next((why for why in LEADING if why in held), None)
    label, chip = words.BANDS[report.band]
    return Line(
        report=report,
        says=words.WHYS[first] if first else words.REPORTED.get(report.concern, words.WHYS[Why.RECEIVED]),
        more=tuple(words.WHYS[why] for why in held if why is not first)[:REASONS],
        channel=CHANNELS.get(report.channel, report.channel),
        sender=_sender(report.organisation, names),
        state=words.STATES[report.state],
        band=label,
        chip=chip,
        bundle=bundle,
    )


def _sender(organisation: UUID | None, names: dict[UUID, str]) -> str:
    if organisation is None:
        return ""
    if organisation not in names:
        try:
            names[organisation] = accounts.organisation(organisation).name
        except Missing:
            names[organisation] = ""
    return names[organisation]
