"""What the verdicts on what lies inside of a file mean for the file, its reports and its address."""

from base64 import b64encode

import pytest

from tutela_node.desks.cli.exampleland.web_host import Route
from tutela_node.evidence import queries as evidence
from tutela_node.evidence.models import VaultObject
from tutela_node.journeys.tests.conftest import picture
from tutela_node.journeys.tests.telling import Reporter
from tutela_node.journeys.tests.test_reporting import failed, later, named
from tutela_node.journeys.tests.test_stories import both_decide
from tutela_node.journeys.tests.test_unpacking import inside_of, sent, zipped
from tutela_node.material import queries as items
from tutela_node.review import queries as review
from tutela_node.takedown import queries as notices

pytestmark = pytest.mark.django_db


def test_a_report_is_told_when_its_members_are_decided(world, mira, timo, run_due):
    reporter = served(world, zipped({"a.jpg": picture(1), "b.jpg": picture(2)}))
    run_due()
    container, one, other = named(reporter).items
    both_decide(mira, timo, one, "N")
    with later():
        run_due()
        assert (reporter.told(), review.is_open(container)) == (["received", "checking"], True)
        both_decide(mira, timo, other, "N")
    with later(200):
        run_due()
    assert reporter.told() == ["received", "checking", "closed_no_action"]
    assert (review.is_open(container), items.item(container).state) == (False, "decided")
    assert VaultObject.objects.get(id=items.item(container).object_id).erase_after
    assert failed() == []


def test_an_archive_whose_members_were_decided_is_told_when_it_comes_again(world, mira, timo, run_due):
    data = zipped({"a.jpg": picture(1)})
    first = served(world, data)
    run_due()
    container, item = named(first).items
    both_decide(mira, timo, item, "N")
    with later():
        run_due()
        second, third = served(world, data, "/b.zip"), served(world, zipped({"other.jpg": picture(1)}), "/c.zip")
        run_due()
    assert first.told() == second.told() == third.told() == ["received", "checking", "closed_no_action"]
    assert set(named(second).items) == {container, item}
    assert not review.open_items()


def test_an_archive_with_a_part_that_nobody_saw_waits_for_people(world, mira, timo, run_due):
    reporter = served(world, zipped({"a.jpg": picture(1), "in.ace": b"an old **ACE**"}))
    run_due()
    container, item = named(reporter).items
    both_decide(mira, timo, item, "N")
    with later():
        run_due()
    assert (reporter.told(), review.is_open(container)) == (["received", "checking"], True)


def page(*pictures):
    drawn = "".join(f"<img src='data:image/jpeg;base64,{b64encode(each).decode()}'>" for each in pictures)
    return f"<!doctype html><title>words</title>{drawn}".encode()


def test_icons_are_nobodys_work_until_they_come_by_themselves(harbour, run_due):
    icon = picture(9, (32, 32))
    container, _ = sent(harbour, zipped({"a.jpg": picture(1), "icon.jpg": icon}))
    run_due()
    (_, shown), (_, small) = inside_of(container)
    assert (review.is_queued(shown), review.is_queued(small)) == (True, False)
    alone, _ = sent(harbour, icon, "a-2")
    run_due()
    assert alone == small
    assert review.is_queued(small)


def test_an_archive_of_icons_alone_leaves_the_queue(world, run_due):
    reporter = served(world, zipped({"icon.jpg": picture(9, (32, 32))}))
    run_due()
    assert reporter.told() == ["received", "checking", "closed_no_action"]
    assert not review.open_items()


def test_a_page_that_may_show_more_than_it_holds_waits_for_people(world, mira, timo, run_due):
    reporter = served(world, page(picture(1), picture(9, (32, 32))))
    run_due()
    container, item, _ = named(reporter).items
    both_decide(mira, timo, item, "N")
    with later():
        run_due()
    assert (reporter.told(), review.is_open(container)) == (["received", "checking"], True)


def test_a_picture_with_an_archive_behind_it_is_decided_as_a_picture(world, mira, timo, run_due):
    reporter = served(world, picture(1) + zipped({"b.jpg": picture(2)}))
    run_due()
    container, item = named(reporter).items
    both_decide(mira, timo, item, "N")
    with later():
        run_due()
        assert (reporter.told(), review.is_open(container)) == (["received", "checking"], True)
        both_decide(mira, timo, container, "N")
    with later(200):
        run_due()
    assert reporter.told() == ["received", "checking", "closed_no_action"]


def served(world, data, path="/a.zip"):
    """Somebody reports an archive on the web."""
    world.names.set("pictures.example", [("A", "127.0.0.1")])
    world.host.routes[path] = Route(body=data)
    return Reporter().tell(world.host.url(path, name="pictures.example"))


def test_the_host_of_an_archive_is_asked_to_remove_it_for_what_lies_inside(world, mira, timo, run_due):
    reporter = served(world, zipped({"a.jpg": picture(1)}))
    run_due()
    container, item = named(reporter).items
    both_decide(mira, timo, item)
    with later():
        run_due()
    (place,) = items.sightings_of(container)
    assert len(notices.notices_of(place.id)) == 1
    assert reporter.told() == ["received", "checking", "acted"]
    assert evidence.exhibit_of(container)
    assert failed() == []
