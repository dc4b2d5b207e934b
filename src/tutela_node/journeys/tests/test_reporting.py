"""From a public report to the queue: what is captured, what cannot be, and what the reporter is told."""

import hashlib
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from tutela_node.desks.cli.exampleland.web_host import Route
from tutela_node.evidence.models import VaultObject
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import overview
from tutela_node.intake import queries as reports
from tutela_node.journeys import assessment_made, list_imported
from tutela_node.journeys.models import Step
from tutela_node.journeys.tests.conftest import picture
from tutela_node.journeys.tests.telling import Reporter
from tutela_node.journeys.tests.test_stories import both_decide
from tutela_node.material import queries as items
from tutela_node.material.models import Item, Sighting
from tutela_node.review import queries as review
from tutela_node.review.models import QueueEntry

pytestmark = pytest.mark.django_db
NO_LAW = (
    '[[legal_bases]]\nid = "X"\ntitle = "Old"\ncovers = ["capture"]\nvalid_from = 2000-01-01\nvalid_until = 2001-01-01'
)


def later(seconds=61):
    return clock.standing_at(clock.now() + timedelta(seconds=seconds))


def named(reporter):
    return reports.report(SYSTEM, reporter.report().id)


def failed():
    return list(Step.objects.filter(state="failed").values_list("name", "problem"))


def table(data):
    return io.BytesIO(f"md5,classification\n{hashlib.md5(data).hexdigest()},A\n".encode())


def import_table(actor, data, *, trusted=True):
    given = {"format": "csv", "mapping": {"md5": "md5", "classification": "classification"}}
    return list_imported.import_list(actor, name="Partner", stream=table(data), trusted=trusted, **given)


def test_a_reported_address_is_captured_and_queued(world, run_due):
    reporter = Reporter().tell(world.show(1))
    run_due()
    (item,) = named(reporter).items
    (place,) = items.sightings_of(item)
    assert (place.state, place.host) == ("online", "pictures.example")
    assert "pdq" in items.item(item).fingerprints
    assert review.is_queued(item)
    assert reporter.told() == ["received", "checking"]


def test_an_unfinished_report_is_opened_when_its_time_is_over(world, run_due):
    reporter = Reporter().begin(world.show(1))
    run_due()
    assert not Item.objects.exists()
    with later(31 * 60):
        run_due()
    assert named(reporter).items
    assert reporter.told() == []


def test_an_address_that_is_gone_closes_its_report(world, run_due):
    address = world.show(1)
    world.host.remove("/a/1.jpg")
    reporter = Reporter().tell(address)
    run_due()
    assert (Sighting.objects.get().state, Sighting.objects.get().problem) == ("gone", "answered 404")
    assert reporter.told() == ["received", "checking", "closed_gone"]


def test_a_report_is_not_closed_while_one_of_its_addresses_answers(world, run_due):
    reporter = Reporter().tell(world.show(1), world.host.url("/gone.jpg", name="pictures.example"))
    run_due()
    assert reporter.told() == ["received", "checking"]


def test_an_address_that_was_gone_is_looked_at_again_when_it_is_reported_again(world, run_due):
    address = world.show(1)
    world.host.remove("/a/1.jpg")
    first = Reporter().tell(address)
    run_due()
    world.show(1)
    second = Reporter().tell(address)
    run_due()
    assert named(second).items
    assert second.told() == ["received", "checking"]
    assert Sighting.objects.count() == 1
    assert named(first).items == named(second).items


@pytest.mark.parametrize(
    ("text", "problem"), [('[capture]\nmode = "off"', "switches capture off"), (NO_LAW, "no legal basis")]
)
def test_where_capture_is_not_allowed_the_report_is_kept(world, national, run_due, text, problem):
    national(text)
    reporter = Reporter().tell(world.show(1))
    run_due()
    place = Sighting.objects.get()
    assert (place.state, problem in place.problem) == ("uncapturable", True)
    assert named(reporter).urls == (items.sighting(place.id).url,)
    assert not world.host.asked


def test_only_a_legal_basis_in_force_on_the_day_lets_us_capture(world, national, run_due):
    national(NO_LAW.replace("2001-01-01", "2099-01-01"))
    Reporter().tell(world.show(1))
    run_due()
    assert Sighting.objects.get().state == "online"


def test_a_private_address_is_not_captured(world, run_due, settings):
    settings.TUTELA = replace(settings.TUTELA, exercise_network="")
    Reporter().tell(world.show(1))
    run_due()
    assert (Sighting.objects.get().state, world.host.asked) == ("uncapturable", [])


