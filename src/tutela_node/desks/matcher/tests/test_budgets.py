"""Budgets: of the minute and of the day, of a token and of its organisation, over a restart."""

from pathlib import Path

import pytest

from tutela_node.desks.matcher.budgets import DAY, Budgets, TooOften
from tutela_node.desks.matcher.tests.stage import KNOWN, World

NOON = 20_000 * DAY + 12 * 3600


def spend(budgets: Budgets, *, now: float = NOON, cost: int = 1, who: str = "token") -> None:
    budgets.spend((who, "harbour"), cost, per_minute=10, per_day=15, now=now)


def test_a_spent_minute_says_when_to_come_back(make_world) -> None:
    world: World = make_world(per_minute=2)
    world.now[0] = world.now[0] // 60 * 60 + 5
    answers = [world.call("POST", "/v1/match", json={"md5": f"{number:032x}"}) for number in range(3)]
    assert [each.status for each in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_the_same_question_again_is_free(make_world) -> None:
    world: World = make_world(per_minute=1)
    assert {world.call("POST", "/v1/match", json={"md5": KNOWN}).status for _ in range(5)} == {200}


def test_a_second_token_buys_nothing() -> None:
    budgets = Budgets()
    spend(budgets, cost=10)
    with pytest.raises(TooOften):
        spend(budgets, who="second")


def test_what_does_not_fit_is_not_counted() -> None:
    budgets = Budgets()
    with pytest.raises(TooOften):
        spend(budgets, cost=11)
    spend(budgets, cost=10)


def test_a_day_outlives_a_restart_and_ends(tmp_path: Path) -> None:
    before = Budgets(tmp_path / "kept")
    spend(before, cost=10)
    before.write()
    after = Budgets(tmp_path / "kept")
    with pytest.raises(TooOften) as caught:
        spend(after, cost=6, now=NOON + 60)
    assert caught.value.wait == 12 * 3600 - 60
    spend(after, cost=10, now=NOON + DAY)


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]", b'{"day": "x", "counts": {}}', b'{"day": 1, "counts": 3}'])
def test_a_spoilt_file_begins_anew(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / "kept").write_bytes(spoilt)
    spend(Budgets(tmp_path / "kept"))
