"""A token whose questions are used up is told so, as programs expect it."""

from tutela_node.desks.api.tests.callers import Machine, token_for
from tutela_node.foundation import clock, profile
from tutela_node.hashlists import index


def test_a_spent_budget_is_429_and_says_when_to_come_back(quay):
    index.load()
    machine = Machine(token_for(quay))
    with clock.standing_at(clock.now()):
        for _ in range(profile.current().lookups.per_minute):
            assert machine.ask("/match", {"sha256": "0" * 64}).status_code == 200
        refused = machine.ask("/match", {"sha256": "0" * 64})
    assert (refused.status_code, refused.json()["title"]) == (429, "Too many questions")
    assert "a minute" in refused.json()["detail"]
