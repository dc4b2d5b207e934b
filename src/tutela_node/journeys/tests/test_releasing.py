"""What leaves the node after two people agreed: evidence packages and the blocking list."""

import io
from datetime import timedelta

import pyrage
import pytest

from tutela.custody import parse_policy
from tutela.errors import VerificationFailed
from tutela.feeds import parse_zone
from tutela.packages import verify_package
from tutela.sealing import open_age
from tutela_node.accounts import actions as accounts
from tutela_node.blocking import queries as blocking
from tutela_node.blocking.errors import Refused
from tutela_node.blocking.models import Listing
from tutela_node.evidence import queries as evidence
from tutela_node.evidence.models import Package
from tutela_node.evidence.policy import policy_json
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Forbidden, Missing
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import queries as reports
from tutela_node.journeys import listing_decided, package_released
from tutela_node.journeys.models import Step
from tutela_node.journeys.tests.telling import Reporter
from tutela_node.journeys.tests.test_stories import both_decide, later
from tutela_node.material import queries as items
from tutela_node.review import queries as review

pytestmark = pytest.mark.django_db
WORDS = "every page of it was opened and assessed by two people"
REASON = "asked for in case 26/118"


@pytest.fixture
def item(world, mira, timo, run_due):
    """A picture from pictures.example that two people found illegal; time stands after it."""
    reporter = Reporter().tell(world.show(1))
    run_due()
    (found,) = reports.report(SYSTEM, reporter.report().id).items
    both_decide(mira, timo, found)
    with later():
        run_due()
        yield found


@pytest.fixture
def identity():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def proposed(item, mira, pavel, identity):
    key = accounts.register_recipient_key(
        SYSTEM, organisation=pavel.organisation, public=str(identity.to_public()), label="Evidence desk"
    )
    return package_released.propose(mira, items=(item,), legal_basis="XA-PC-184", recipient=key, reason=REASON)


def build(package, person, run_due):
    """The worker builds as soon as the sequencer has given every event its place."""
    package_released.approve(person, package=package)
    for seconds in (0, 5):
        with later(seconds):
            run_due()


def test_a_package_opens_with_the_recipients_key_and_verifies_with_the_nodes_policy(
    proposed, item, noor, pavel, identity, run_due
):
    build(proposed, noor, run_due)
    path = package_released.fetch(pavel, package=proposed)
    archive = io.BytesIO(open_age(path.read_bytes(), str(identity)))
    verified = verify_package(archive, parse_policy(policy_json()))
    (exhibit,) = verified.record.exhibits
    assert exhibit.sha256 == items.item(item).fingerprints["sha256"][0]
    kinds = [leaf.kind for leaf in verified.leaves]
    assert {"object.admitted", "verdict.reached", "exhibit.made", "package.approved"} <= set(kinds)


def test_a_package_that_was_changed_does_not_verify(proposed, noor, pavel, identity, run_due):
    build(proposed, noor, run_due)
    archive = bytearray(open_age(package_released.fetch(pavel, package=proposed).read_bytes(), str(identity)))
    archive[len(archive) // 2] ^= 1
    with pytest.raises(VerificationFailed):
        verify_package(io.BytesIO(bytes(archive)), parse_policy(policy_json()))


def test_nothing_is_built_before_a_second_person_approved(proposed, mira, pavel, run_due):
    with pytest.raises(Forbidden):
        package_released.approve(mira, package=proposed)
    run_due()
    assert Package.objects.get().state == "proposed"
    with pytest.raises((Conflict, Missing)):
        package_released.fetch(pavel, package=proposed)


def test_a_package_waits_until_its_story_is_in_the_log(proposed, noor, run_due):
    package_released.approve(noor, package=proposed)
    run_due()
    step = Step.objects.get(name="build")
    assert (step.state, "place in the log" in step.problem) == ("due", True)
    with later(5):
        run_due()
    assert Package.objects.get().state == "built"
    assert evidence.package(noor, proposed).size


def propose(person, domain="pictures.example", days=30):
    return listing_decided.propose(
        person,
        domain=domain,
        grounds=WORDS,
        legal_basis="XA-PC-184",
        days=days,
        statement={"wholly_dedicated": True, "evidence": WORDS},
    )


@pytest.fixture
def run_all(run_due, django_capture_on_commit_callbacks):
    """The worker, with what it does after its commits."""

    def run():
        with django_capture_on_commit_callbacks(execute=True):
            run_due()

    return run


def zone():
    latest = blocking.latest_release().folder.parent / "latest" / "zone.rpz"
    return [entry.domain for entry in parse_zone(latest.read_bytes()).entries]


def test_a_domain_that_two_people_listed_is_in_the_zone(item, mira, noor, run_all):
    listing_decided.approve(noor, listing=propose(mira))
    run_all()
    assert zone() == ["pictures.example"]
    assert Listing.objects.get().facts == {"sightings": 1, "illegal": 1}


def test_a_domain_that_was_proposed_is_in_no_zone(item, mira, noor, run_all):
    listing = propose(mira)
    with pytest.raises(Forbidden):
        listing_decided.approve(mira, listing=listing)
    listing_decided.refuse(noor, listing=listing, reason="it is not wholly dedicated")
    run_all()
    assert blocking.latest_release() is None


def test_a_domain_with_undecided_addresses_is_refused(item, world, mira, run_due):
    Reporter().tell(world.show(2, path="/b/2.jpg"))
    run_due()
    assert review.verdict_of(item).illegal
    with pytest.raises(Refused, match="1 of 2 addresses"):
        propose(mira)


def test_a_listing_that_ends_leaves_the_zone_by_itself(item, mira, noor, run_all):
    listing_decided.approve(noor, listing=propose(mira, days=1))
    run_all()
    first = blocking.latest_release()
    with later(86400 + 1):
        run_all()
    assert zone() == []
    assert blocking.latest_release().serial > first.serial
    assert Listing.objects.get().state == "expired"


def test_a_listing_that_is_withdrawn_leaves_the_zone_at_once(item, mira, noor, run_all):
    listing = propose(mira)
    listing_decided.approve(noor, listing=listing)
    run_all()
    listing_decided.withdraw(noor, listing=listing, reason="the site has a new owner")
    run_all()
    assert zone() == []


def test_listings_approved_together_are_released_in_order(item, mira, noor, run_all):
    for domain in ("pictures.example", "other.example", "third.example"):
        listing_decided.approve(noor, listing=propose(mira, domain))
    with clock.standing_at(clock.now() + timedelta(seconds=1)):
        run_all()
    assert zone() == ["other.example", "pictures.example", "third.example"]
    assert not Step.objects.filter(name="release").exclude(state="done").exists()
