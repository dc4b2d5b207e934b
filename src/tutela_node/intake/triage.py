"""Reads the triage list: bundles of open reports by urgency, and reports by what they name.

Rules:
- one line a bundle, the most urgent first, then the one that waits longest
- a page is found by where the last one ended, so the thousandth costs what the first does
- counts stop at `COUNTED`: “more than” is said instead of counting a million rows
- the bundles of a short period are found by their time and put in order then; any other list is read in its order
- searching is written down, without what was searched for
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from tutela_node.foundation import clock, profile
from tutela_node.foundation.errors import Invalid, Missing
from tutela_node.foundation.ledger import record_read
from tutela_node.foundation.permissions import Actor, require
from tutela_node.intake import permissions
from tutela_node.intake.bundling import ties_of
from tutela_node.intake.facts import Concern
from tutela_node.intake.marks import MarkKind, read_mark
from tutela_node.intake.models import Bundle, Mark, Report
from tutela_node.intake.queries import readable, reads_all
from tutela_node.intake.rules import PRIVATE, Channel, Form, ReportState
from tutela_node.intake.sense import TAKEN, Band, Lack, Why, band_of

SHOWN = 50
COUNTED = 1000
MOST_SORTED = 10_000  # bundles of a period that are put in order when they are asked for
URGENCY, WEIGHT = "urgency", "weight"  # the same number; by the second no index is read in order
TIME, MOMENT = "last_at", "moment"  # the same time; by the second no index is looked into
MAX_ASKED = 2000
MOST_COMPARED = 900  # marks in one question: SQLite takes no more than a thousand values or so


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the list is narrowed to; empty keeps everything. `after` is where the last page ended."""

    band: Band | None = None
    concern: Concern | None = None
    channel: Channel | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_over: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedReport:
    """A report in the list: nothing of what it says but why it stands where it stands."""

    id: UUID
    reference: str
    channel: Channel
    organisation: UUID | None
    received_at: datetime
    state: ReportState
    urgency: int
    band: Band
    completeness: int
    concern: Concern
    reasons: tuple[tuple[Why, int], ...]
    lacks: tuple[Lack, ...]
    duplicate_of: UUID | None
    bundle: UUID | None
    rule: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleLine:
    id: UUID
    head: WeighedReport
    count: int
    open_count: int
    senders: int
    first_at: datetime
    last_at: datetime
    is_read: bool
    read_by: str
    taken_by: UUID | None  # None once it is free again
    taken_name: str

    @property
    def mark(self) -> str:
        """Where a next page begins."""
        return f"{self.head.urgency}.{self.first_at.isoformat()}.{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageValue:
    """`counts`: bundles of each band, at most `COUNTED`, which then means “or more”. `after`: "" on the last page."""

    bundles: tuple[BundleLine, ...]
    counts: dict[Band, int] = field(default_factory=dict)
    after: str = ""


def triage(actor: Actor, asked: Asked) -> TriageValue:
    """Raises Invalid when `after` is no mark of a page."""
    require(actor, permissions.READ)
    record_read(actor, "triage.read", None)
    counts = _counts_of_period(actor, asked)
    weight = URGENCY if counts is None else WEIGHT
    rows = list(_after(_narrowed(actor, asked, weight), asked, weight)[: SHOWN + 1])
    lines = _lines(rows[:SHOWN])
    more = lines[-1].mark if len(rows) > SHOWN else ""
    if counts is None:
        counts = {} if asked.is_over else _counts(actor, asked)
    return TriageValue(bundles=lines, counts=counts, after=more)


def bundle_of(actor: Actor, report: UUID) -> BundleLine | None:
    """The bundle that a report belongs to; None until it is weighed."""
    require(actor, permissions.READ)
    row = Bundle.objects.filter(reports=report).first()
    return _lines([row])[0] if row else None


def bundle(actor: Actor, id: UUID) -> BundleLine:
    """One bundle of which the actor may read something. Raises Missing; the read is written down."""
    require(actor, permissions.READ)
    row = Bundle.objects.filter(id=id).first()
    if row is None or not readable(actor).filter(bundle=row).exists():
        raise Missing("there is no such case; it may have become part of another", place=str(id))
    record_read(actor, "case.read", id)
    return _lines([row])[0]


def is_one_case(reports: Iterable[UUID]) -> bool:
    """Whether all of these are reports, and of one case."""
    wanted = set(reports)
    bundles = list(Report.objects.filter(id__in=wanted).values_list("bundle", flat=True))
    return len(bundles) == len(wanted) and len(set(bundles)) == 1 and None not in bundles


