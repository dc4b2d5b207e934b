"""Two at once: imports share the room of a day, a decision is made once, numbers are never given twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tutela_node.foundation.errors import Conflict
from tutela_node.hashlists.actions import change_list, decide_flood, withdraw_entry
from tutela_node.hashlists.models import Entry, Flood, HashList
from tutela_node.hashlists.tests.test_quarantine import WHY, rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_index")]


def at_once(*acts):
    """What each act answered, or the Conflict it met."""

    def run(act):
        try:
            return act()
        except Conflict as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_imports_share_the_room_of_a_day(take, noor):
    take(*rows("a"))
    change_list(noor, id=HashList.objects.get().id, growth_limit=4, reason=WHY)
    made = at_once(lambda: take(*rows("b", "c", "d")), lambda: take(*rows("e", "f", "g")))
    assert sum(each.added for each in made) == 4
    assert sum(each.quarantined for each in made) == 2
    found = HashList.objects.get()
    assert (found.live, found.waiting) == (5, 2)
    assert len(set(Entry.objects.values_list("seq", flat=True))) == Entry.objects.count() == 7


def test_two_imports_make_a_new_list_once(take):
    at_once(lambda: take(*rows("b")), lambda: take(*rows("c")))
    assert (HashList.objects.count(), HashList.objects.get().live) == (1, 2)


def test_one_of_two_decisions_counts(take, noor, timo):
    take(*rows("a"))
    change_list(noor, id=HashList.objects.get().id, growth_limit=0, reason=WHY)
    take(*rows("b"))
    flood = Flood.objects.get().id
    made = at_once(
        lambda: decide_flood(noor, id=flood, release=True, reason=WHY),
        lambda: decide_flood(timo, id=flood, release=False, reason=WHY),
    )
    assert sorted(isinstance(each, Conflict) for each in made) == [False, True]


def test_a_withdrawal_and_an_import_at_once_leave_the_counts_true(take, noor):
    take(*rows("a", "b", "c"))
    at_once(
        lambda: withdraw_entry(noor, number=1, reason=WHY),
        lambda: take(*rows("a", "b", "c", "d")),
    )
    found = HashList.objects.get()
    assert (found.live, found.withdrawn) == (3, 1)
    assert Entry.objects.filter(withdrawn_at=None).count() == 3
