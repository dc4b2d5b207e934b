"""From a verdict to the host: trace, contact, letter, hold, answer."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tutela_node.desks.cli.exampleland.rdap_server import Operator
from tutela_node.desks.cli.exampleland.web_host import Route
from tutela_node.foundation import clock
from tutela_node.foundation.models import OutboxMessage
from tutela_node.foundation.outbox import payload
from tutela_node.foundation.permissions import SYSTEM, Actor, Role
from tutela_node.intake import queries as reports
from tutela_node.journeys import notice_answered, verdict_reached
from tutela_node.journeys.models import Step
from tutela_node.journeys.tests.telling import Reporter
from tutela_node.journeys.tests.test_stories import both_decide
from tutela_node.takedown import queries as takedown
from tutela_node.takedown.models import Contact, Notice, Trace

pytestmark = pytest.mark.django_db
HOST = Actor(id=None, name="the host", roles=frozenset({Role.PROVIDER}))


@pytest.fixture
def found(world, mira, timo, run_due):
    """A reported address whose picture two people found illegal; time stands after it."""
    reporter = Reporter().tell(world.show(1))
    run_due()
    value = reports.report(SYSTEM, reporter.report().id)
    both_decide(mira, timo, value.items[0])
    with clock.standing_at(clock.now() + timedelta(seconds=61)):
        run_due()
        yield value


def approve(actor):
    verdict_reached.approve_contact(actor, contact=Contact.objects.get(approved_at=None).id)


def mails():
    return [payload(row) for row in OutboxMessage.objects.order_by("id")]


def states():
    return list(Notice.objects.order_by("reference").values_list("state", flat=True))


def undone():
    return list(Step.objects.filter(state="failed").values_list("name", "problem"))


def test_a_notice_waits_for_a_person_to_approve_its_contact(found, mira, run_due):
    assert (states(), mails()) == (["waiting_contact"], [])
    approve(mira)
    run_due()
    (mail,) = mails()
    assert mail["to"] == "abuse@harbour.example"
    assert found.urls[0] in mail["body"].splitlines()
    assert (states(), undone()) == (["sent"], [])


def test_the_trace_says_who_runs_the_network(found):
    (trace,) = Trace.objects.all()
    assert (trace.host_org, trace.country, trace.addresses) == ("Harbour Hosting", "XA", ["127.0.0.1"])


def test_an_approved_contact_gets_the_next_notice_at_once(found, world, mira, timo, run_due):
    approve(mira)
    run_due()
    second = Reporter().tell(world.show(2, path="/b/2.jpg"))
    run_due()
    both_decide(mira, timo, reports.report(SYSTEM, second.report().id).items[0])
    with clock.standing_at(clock.now() + timedelta(seconds=61)):
        run_due()
    assert [each["to"] for each in mails()] == ["abuse@harbour.example"] * 2


def test_the_same_picture_elsewhere_is_traced_without_another_verdict(found, world, mira, run_due):
    approve(mira)
    run_due()
    Reporter().tell(world.show(1, name="mirror.example", path="/m.jpg"))
    run_due()
    assert "mirror.example" in mails()[1]["body"]


def test_the_same_address_again_is_no_second_notice(found, world, mira, run_due):
    approve(mira)
    run_due()
    Reporter().tell(world.show(1))
    run_due()
    assert (len(mails()), states()) == (1, ["sent"])


def test_a_corrected_trace_writes_to_the_host_that_a_person_named(found, timo, run_due):
    verdict_reached.override_trace(
        timo,
        sighting=found.sightings[0],
        host_org="Quay Servers",
        country="FR",
        contact="abuse@quay.example",
        reason="the network is rented out",
    )
    run_due()
    (mail,) = mails()
    assert (mail["to"], mail["language"]) == ("abuse@quay.example", "fr")
    assert states() == ["withdrawn", "sent"]


def test_a_hold_keeps_the_letter_until_it_ends_by_itself(found, mira, pavel, run_due):
    ends = clock.now() + timedelta(days=2)
    verdict_reached.place_hold(pavel, sighting=found.sightings[0], reason="a search", ends=ends, host_may_know=False)
    approve(mira)
    run_due()
    assert (states(), mails()) == (["held"], [])
    with clock.standing_at(ends + timedelta(seconds=2)):
        run_due()
    assert (states(), len(mails())) == (["sent"], 1)


def test_a_hold_that_is_lifted_lets_the_letter_go(found, mira, pavel, run_due):
    ends = clock.now() + timedelta(days=2)
    hold = verdict_reached.place_hold(
        pavel, sighting=found.sightings[0], reason="a search", ends=ends, host_may_know=False
    )
    approve(mira)
    run_due()
    verdict_reached.lift_hold(pavel, hold=hold)
    run_due()
    assert len(mails()) == 1
    with clock.standing_at(ends + timedelta(seconds=2)):
        run_due()
    assert len(mails()) == 1


def test_what_moved_before_the_letter_left_is_not_written_to_the_old_host(found, world, mira, run_due):
    world.registry.network("127.9.0.0/16", Operator(name="Quay Servers", country="FR", abuse="abuse@quay.example"))
    world.names.set("pictures.example", [("A", "127.9.0.1")])
    approve(mira)
    run_due()
    assert (mails(), states()) == ([], ["withdrawn", "waiting_contact"])
    approve(mira)
    run_due()
    assert [each["to"] for each in mails()] == ["abuse@quay.example"]


def test_the_registry_is_asked_again_when_it_was_silent(world, mira, timo, run_due, settings):
    base = settings.TUTELA.rdap
    settings.TUTELA = replace(settings.TUTELA, rdap="http://127.0.0.1:9/")
    reporter = Reporter().tell(world.show(1))
    run_due()
    both_decide(mira, timo, reports.report(SYSTEM, reporter.report().id).items[0])
    with clock.standing_at(clock.now() + timedelta(seconds=61)):
        run_due()
        assert Step.objects.get(name="trace").state == "due"
    settings.TUTELA = replace(settings.TUTELA, rdap=base)
    with clock.standing_at(clock.now() + timedelta(seconds=120)):
        run_due()
    assert states() == ["waiting_contact"]


def code_of(mail):
    return re.search(r"/notice/(\S+)", mail["body"])[1]


def test_a_host_answers_with_the_code_of_its_letter_and_may_correct_it(found, mira, run_due):
    approve(mira)
    run_due()
    code = code_of(mails()[0])
    notice_answered.answer(HOST, code=code, outcome="not_ours", details={})
    removed = {"removed_at": "2026-11-22T10:00", "copies": "2", "records_kept": "yes"}
    value = notice_answered.answer(HOST, code=code, outcome="removed", details=removed)
    assert (value.state, value.answer["outcome"], value.answer["copies"]) == ("answered", "removed", "2")
    assert takedown.notice_by_code(code).answer["records_kept"] == "yes"


def test_what_was_removed_closes_the_notice_and_tells_the_reporter(found, world, mira, run_due):
    approve(mira)
    run_due()
    world.host.remove("/a/1.jpg")
    with clock.standing_at(clock.now() + timedelta(days=2)):
        run_due()
    assert states() == ["closed"]
    assert str(reports.report(SYSTEM, found.id).answers[-1].sentence) == "closed_gone"


def test_what_is_still_there_is_looked_at_again(found, world, mira, run_due):
    approve(mira)
    run_due()
    world.host.routes["/a/1.jpg"] = Route(status=200, body=b"")
    before = len(world.host.asked)
    with clock.standing_at(clock.now() + timedelta(days=2)):
        run_due()
    assert states() == ["sent"]
    assert len(world.host.asked) == before + 1
    assert Step.objects.filter(journey="content_checked", state="due").count() == 1
