"""Ties reports together by what they name, and keeps what a bundle says of itself true.

Rules:
- a report joins the bundle of the latest report that carries one of its marks, within the profile's days
- where its marks lead to several bundles, the latest five of them become one: the oldest of these stays
- an earlier report that is named by its number ties only those of one sender: the numbers can be guessed
- a mark carried by more reports than the profile's limit ties nothing
- how many steps this takes depends on the marks of one report, never on how many reports there are
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Min, Sum

from tutela_node.foundation import clock
from tutela_node.foundation.counters import one_at_a_time
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.profile import Triage
from tutela_node.foundation.sealed import lookup
from tutela_node.intake.marks import MarkKind, MarkValue
from tutela_node.intake.models import Bundle, Mark, Report
from tutela_node.intake.rules import WAITING
from tutela_node.intake.sense import TAKEN, Band

TRIAGE = "triage"  # whoever changes bundles holds this counter
MOST_JOINED = 5  # cases that one report may make one, the latest: more is somebody's list, or somebody's mischief
CANDIDATES = 50  # earlier reports that are compared when a duplicate is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    kind: MarkKind
    lookup: str


def ties_of(marks: Iterable[MarkValue]) -> tuple[Tie, ...]:
    return tuple(Tie(kind=each.kind, lookup=lookup(each.purpose, each.value)[:32]) for each in marks)


def keep_marks(report: Report, ties: Sequence[Tie]) -> None:
    rows = [Mark(report=report, kind=each.kind, lookup=each.lookup, at=report.received_at) for each in ties]
    Mark.objects.bulk_create(rows, ignore_conflicts=True)


def join(report: Report, ties: Sequence[Tie], rule: Triage, *, prior: Sequence[str] = ()) -> Bundle:
    """The bundle that the report belongs to now; made, or made one of several, where it must be."""
    met = {each for tie in ties if (each := _bundle_met(report, tie, rule)) is not None}
    named = Report.objects.filter(reference__in=prior, organisation=report.organisation_id, bundle__isnull=False)
    met |= set(named.values_list("bundle_id", flat=True)) if report.organisation_id else set()
    own = {report.bundle_id} if report.bundle_id else set()
    latest = Bundle.objects.filter(id__in=met - own).order_by("-last_at")[:MOST_JOINED]
    joined = own | {each.id for each in latest}
    if not joined:
        return _alone(report)
    kept, *others = Bundle.objects.filter(id__in=joined).order_by("first_at", "id")
    if others:
        _make_one(kept, [each.id for each in others])
    if report.bundle_id is None:
        _add(kept, report)
    return kept


def settle(bundle: UUID) -> None:
    """Makes a bundle say again what its most urgent open report says, and how many are open."""
    reports = Report.objects.filter(bundle=bundle, urgency__isnull=False)
    waiting = reports.filter(state__in=WAITING)
    head = (waiting.order_by("-urgency", "received_at").first()) or reports.order_by("-urgency").first()
    if head is not None:
        Bundle.objects.filter(id=bundle).update(
            head=head.id, urgency=head.urgency, band=head.band, concern=head.concern, channel=head.channel
        )


def decided(bundle: UUID) -> None:
    """One of its reports was decided: those that wait are counted anew."""
    one_at_a_time(TRIAGE)
    Bundle.objects.filter(id=bundle).update(open_count=Report.objects.filter(bundle=bundle, state__in=WAITING).count())
    settle(bundle)


def duplicate_of(report: Report, ties: Sequence[Tie], rule: Triage) -> UUID | None:
    """The earliest report that names everything that this one names, of the kinds the rule goes by."""
    content = {each.lookup for each in ties if each.kind in rule.duplicate_same}
    if not content:
        return None
    since = report.received_at - timedelta(days=rule.duplicate_days)
    first = min(content)
    earlier = Mark.objects.filter(lookup=first, at__gte=since, at__lte=report.received_at).exclude(report=report)
    candidates = list(earlier.order_by("at", "id").values_list("report_id", flat=True)[:CANDIDATES])
    held: dict[UUID, set[str]] = {each: set() for each in candidates}
    for id, mark in Mark.objects.filter(report__in=candidates, lookup__in=content).values_list("report_id", "lookup"):
        held[id].add(mark)
    return next((each for each in candidates if held[each] == content), None)


def _bundle_met(report: Report, tie: Tie, rule: Triage) -> UUID | None:
    days, most = getattr(rule.join_days, tie.kind), getattr(rule.join_most, tie.kind)
    if not days:
        return None
    around = timedelta(days=days)
    met = Mark.objects.filter(lookup=tie.lookup, at__gte=report.received_at - around).exclude(report=report)
    if most and met[: most + 1].count() > most:
        return None
    found = met.filter(report__bundle__isnull=False).order_by("-at").values_list("report__bundle", "at").first()
    return found[0] if found and _is_within(found[1], report.received_at, around) else None


def _is_within(at: datetime, received: datetime, around: timedelta) -> bool:
    return abs(at - received) <= around


def _taken(kept: Bundle, other: Bundle | None) -> dict[str, object]:
    """Whoever works on one of the cases works on what they became; the kept case's own person stays."""
    is_kept = kept.taken_at is not None and kept.taken_at > clock.now() - TAKEN
    if is_kept or other is None:
        return {}
    return {"taken_by": other.taken_by, "taken_name": other.taken_name, "taken_at": other.taken_at}


def _alone(report: Report) -> Bundle:
    bundle = Bundle.objects.create(
        id=new_id(),
        head=report.id,
        urgency=0,
        band=Band.LATER,
        channel=report.channel,
        first_at=report.received_at,
        last_at=report.received_at,
    )
    _add(bundle, report)
    return bundle


def _add(bundle: Bundle, report: Report) -> None:
    is_new = not Report.objects.filter(bundle=bundle, organisation=report.organisation_id).exists()
    is_open = report.state in WAITING
    Report.objects.filter(id=report.id).update(bundle=bundle)
    report.bundle = bundle
    Bundle.objects.filter(id=bundle.id).update(
        count=F("count") + 1,
        open_count=F("open_count") + int(is_open),
        senders=F("senders") + int(is_new),
        first_at=min(bundle.first_at, report.received_at),
        last_at=max(bundle.last_at, report.received_at),
        read_at=None,  # there is something new to read
    )
    bundle.refresh_from_db()


def _make_one(kept: Bundle, others: Sequence[UUID]) -> None:
    moved = Bundle.objects.filter(id__in=others)
    sums = moved.aggregate(count=Sum("count"), open=Sum("open_count"), first=Min("first_at"))
    last = max([kept.last_at, *moved.values_list("last_at", flat=True)])
    moved_taken = moved.filter(taken_at__isnull=False).order_by("taken_at").first()
    Report.objects.filter(bundle__in=others).update(bundle=kept)
    moved.delete()
    senders = Report.objects.filter(bundle=kept).values("organisation").distinct().count()
    Bundle.objects.filter(id=kept.id).update(
        count=F("count") + sums["count"],
        open_count=F("open_count") + sums["open"],
        senders=senders,
        first_at=min(kept.first_at, sums["first"]),
        last_at=last,
        read_at=None,
        **_taken(kept, moved_taken),
    )
    kept.refresh_from_db()
