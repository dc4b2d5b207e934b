"""A person says what belongs together: reports are set apart from their case, or two cases become one.

Rules:
- marks tie reports by what they name; where that was wrong, a person's word stands above it
- who sorts a case sees what it holds: reports that somebody may not read are not moved by that person
- a case that a colleague works on is the colleague's to sort
- nothing is decided by it: each report keeps its state, its order and what was told
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from tutela_node.foundation import clock
from tutela_node.foundation.counters import one_at_a_time
from tutela_node.foundation.errors import Invalid, Missing
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.intake import bundling, permissions
from tutela_node.intake.errors import NoSuchReport, TakenByAnother
from tutela_node.intake.models import Apart, Bundle
from tutela_node.intake.queries import readable
from tutela_node.intake.sense import TAKEN

MOST_MOVED = 200  # reports in one act
MAX_WHY = 300


@transaction.atomic
def split_case(actor: Actor, *, bundle: UUID, reports: Sequence[UUID], why: str = "") -> UUID:
    """Makes a case of its own of these reports, for good: no later report ties it to the one they were in.

    Raises Invalid when they are none, all, or more than fit into one act; NoSuchReport when one of them is not in
    the case, or not for this person to read; TakenByAnother, Missing.
    """
    require(actor, permissions.TIE)
    case, chosen = _own_case(actor, bundle, why), list(dict.fromkeys(reports))
    if not 1 <= len(chosen) <= MOST_MOVED:
        raise Invalid(f"choose 1 to {MOST_MOVED} reports", place="reports")
    if readable(actor).filter(id__in=chosen, bundle=case).count() != len(chosen):
        raise NoSuchReport("one of these reports is not in this case any more", place="reports")
    if len(chosen) == case.count:
        raise Invalid("leave at least one report in this case", place="reports")
    split = bundling.set_apart(case, chosen)
    record(actor, "case.split", case.id, {"into": str(split.id), "reports": len(chosen)}, note=why)
    for each in chosen:
        record(actor, "report.set_apart", each, {"from": str(case.id), "into": str(split.id)}, note=why)
    return split.id


@transaction.atomic
def join_cases(actor: Actor, *, bundle: UUID, reference: str, why: str = "") -> UUID:
    """Makes one case of this one and of the one that the report of this number is in; answers the one that is left.

    Raises NoSuchReport when there is no such report for this person to read, Invalid when it is in this case already;
    TakenByAnother when a colleague works on one of them, Missing.
    """
    require(actor, permissions.TIE)
    case = _own_case(actor, bundle, why)
    found = readable(actor).filter(reference=reference.strip().upper(), bundle__isnull=False).first()
    if found is None or not readable(actor).filter(bundle=case).exists():
        raise NoSuchReport("there is no such report", place="reference")
    if found.bundle_id == case.id:
        raise Invalid("this report is in this case already", place="reference")
    other = _own_case(actor, found.bundle_id, why)  # type: ignore[arg-type]  # asked for above
    one, last = sorted((case.id, other.id))
    Apart.objects.filter(one=one, other=last).delete()
    kept = bundling.make_one([case.id, other.id])
    bundling.settle(kept.id)
    gone = other.id if kept.id == case.id else case.id
    record(actor, "case.joined", kept.id, {"other": str(gone)}, note=why)
    return kept.id


def _own_case(actor: Actor, bundle: UUID, why: str) -> Bundle:
    """The case, in nobody else's hands, while all other sorting waits."""
    if len(why) > MAX_WHY:
        raise Invalid(f"write at most {MAX_WHY} characters", place="why")
    one_at_a_time(bundling.TRIAGE)
    case = Bundle.objects.filter(id=bundle).first()
    if case is None:
        raise Missing("there is no such case; it may have become part of another", place="case")
    is_taken = case.taken_at is not None and case.taken_at > clock.now() - TAKEN
    if is_taken and case.taken_by != person_of(actor):
        raise TakenByAnother("a colleague works on this case", place="case")
    return case
