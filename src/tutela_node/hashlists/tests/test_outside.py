"""The api role's look-ups tell no more around one hash than the match service does, and suspend who goes on."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest

from tutela_node.accounts import queries as accounts
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import outside, queries
from tutela_node.hashlists.actions import admit
from tutela_node.hashlists.neighbours import MOST_TOLD
from tutela_node.hashlists.rules import LookUpClass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_index")]
LISTED = int("0f" * 32, 16)
NEARLY = 9  # bits that the last answer before the freezing may cost


@pytest.fixture(autouse=True)
def remembered():
    outside.forget()
    yield
    outside.forget()


@pytest.fixture
def listed():
    prints = {"pdq": (f"{LISTED:064x}", 94)}
    admit(SYSTEM, item=uuid4(), fingerprints=prints, verdict=uuid4(), scheme="XA", code="A", people=2)


def ask(actor, value: int, number: int) -> LookUpClass:
    """Question `number`, each a few seconds after the one before, so that no budget ends it first."""
    with clock.standing_at(clock.now() + timedelta(seconds=2 * number)):
        return queries.look_up(actor, hashes={"pdq": f"{value:064x}"}, quality=90)


def test_who_feels_their_way_is_suspended_before_they_know_the_hash(listed, harbour):
    chance = random.Random(3)
    edge = LISTED
    for bit in chance.sample(range(256), 31):
        edge ^= 1 << bit
    answer, guess = None, edge
    for bit in range(256):
        try:
            answer = ask(harbour, edge ^ 1 << bit, bit)
        except Forbidden:
            break
        guess = guess & ~(1 << bit) | ((edge >> bit & 1) ^ (answer is LookUpClass.NEAR)) << bit
    else:
        pytest.fail("256 questions around one hash were answered")
    right = 256 - (guess ^ LISTED).bit_count()
    assert right - (256 - 31) <= MOST_TOLD + NEARLY
    assert "asked around one picture" in accounts.suspension_of(harbour.id)
    assert next(iter(outside._askers.values())).watch.most_told() <= MOST_TOLD + NEARLY


def test_ordinary_questions_and_our_own_people_are_not_bounded(listed, harbour, mira):
    chance = random.Random(5)
    for number in range(40):
        assert ask(harbour, chance.getrandbits(256), number) is LookUpClass.NONE
    for number in range(40, 60):
        assert ask(harbour, LISTED ^ 1, number) is LookUpClass.NEAR
        assert ask(mira, LISTED ^ 1 << number, number) is LookUpClass.NEAR
    assert accounts.suspension_of(harbour.id) == ""
