"""A release is what resolvers load: its files, its order, its signature as an outsider checks it."""

import subprocess

import pytest
from django.conf import settings

from tutela.feeds import parse_zone
from tutela_node.blocking import actions, queries, releasing
from tutela_node.blocking.models import Listing, Release
from tutela_node.blocking.rules import DomainFacts, ListingState
from tutela_node.foundation.errors import Conflict, Forbidden, Missing
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM

CLEAR = DomainFacts(sightings=0, illegal=0)

pytestmark = pytest.mark.django_db
WORDS = "every page of it was opened by two people"


@pytest.fixture
def list_domain(mira, noor):
    def run(domain):
        listing = actions.propose(
            mira,
            domain=domain,
            grounds=WORDS,
            legal_basis="XA-PC-184",
            days=30,
            statement={"wholly_dedicated": True, "evidence": WORDS},
            facts=DomainFacts(sightings=1, illegal=1),
        )
        actions.approve(noor, listing=listing, facts=CLEAR)
        return listing

    return run


@pytest.fixture
def publish(django_capture_on_commit_callbacks):
    def run():
        with django_capture_on_commit_callbacks(execute=True):
            return actions.publish(SYSTEM, written=releasing.write())

    return run


def test_an_outsider_verifies_the_release_with_openssl(list_domain, publish):
    list_domain("site.example")
    publish()
    folder = queries.latest_release().folder
    files = ["-inkey", "public.pem", "-sigfile", "zone.rpz.sig", "-in", "zone.rpz"]
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", *files]
    good = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert (good.returncode, good.stdout.strip()) == (0, b"Signature Verified Successfully")
    (folder / "zone.rpz").write_bytes((folder / "zone.rpz").read_bytes() + b"\n")
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode != 0


def test_the_zone_holds_what_is_listed_now(list_domain, publish, noor):
    first = list_domain("one.example")
    list_domain("two.example")
    publish()
    actions.withdraw(noor, listing=first, reason="the host took the site away")
    publish()
    newest, older = queries.releases(noor)
    zones = [parse_zone((each.folder / "zone.rpz").read_bytes()) for each in (older, newest)]
    assert [sorted(entry.domain for entry in zone.entries) for zone in zones] == [
        ["one.example", "two.example"],
        ["two.example"],
    ]
    assert (older.number, newest.number) == (1, 2)
    assert zones[1].serial == newest.serial > older.serial == zones[0].serial


def test_latest_points_to_the_newest_named_release(list_domain, publish):
    list_domain("site.example")
    publish()
    publish()
    latest = settings.TUTELA.data / "releases" / "latest"
    assert latest.resolve() == queries.latest_release().folder
    assert {path.name for path in latest.iterdir()} == {"zone.rpz", "zone.rpz.sig", "public.pem"}
    releasing.point_latest()
    assert latest.resolve() == queries.latest_release().folder


def test_a_release_of_an_older_state_is_not_named(list_domain):
    written = releasing.write()
    list_domain("site.example")
    with pytest.raises(Conflict):
        actions.publish(SYSTEM, written=written)
    assert not Release.objects.exists()


def test_two_workers_name_one_of_two_written_releases(list_domain):
    list_domain("site.example")
    first, second = releasing.write(), releasing.write()
    actions.publish(SYSTEM, written=first)
    with pytest.raises(Conflict):
        actions.publish(SYSTEM, written=second)
    assert [release.folder for release in Release.objects.all()] == [first.folder]


def test_publishing_ends_what_is_over(list_domain, publish):
    listing = list_domain("site.example")
    Listing.objects.update(expires_at=Listing.objects.get().proposed_at)
    publish()
    assert Listing.objects.get(id=listing).state == ListingState.EXPIRED
    assert queries.latest_release().entries == 0


def test_taking_the_list_away_is_for_staff_and_written_down(list_domain, publish, mira, ada):
    list_domain("site.example")
    publish()
    assert b"site.example" in queries.release_file(mira, number=1, name="zone.rpz")
    assert AuditRecord.objects.get(verb="release.fetched").note == "zone.rpz"
    with pytest.raises(Forbidden):
        queries.release_file(ada, number=1, name="zone.rpz")
    for number, name in ((2, "zone.rpz"), (1, "../../keys/release")):
        with pytest.raises(Missing):
            queries.release_file(mira, number=number, name=name)


def test_only_the_worker_publishes(noor):
    with pytest.raises(Forbidden):
        actions.publish(noor, written=releasing.write())
