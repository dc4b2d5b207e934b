"""Proposing, deciding, ending a listing: who may, what is kept, what is written down."""

from datetime import UTC, datetime, timedelta

import pytest

from tutela_node.blocking import actions, queries
from tutela_node.blocking.errors import Refused
from tutela_node.blocking.models import Listing
from tutela_node.blocking.rules import DomainFacts, ListingState
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid, Missing
from tutela_node.foundation.models import AuditRecord, PendingEvent

CLEAR = DomainFacts(sightings=0, illegal=0)

pytestmark = pytest.mark.django_db
WORDS = "every page of it was opened by two people"


def propose(actor, domain="site.example", *, days=30, basis="XA-PC-184", facts=(2, 2)):
    return actions.propose(
        actor,
        domain=domain,
        grounds="a court found the whole site unlawful",
        legal_basis=basis,
        days=days,
        statement={"wholly_dedicated": True, "evidence": WORDS},
        facts=DomainFacts(sightings=facts[0], illegal=facts[1]),
    )


def test_a_proposal_is_kept_sealed_and_written_down(mira):
    listing = propose(mira)
    row = Listing.objects.get()
    assert b"site.example" not in bytes(row.domain_sealed)
    assert row.domain_lookup != "site.example"
    found = queries.listing(mira, listing)
    assert (found.domain, found.state, found.proposed_by, found.evidence) == (
        "site.example",
        "proposed",
        "Mira Kade",
        WORDS,
    )
    assert found.reference == f"L-{clock.now().year}-00001"
    assert PendingEvent.objects.filter(subject=listing).count() == 1


def test_a_refused_proposal_leaves_nothing(mira):
    for fault in ({"facts": (3, 2)}, {"domain": "a.pages.example"}):
        with pytest.raises(Refused):
            propose(mira, **fault)
    with pytest.raises(Invalid):
        propose(mira, days=181)
    assert not Listing.objects.exists()


@pytest.mark.parametrize("basis", ["XA-OLD-7", "XA-CPA-12", "nothing"])
def test_the_law_must_be_in_force_and_cover_blocking(mira, basis):
    with pytest.raises(Forbidden):
        propose(mira, basis=basis)


def test_a_domain_stands_once_however_it_is_written(mira):
    propose(mira)
    with pytest.raises(Conflict):
        propose(mira, "SITE.example.")


def test_the_proposer_cannot_decide(timo):
    listing = propose(timo)
    for decide in (
        lambda: actions.approve(timo, listing=listing, facts=CLEAR),
        lambda: actions.refuse(timo, listing=listing, reason=WORDS),
    ):
        with pytest.raises(Forbidden):
            decide()
    assert Listing.objects.get().state == ListingState.PROPOSED


def test_a_second_person_lists_it_for_its_days(timo, noor):
    moment = datetime(2026, 5, 1, 8, tzinfo=UTC)
    with clock.standing_at(moment):
        listing = propose(timo, days=3)
        assert actions.approve(noor, listing=listing, facts=CLEAR) == moment + timedelta(days=3)
        assert queries.live_domains() == ("site.example",)
    with clock.standing_at(moment + timedelta(days=3)):
        assert queries.live_domains() == ()
        assert queries.listing(noor, listing).state is ListingState.EXPIRED


def test_a_domain_whose_time_is_over_may_be_proposed_again(timo, noor):
    with clock.standing_at(datetime(2026, 5, 1, tzinfo=UTC)):
        first = propose(timo, days=3)
        actions.approve(noor, listing=first, facts=CLEAR)
    with clock.standing_at(datetime(2026, 6, 1, tzinfo=UTC)):
        second = propose(noor)
    assert Listing.objects.get(id=first).state == ListingState.EXPIRED
    assert Listing.objects.get(id=second).state == ListingState.PROPOSED


def test_a_decision_is_made_once(timo, noor):
    listing = propose(timo)
    actions.refuse(noor, listing=listing, reason=WORDS)
    with pytest.raises(Conflict):
        actions.approve(noor, listing=listing, facts=CLEAR)
    assert queries.listing(timo, listing).reason == WORDS


def test_one_person_is_enough_to_stop_blocking(timo, noor):
    listing = propose(timo)
    actions.approve(noor, listing=listing, facts=CLEAR)
    actions.withdraw(timo, listing=listing, reason="the host took the site away")
    assert queries.live_domains() == ()
    assert Listing.objects.get().state == ListingState.WITHDRAWN


def test_refusing_and_withdrawing_need_words(timo, noor):
    listing = propose(timo)
    with pytest.raises(Invalid):
        actions.refuse(noor, listing=listing, reason=" ")
    actions.approve(noor, listing=listing, facts=CLEAR)
    with pytest.raises(Invalid):
        actions.withdraw(noor, listing=listing, reason="no")


def test_who_may_not_is_refused(mira, pavel, noor):
    with pytest.raises(Forbidden):
        propose(pavel)
    listing = propose(mira)
    with pytest.raises(Forbidden):
        actions.approve(mira, listing=listing, facts=CLEAR)
    with pytest.raises(Forbidden):
        queries.listings(pavel)
    with pytest.raises(Missing):
        queries.listing(noor, noor.id)


def test_reading_the_list_is_written_down(mira, ada):
    listing = propose(mira)
    assert [each.id for each in queries.listings(ada)] == [listing]
    assert AuditRecord.objects.filter(verb="listings.read", actor=ada.id, is_read=True).count() == 1


def test_what_became_known_meanwhile_stops_the_approval(mira, noor):
    listing = propose(mira)
    with pytest.raises(Refused):
        actions.approve(noor, listing=listing, facts=DomainFacts(sightings=2, illegal=1))
    assert queries.live_domains() == ()
