"""Ties reports together by what they name, and keeps what a bundle says of itself true.

Rules:
- a report joins the bundle of the latest report that carries one of its marks, within the profile's days
- where its marks lead to several bundles, the latest five of them become one: the oldest of these stays
- what a person set apart no report ties together again: it joins the latest of those it meets, and a person the rest
- an earlier report that is named by its number ties only those of one sender: the numbers can be guessed
- a mark carried by more reports than the profile's limit ties nothing
- how many steps this takes depends on the marks of one report, never on how many reports there are
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, Sum

from tutela_node.foundation import clock
from tutela_node.foundation.counters import one_at_a_time
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.profile import Triage
from tutela_node.foundation.sealed import lookup
from tutela_node.intake.marks import MarkKind, MarkValue
from tutela_node.intake.models import Apart, Bundle, Mark, Report
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
    latest = Bundle.objects.filter(id__in=met - own).order_by("-last_at").values_list("id", flat=True)[:MOST_JOINED]
    joined = _not_apart([*own, *latest])
    if not joined:
        return _alone(report)
    kept = make_one(joined)
    if report.bundle_id is None:
        _add(kept, report)
    return kept


def make_one(bundles: Sequence[UUID]) -> Bundle:
    """One bundle of several: the oldest stays, and whatever was set apart from any of them is apart from it."""
    kept, *others = Bundle.objects.filter(id__in=bundles).order_by("first_at", "id")
    if others:
        _move_all(kept, [each.id for each in others])
    return kept


def set_apart(bundle: Bundle, reports: Sequence[UUID]) -> Bundle:
    """A bundle of these reports alone, in the same hands; it stays apart from the one they were in, and from what
    that was apart from."""
    values = {name: getattr(bundle, name) for name in ("read_at", "read_by", "taken_by", "taken_name", "taken_at")}
    split = Bundle.objects.create(
        head=reports[0],
        urgency=0,
        band=Band.LATER,
        channel=bundle.channel,
        first_at=bundle.first_at,
        last_at=bundle.last_at,
        **values,
    )
    Report.objects.filter(id__in=reports, bundle=bundle).update(bundle=split)
    _keep_apart(split.id, {bundle.id, *_apart_from(bundle.id)})
    for each in (bundle.id, split.id):
        _recount(each)
        settle(each)
    return split


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


def _apart_from(bundle: UUID) -> set[UUID]:
    pairs = Apart.objects.filter(Q(one=bundle) | Q(other=bundle)).values_list("one_id", "other_id")
    return {each for pair in pairs for each in pair} - {bundle}


def _keep_apart(bundle: UUID, others: Iterable[UUID]) -> None:
    """The smaller id first, so that a pair is one row."""
    pairs = [sorted((bundle, each)) for each in others]
    Apart.objects.bulk_create([Apart(one_id=one, other_id=other) for one, other in pairs], ignore_conflicts=True)


def _not_apart(bundles: Sequence[UUID]) -> list[UUID]:
    """Those that may be one, the first of two that may not."""
    pairs = Apart.objects.filter(one__in=bundles, other__in=bundles).values_list("one_id", "other_id")
    apart = {frozenset(pair) for pair in pairs}
    kept: list[UUID] = []
    for each in bundles:
        if not any(frozenset((each, other)) in apart for other in kept):
            kept.append(each)
    return kept


def _recount(bundle: UUID) -> None:
    reports = Report.objects.filter(bundle=bundle)
    of_all = reports.aggregate(
        count=Count("id"),
        open_count=Count("id", filter=Q(state__in=WAITING)),
        first_at=Min("received_at"),
        last_at=Max("received_at"),
    )
    senders = reports.values("organisation").distinct().count()
    Bundle.objects.filter(id=bundle).update(senders=senders, **of_all)


def _move_all(kept: Bundle, others: Sequence[UUID]) -> None:
    _keep_apart(kept.id, {each for other in others for each in _apart_from(other)} - {kept.id, *others})
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
