"""Look-ups are no oracle: each token has a budget of questions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tutela_node.foundation import clock, profile
from tutela_node.foundation.errors import Limited
from tutela_node.hashlists import index, queries

pytestmark = pytest.mark.django_db
QUESTION = {"sha256": "0" * 64}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A profile with a budget that a test can use up."""
    index.forget()
    index.load()
    budget = profile.LookUps(per_minute=3, per_day=4)
    given = replace(profile.current(), lookups=budget)
    monkeypatch.setattr(profile, "current", lambda: given)


def ask(actor):
    return queries.look_up(actor, hashes=QUESTION, quality=None)


def test_a_minute_has_its_budget(harbour):
    for _ in range(3):
        ask(harbour)
    with pytest.raises(Limited, match="a minute"):
        ask(harbour)


def test_a_day_has_its_budget_too(harbour):
    for minutes in range(4):
        with clock.standing_at(clock.now() + timedelta(minutes=2 * minutes)):
            ask(harbour)
    with clock.standing_at(clock.now() + timedelta(minutes=9)), pytest.raises(Limited, match="a day"):
        ask(harbour)


def test_one_token_does_not_use_up_anothers(harbour, mira):
    for _ in range(3):
        ask(harbour)
    assert ask(mira) == "none"