def weighed(actor: Actor, report: UUID) -> WeighedReport | None:
    """How one report was weighed; None until it is. Raises Missing when there is no such report."""
    require(actor, permissions.READ)
    row = readable(actor).filter(id=report).first()
    if row is None:
        raise Missing("there is no such report", place=str(report))
    return _weighed(row) if row.urgency is not None else None


def in_bundle(actor: Actor, bundle: UUID, *, begin: int = 0, limit: int = SHOWN) -> tuple[WeighedReport, ...]:
    """The most urgent reports of a bundle first, from one on."""
    require(actor, permissions.READ)
    rows = readable(actor).filter(bundle=bundle, urgency__isnull=False).order_by("-urgency", "received_at", "id")
    return tuple(_weighed(row) for row in rows[begin : begin + limit])


def shared_marks(actor: Actor, bundle: UUID, reports: Iterable[UUID]) -> dict[UUID, frozenset[MarkKind]]:
    """Of which kinds these reports of a bundle name what another report of it names too; by what they are tied.

    Of the marks of all of them together the first `MOST_COMPARED` are looked at.
    """
    require(actor, permissions.READ)
    rows = Mark.objects.filter(report__in=list(reports)).values_list("report_id", "kind", "lookup")[:MOST_COMPARED]
    among = Mark.objects.filter(lookup__in={lookup for *_, lookup in rows}, report__bundle=bundle)
    counted = among.values("lookup").annotate(number=Count("id")).filter(number__gt=1).order_by()
    shared = set(counted.values_list("lookup", flat=True))
    kinds: dict[UUID, set[MarkKind]] = {}
    for report, kind, lookup in rows:
        if lookup in shared:
            kinds.setdefault(report, set()).add(MarkKind(kind))
    return {report: frozenset(found) for report, found in kinds.items()}


def find_reports(actor: Actor, text: str, *, limit: int = SHOWN) -> tuple[WeighedReport, ...]:
    """Reports by our number, or by an address, host, account, hash, IP, mail or number they name; the newest first.

    Raises Invalid when the text is empty or too long.
    """
    require(actor, permissions.READ)
    text = text.strip()
    if not text or len(text) > MAX_ASKED:
        raise Invalid(f"write 1 to {MAX_ASKED} characters", place="text")
    record_read(actor, "reports.searched", None)
    numbered = readable(actor).filter(reference=text.upper())
    ids = {each for tie in ties_of(read_mark(text)) for each in _newest_with(tie.lookup, limit)}
    found = {row.id: row for row in [*numbered, *readable(actor).filter(id__in=ids)]}
    newest = sorted(found.values(), key=lambda row: row.received_at, reverse=True)
    return tuple(_weighed(row) for row in newest[:limit])


def _newest_with(mark: str, limit: int) -> tuple[UUID, ...]:
    """One mark at a time: its newest reports stand together in the index, however many there are."""
    return tuple(Mark.objects.filter(lookup=mark).order_by("-at").values_list("report_id", flat=True)[:limit])


def weighed_otherwise(rule: str, *, after: UUID | None = None, limit: int = 200) -> tuple[UUID, ...]:
    """Reports behind `after` that this version of the rule has not weighed, the oldest first; for the node's work."""
    rows = _to_weigh(rule).filter(id__gt=after) if after else _to_weigh(rule)
    return tuple(rows.order_by("id").values_list("id", flat=True)[:limit])


def count_weighed_otherwise(rule: str) -> int:
    return _to_weigh(rule).count()


def _to_weigh(rule: str) -> QuerySet[Report]:
    """Codes of own pictures are put in no order: they go to their list."""
    return Report.objects.exclude(rule=rule).exclude(form=Form.PICTURE)


def _narrowed(actor: Actor, asked: Asked, weight: str = URGENCY) -> QuerySet[Bundle]:
    rows = Bundle.objects.annotate(weight=F("urgency") + Value(0), moment=Coalesce("last_at", "last_at"))
    rows = rows.filter(open_count=0) if asked.is_over else rows.filter(open_count__gt=0)
    time = TIME if asked.is_over or weight == WEIGHT else MOMENT
    narrow = {"concern": asked.concern, "channel": asked.channel, f"{time}__gte": asked.since}
    narrow |= {"first_at__lt": asked.until}
    rows = rows.filter(**{name: value for name, value in narrow.items() if value is not None})
    if not reads_all(actor):
        referred = Report.objects.filter(bundle=OuterRef("id"), referral__isnull=False)
        rows = rows.filter(~Q(channel__in=PRIVATE) | Exists(referred))
    return rows.filter(_in_band(asked.band, weight)) if asked.band else rows


