"""Views and packages: who may look, who may release, who sees what was released."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tutela_node.evidence import actions, queries
from tutela_node.evidence.models import Package
from tutela_node.evidence.packaging import Built
from tutela_node.evidence.rules import PackageState
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid, Missing
from tutela_node.foundation.models import AuditRecord, PendingEvent
from tutela_node.foundation.permissions import SYSTEM

pytestmark = pytest.mark.django_db
REASON = "asked for in case 12 of the unit"
BUILT = Built(file="a.age", size=12, sha256="ab" * 32)


@pytest.fixture
def propose(exhibit, police_key):
    def run(actor, *, items=None, basis="XA-PC-184", recipient=None, reason=REASON):
        return actions.propose_package(
            actor,
            items=(exhibit,) if items is None else items,
            legal_basis=basis,
            recipient=recipient or police_key,
            reason=reason,
        )

    return run


def test_a_view_needs_its_permission_and_is_logged_before_it_opens(mira, pavel, olga, make_item):
    item, _ = make_item()
    closes = clock.now() + timedelta(seconds=20)
    for stranger in (pavel, olga):
        with pytest.raises(Forbidden):
            actions.open_view(stranger, item=item, closes_at=closes)
    view = actions.open_view(mira, item=item, closes_at=closes)
    assert AuditRecord.objects.get(verb="item.viewed").actor == mira.id
    assert queries.open_view_of(mira, view).item == item
    assert queries.has_viewed(mira.id, item)


def test_a_view_is_of_one_person_and_closes(mira, timo, make_item):
    item, _ = make_item()
    view = actions.open_view(mira, item=item, closes_at=clock.now() + timedelta(seconds=20))
    with pytest.raises(Missing):
        queries.open_view_of(timo, view)
    with clock.standing_at(clock.now() + timedelta(seconds=21)), pytest.raises(Missing):
        queries.open_view_of(mira, view)


def test_a_proposal_is_written_down_about_the_package_and_each_exhibit(mira, propose, exhibit):
    package = propose(mira)
    found = queries.package(mira, package)
    assert (found.state, found.proposed_by, found.items) == (PackageState.PROPOSED, "Mira Kade", (exhibit,))
    assert found.recipient == "Exampleland Police, child protection unit, evidence desk"
    assert PendingEvent.objects.filter(subject=package).count() == 1
    assert AuditRecord.objects.filter(verb="exhibit.release_proposed", subject=exhibit).count() == 1


def test_a_proposal_that_breaks_a_rule_leaves_nothing(mira, propose):
    for fault, error in (
        ({"items": ()}, Invalid),
        ({"items": (uuid4(),)}, Conflict),
        ({"reason": "why"}, Invalid),
        ({"basis": "XA-CPA-12"}, Forbidden),
        ({"recipient": uuid4()}, Missing),
    ):
        with pytest.raises(error):
            propose(mira, **fault)
    assert not Package.objects.exists()


def test_the_proposer_cannot_approve(timo, noor, propose):
    package = propose(timo)
    with pytest.raises(Forbidden):
        actions.approve_package(timo, package=package)
    actions.approve_package(noor, package=package)
    assert queries.package(noor, package).approved_by == "Noor Haddad"
    with pytest.raises(Conflict):
        actions.approve_package(noor, package=package)


def test_an_analyst_alone_releases_nothing(mira, timo, propose):
    package = propose(timo)
    with pytest.raises(Forbidden):
        actions.approve_package(mira, package=package)


def test_a_refusal_says_why_and_is_final(mira, noor, propose):
    package = propose(mira)
    with pytest.raises(Invalid):
        actions.refuse_package(noor, package=package, reason="no")
    actions.refuse_package(noor, package=package, reason="the case number is not known")
    assert queries.package(mira, package).refused_because == "the case number is not known"
    with pytest.raises(Conflict):
        actions.approve_package(noor, package=package)


def test_police_see_what_was_released_to_their_organisation_alone(pavel, timo, noor, propose):
    package = propose(timo)
    assert queries.packages(pavel) == ()
    with pytest.raises(Missing):
        queries.package(pavel, package)
    actions.approve_package(noor, package=package)
    assert [each.id for each in queries.packages(pavel)] == [package]
    for read in (queries.exhibits, lambda actor: queries.packages(noor) and queries.exhibits(actor)):
        with pytest.raises(Forbidden):
            read(pavel)


def test_another_unit_sees_and_fetches_nothing(timo, noor, pavel, propose):
    from dataclasses import replace

    package = propose(timo)
    actions.approve_package(noor, package=package)
    actions.name_package(SYSTEM, package=package, built=BUILT)
    stranger = replace(pavel, organisation=noor.organisation)
    assert queries.packages(stranger) == ()
    with pytest.raises(Missing):
        actions.fetch_package(stranger, package=package)


def test_fetching_waits_for_the_file_and_is_logged(pavel, mira, timo, noor, propose):
    package = propose(timo)
    actions.approve_package(noor, package=package)
    with pytest.raises(Conflict):
        actions.fetch_package(pavel, package=package)
    actions.name_package(SYSTEM, package=package, built=BUILT)
    assert actions.fetch_package(pavel, package=package).name == "a.age"
    assert AuditRecord.objects.get(verb="package.fetched").actor == pavel.id
    with pytest.raises(Forbidden):
        actions.fetch_package(mira, package=package)