def test_a_server_that_is_busy_is_asked_again(world, run_due):
    address = world.show(1)
    world.host.routes["/a/1.jpg"] = Route(status=503)
    reporter = Reporter().tell(address)
    run_due()
    assert (Sighting.objects.get().state, Step.objects.get(name="capture").problem) == (
        "reported",
        "capture: answered 503",
    )
    world.show(1)
    with later():
        run_due()
    assert named(reporter).items


def test_a_name_that_does_not_exist_is_uncapturable(world, run_due):
    address = world.show(1)
    world.names.remove("pictures.example")
    reporter = Reporter().tell(address)
    run_due()
    assert Sighting.objects.get().state == "uncapturable"
    assert reporter.told() == ["received", "checking"]
    entry = QueueEntry.objects.get()  # a person looks at what no machine could
    assert (entry.item, entry.bucket, entry.reason) == (reporter.report().id, "text", "uncaptured")


def test_where_only_hashes_may_be_kept_the_bytes_are_erased(world, national, run_due):
    national('[capture]\nmode = "hash_only"')
    reporter = Reporter().tell(world.show(1))
    run_due()
    (item,) = named(reporter).items
    kept = VaultObject.objects.get()
    assert (kept.state, kept.key_wrapped) == ("erased", None)
    assert "pdq" in items.item(item).fingerprints
    assert review.is_queued(item)


def test_a_verdict_on_erased_bytes_still_enters_the_list(world, national, mira, noor, timo, run_due):
    national('[capture]\nmode = "hash_only"')
    import_table(noor, picture(1))
    reporter = Reporter().tell(world.show(1))
    run_due()
    (item,) = named(reporter).items
    for person in (mira, timo):
        assessment_made.assess(person, item=item, code="A", ground="facts", viewed=False)
    with later():
        run_due()
    assert "National list" in [each.name for each in overview.lists(noor)]
    assert reporter.told() == ["received", "checking", "acted"]
    assert failed() == []


def test_words_alone_wait_for_a_person_and_are_answered(mira, timo, run_due):
    reporter = Reporter().tell(words="a page that I cannot name")
    run_due()
    entry = QueueEntry.objects.get()
    assert (entry.item, entry.bucket) == (reporter.report().id, "text")
    for person in (mira, timo):
        assessment_made.assess(person, item=entry.item, code="N", ground="own_view", viewed=False)
    with later():
        run_due()
    assert reporter.told() == ["received", "checking", "closed_no_action"]
    assert failed() == []


def test_an_address_that_no_machine_can_read_waits_for_a_person(run_due):
    reporter = Reporter().tell("http://[broken")
    run_due()
    assert QueueEntry.objects.get().item == reporter.report().id


def test_the_same_address_twice_is_captured_again_and_one_item(world, run_due):
    address = world.show(1)
    first, second = Reporter().tell(address), Reporter()
    run_due()
    second.tell(address)
    run_due()
    assert (len(world.host.asked), Item.objects.count()) == (2, 1)
    assert named(first).items == named(second).items
    (place,) = items.sightings_of(named(first).items[0])
    assert place.state == "online"


def test_two_reports_of_one_address_at_once_share_its_capture(world, run_due):
    address = world.show(1)
    reporters = [Reporter().tell(address) for _ in range(2)]
    run_due()
    assert len(world.host.asked) == 1
    assert [each.told() for each in reporters] == [["received", "checking"]] * 2


def test_a_report_of_what_was_decided_is_told_like_every_other(world, mira, timo, run_due):
    first = Reporter().tell(world.show(1))
    run_due()
    both_decide(mira, timo, named(first).items[0], "N")
    with later():
        run_due()
        second = Reporter().tell(world.show(1, path="/b/2.jpg"))
        run_due()
    assert second.told() == ["received", "checking", "closed_no_action"]
    assert QueueEntry.objects.count() == 1


def test_a_list_that_comes_later_moves_what_waits(world, noor, mira, run_due):
    reporter = Reporter().tell(world.show(1))
    run_due()
    before = QueueEntry.objects.get()
    with later(3600):
        import_table(noor, picture(1))
        run_due()
    after = QueueEntry.objects.get()
    assert (before.bucket, after.bucket) == ("look", "facts")
    assert after.match["list_name"] == "Partner"
    assert after.due_at == before.due_at
    assert named(reporter).items == (after.item,)


def test_a_list_that_says_nothing_new_moves_nothing(world, noor, run_due):
    Reporter().tell(world.show(1))
    run_due()
    QueueEntry.objects.update(reason="doubt")
    import_table(noor, picture(2))
    run_due()
    assert QueueEntry.objects.get().reason == "doubt"
