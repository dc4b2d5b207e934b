"""What `tutela node steps` says of steps that are due, that come later, and that were given up."""

import json
from datetime import timedelta

import pytest

from tutela_node.desks.cli.steps import lines
from tutela_node.foundation import clock
from tutela_node.foundation.ids import new_id
from tutela_node.journeys.models import Step

pytestmark = pytest.mark.django_db


def add(name, *, hours=0, **values):
    due_at = clock.now() + timedelta(hours=hours)
    Step.objects.create(journey="content_checked", subject=new_id(), name=name, due_at=due_at, **values)


def test_nothing_is_left_to_do():
    add("check:1", state=Step.State.DONE)
    assert lines(as_json=False) == (["nothing is left to do"], False)
    assert lines(as_json=True) == ([], False)


def test_what_is_due_comes_before_what_comes_later():
    add("check:2", hours=1)
    add("check:1")
    told = [json.loads(line) for line in lines(as_json=True)[0]]
    assert [(each["name"], each["is_due"]) for each in told] == [("check:1", True), ("check:2", False)]


def test_a_step_that_was_given_up_is_told_with_its_problem():
    add("check:1", state=Step.State.FAILED, attempts=12, problem="the host does not answer")
    (line,), is_given_up = lines(as_json=False)
    assert is_given_up
    assert line.startswith("given up  content_checked/check:1")
    assert line.endswith("tried 12 times: the host does not answer")
