"""Two at once with one copy: it is decided once, fetched as often as counted, and one leak is one alarm."""

from uuid import uuid4

import pyrage
import pytest

from tutela_node.accounts import actions as accounts
from tutela_node.foundation.errors import Conflict
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import alarms, copy_actions, copy_building
from tutela_node.hashlists.actions import admit
from tutela_node.hashlists.models import Canary, CanaryAlarm, HashList, ListCopy
from tutela_node.hashlists.rules import Heard
from tutela_node.hashlists.tests.test_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_index")]
WHY = "asked for by letter of 4 November"


@pytest.fixture
def proposed(harbour, timo):
    for number in range(1, 4):
        prints = {"sha256": (f"{number:064x}", None)}
        admit(SYSTEM, item=uuid4(), fingerprints=prints, verdict=uuid4(), scheme="XA", code="A", people=2)
    agreement = {"kind": "hashlists", "basis": "Contract of 4 May", "days": 30}
    accounts.sign_agreement(SYSTEM, organisation=harbour.organisation, **agreement)
    public = str(pyrage.x25519.Identity.generate().to_public())
    key = accounts.register_recipient_key(SYSTEM, organisation=harbour.organisation, public=public, label="Filter")
    national = HashList.objects.get(is_national=True).id
    return copy_actions.propose_copy(timo, list_id=national, recipient=key, legal_basis="XA-PC-184", reason=WHY)


@pytest.fixture
def built(proposed, noor):
    copy_actions.approve_copy(noor, copy=proposed)
    copy_actions.name_copy(SYSTEM, copy=proposed, built=copy_building.build(proposed))
    return proposed


def refusals(made) -> int:
    return sum(isinstance(each, Conflict) for each in made)


def test_one_of_two_decisions_counts(proposed, noor):
    approve = [lambda: copy_actions.approve_copy(noor, copy=proposed)] * 2
    refuse = [lambda: copy_actions.refuse_copy(noor, copy=proposed, reason=WHY)] * 2
    assert refusals(at_once(*approve, *refuse)) == 3
    assert ListCopy.objects.get().state in ("approved", "refused")


def test_a_copy_that_two_workers_built_is_named_once_and_leaves_one_file(proposed, noor):
    copy_actions.approve_copy(noor, copy=proposed)
    first, second = copy_building.build(proposed), copy_building.build(proposed)
    made = at_once(
        lambda: copy_actions.name_copy(SYSTEM, copy=proposed, built=first),
        lambda: copy_actions.name_copy(SYSTEM, copy=proposed, built=second),
    )
    assert refusals(made) == 1
    row = ListCopy.objects.get()
    assert [path.name for path in copy_building.folder().glob(f"{proposed.hex}-*")] == [row.file]
    assert Canary.objects.values("number").distinct().count() == 32


def test_one_leak_that_many_bring_at_once_is_one_alarm_with_a_count(built):
    (key,) = Canary.objects.values_list("lookup", flat=True)[:1]
    at_once(*[lambda: alarms.hear([key], heard=Heard.LOOK_UP, by="Harbour")] * 6)
    assert CanaryAlarm.objects.get().count == 6


def test_every_fetching_is_counted(built, noor, timo):
    at_once(*[lambda: copy_actions.fetch_copy(noor, copy=built), lambda: copy_actions.fetch_copy(timo, copy=built)] * 3)
    assert ListCopy.objects.get().fetched == 6