def _in_band(band: Band, weight: str = URGENCY) -> Q:
    """The band as a range of urgency, which the index is in order of."""
    inside = [points for points in range(101) if band_of(points, profile.current().triage) is band]
    if not inside:
        return Q(urgency__lt=0)
    return Q((f"{weight}__gte", inside[0]), (f"{weight}__lte", inside[-1]))


def _after(rows: QuerySet[Bundle], asked: Asked, weight: str) -> QuerySet[Bundle]:
    if asked.is_over:
        return rows.order_by("-last_at")
    rows = rows.order_by(f"-{weight}", "first_at", "id")
    if not asked.after:
        return rows
    urgency, at, id = _mark(asked.after)
    same = Q((weight, urgency)) & (Q(first_at__gt=at) | Q(first_at=at, id__gt=id))
    return rows.filter(Q((f"{weight}__lte", urgency)) & (Q((f"{weight}__lt", urgency)) | same))


def _mark(after: str) -> tuple[int, datetime, UUID]:
    try:
        urgency, rest = after.split(".", 1)
        at, id = rest.rsplit(".", 1)
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError
        return int(urgency), moment.astimezone(UTC), UUID(id)
    except (ValueError, OverflowError):
        raise Invalid("is no place in this list; begin from its top", place="after") from None


def _counts_of_period(actor: Actor, asked: Asked) -> dict[Band, int] | None:
    """Bundles of each band since a moment; None where no moment is asked for, or too many came since to count them."""
    if asked.since is None or asked.is_over or _are_many(asked.since, asked.concern):
        return None
    rows = _narrowed(actor, replace(asked, band=None, after=""), WEIGHT).order_by("-last_at")
    found = Counter(rows.values_list("urgency", flat=True))
    counts = dict.fromkeys(Band, 0)
    for points, number in found.items():
        counts[band_of(points, profile.current().triage)] += number
    return {band: min(number, COUNTED) for band, number in counts.items()}


def _are_many(since: datetime, concern: Concern | None) -> bool:
    """Whether more bundles came than are put in order, whoever may read them: the index alone answers that."""
    rows = Bundle.objects.filter(open_count__gt=0, last_at__gte=since)
    rows = rows.filter(concern=concern) if concern else rows
    return bool(rows.order_by("-last_at").values_list("last_at")[MOST_SORTED : MOST_SORTED + 1])


def _counts(actor: Actor, asked: Asked) -> dict[Band, int]:
    rows = _narrowed(actor, replace(asked, band=None, after="")).order_by()
    return {band: rows.filter(_in_band(band)).values("id")[:COUNTED].count() for band in Band}


def _lines(rows: Iterable[Bundle]) -> tuple[BundleLine, ...]:
    rows = list(rows)
    heads = {row.id: row for row in Report.objects.filter(id__in=[each.head for each in rows])}
    return tuple(
        BundleLine(
            id=row.id,
            head=_weighed(heads[row.head]),
            count=row.count,
            open_count=row.open_count,
            senders=row.senders,
            first_at=row.first_at,
            last_at=row.last_at,
            is_read=row.read_at is not None,
            read_by=row.read_by,
            taken_by=row.taken_by if _is_taken(row) else None,
            taken_name=row.taken_name if _is_taken(row) else "",
        )
        for row in rows
    )


def _is_taken(row: Bundle) -> bool:
    return row.taken_at is not None and row.taken_at > clock.now() - TAKEN


def _weighed(row: Report) -> WeighedReport:
    return WeighedReport(
        id=row.id,
        reference=row.reference,
        channel=Channel(row.channel),
        organisation=row.organisation_id,
        received_at=row.received_at,
        state=ReportState(row.state),
        urgency=row.urgency or 0,
        band=Band(row.band or Band.USUAL),
        completeness=row.completeness or 0,
        concern=Concern(row.concern),
        reasons=tuple((Why(why), points) for why, points in row.reasons),
        lacks=tuple(Lack(each) for each in row.lacks),
        duplicate_of=row.duplicate_of,
        bundle=row.bundle_id,
        rule=row.rule,
        problem=row.problem,
    )
