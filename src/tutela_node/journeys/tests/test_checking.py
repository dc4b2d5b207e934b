"""We go back until it is gone."""

from datetime import timedelta

import pytest

from tutela_node.desks.cli.exampleland.web_host import Route
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import queries as reports
from tutela_node.journeys import notice_answered
from tutela_node.journeys.models import Step
from tutela_node.journeys.tests.test_removing import HOST, approve, found, mails, states
from tutela_node.material.models import Sighting

pytestmark = pytest.mark.django_db
__all__ = ["found"]


def after(run_due, hours):
    with clock.standing_at(clock.now() + timedelta(hours=hours)):
        run_due()


@pytest.fixture
def sent(found, mira, run_due):
    approve(mira)
    run_due()
    return found


def test_an_address_that_is_gone_closes_its_notice_and_tells_the_reporter(sent, world, run_due):
    world.host.remove("/a/1.jpg")
    after(run_due, 2)
    assert (Sighting.objects.get().state, states()) == ("gone", ["closed"])
    assert reports.report(SYSTEM, sent.id).answers[-1].sentence == "closed_gone"


def test_what_is_still_there_is_looked_at_again_tomorrow(sent, run_due):
    after(run_due, 2)
    assert Sighting.objects.get().state == "online"
    assert list(Step.objects.filter(name__startswith="check:", state="due").values_list("name", flat=True)) == [
        "check:2"
    ]


def test_a_host_that_breaks_down_is_not_taken_for_gone(sent, world, run_due):
    world.host.routes["/a/1.jpg"] = Route(status=503)
    after(run_due, 2)
    assert Sighting.objects.get().state == "online"


def test_an_answer_of_the_host_is_checked_at_once(sent, world, run_due):
    world.host.remove("/a/1.jpg")
    code = mails()[0]["body"].split("/notice/")[1].split()[0]
    notice_answered.answer(HOST, code=code, outcome="already_gone", details={})
    run_due()
    assert states() == ["closed"]
