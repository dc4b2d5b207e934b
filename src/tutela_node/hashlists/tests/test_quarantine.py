"""A flood waits, expiry comes by itself, a paused list is not asked: what may match, and what counts as growth."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.hashlists import Feedback, ListEntry, Source
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Forbidden, Invalid
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import actions, importing, overview
from tutela_node.hashlists.actions import change_list, decide_flood, expire_entries, move_flood, withdraw_entry
from tutela_node.hashlists.models import Entry, Flood, HashList, ListChange, ListImport
from tutela_node.hashlists.naming import find_or_make
from tutela_node.hashlists.rules import (
    FloodState,
    ListState,
    Purpose,
    allowed_growth,
    flood_decision,
    may_match,
    needs_two,
    pause_after,
)
from tutela_node.hashlists.standing import live
from tutela_node.hashlists.tests.conftest import table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_index")]
WHY = "the source confirmed it by telephone"
moments = st.none() | st.just(clock.now())
days = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 5))


def digest(word):
    return hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()


def rows(*words):
    return [f"{word},{digest(word)},,,," for word in words]


def only():
    return HashList.objects.get()


@pytest.fixture
def flooded(take, noor):
    """A list that may grow by two a day and was sent five more: three wait."""
    take(*rows("a"))
    change_list(noor, id=only().id, growth_limit=2, reason=WHY)
    take(*rows("a", "b", "c", "d", "e", "f"))
    return Flood.objects.get()


def settle(flood):
    while move_flood(SYSTEM, id=flood.id):
        pass


def test_the_first_filling_is_no_growth_and_what_follows_is(take, noor, known):
    take(*rows("a", "b", "c", "d"))
    change_list(noor, id=only().id, growth_limit=1, reason=WHY)
    assert take(*rows("e", "f")).quarantined == 1
    assert (known("d"), known("e"), known("f")) == (True, True, False)


def test_a_day_is_one_growth_however_many_imports_it_has(take, flooded, known):
    assert (flooded.count, flooded.limit, only().live, only().waiting) == (3, 2, 3, 3)
    assert take(*rows("g")).quarantined == 1
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert take(*rows("h")).quarantined == 0
    assert not known("d")


def test_released_entries_match_and_discarded_ones_stay_off(flooded, take, noor, known):
    assert decide_flood(noor, id=flooded.id, release=True, reason=WHY)
    settle(flooded)
    assert (known("f"), only().live, only().waiting) == (True, 6, 0)
    take(*rows("x"))
    other = Flood.objects.get(state=FloodState.WAITING)
    decide_flood(noor, id=other.id, release=False, reason=WHY)
    settle(other)
    assert take(*rows("x")).added == 0
    assert (known("x"), only().live, only().withdrawn) == (False, 6, 1)


def test_two_people_decide_where_the_list_is_trusted(flooded, noor, timo):
    HashList.objects.update(is_trusted=True)
    assert not decide_flood(noor, id=flooded.id, release=True, reason=WHY)
    with pytest.raises(Conflict):
        decide_flood(noor, id=flooded.id, release=True, reason=WHY)
    assert not decide_flood(timo, id=flooded.id, release=False, reason=WHY)
    assert decide_flood(noor, id=flooded.id, release=False, reason=WHY)
    with pytest.raises(Conflict):
        decide_flood(timo, id=flooded.id, release=True, reason=WHY)


def test_who_may_not_decide_or_change_is_refused(flooded, mira, olga):
    for actor in (mira, olga):
        with pytest.raises(Forbidden):
            decide_flood(actor, id=flooded.id, release=True, reason=WHY)
        with pytest.raises(Forbidden):
            change_list(actor, id=only().id, state=ListState.PAUSED, reason=WHY)


def test_a_waiting_entry_that_its_list_withdraws_is_no_longer_decided_about(flooded, take):
    take("f,,,,,yes")
    flooded.refresh_from_db()
    assert (flooded.left, only().waiting, only().withdrawn) == (2, 2, 1)


def test_a_paused_list_is_not_asked_until_it_is_resumed(take, noor, known):
    take(*rows("a"))
    before = only().seq
    change_list(noor, id=only().id, state=ListState.PAUSED, reason=WHY)
    assert (known("a"), only().seq > before) == (False, True)
    change_list(noor, id=only().id, state=ListState.ACTIVE, reason=WHY)
    assert known("a")
    assert [each.what for each in ListChange.objects.order_by("id")] == ["paused", "resumed"]


def test_a_list_of_known_good_files_never_matches_and_is_never_mixed(noor, known):
    content = table(*rows("a")).getvalue()

    def take(purpose):
        import io

        actions.import_list(
            noor, name="Good", format="csv", mapping={}, stream=io.BytesIO(content), trusted=False, purpose=purpose
        )

    take(Purpose.KNOWN_GOOD)
    assert not known("a")
    with pytest.raises(Conflict):
        take(Purpose.KNOWN)


def test_an_entry_expires_by_itself_and_the_sweep_gives_it_a_new_seq(take, known):
    take(*rows("a", "b"))
    today = clock.now().date()
    Entry.objects.filter(number=1).update(expires_on=today + timedelta(days=1))
    before = Entry.objects.get(number=1).seq
    assert expire_entries(SYSTEM) == 0
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert Entry.objects.filter(live(clock.now().date())).count() == 1
        assert (expire_entries(SYSTEM), expire_entries(SYSTEM)) == (1, 0)
        assert not known("a")
    assert Entry.objects.get(number=1).seq > before
    assert only().live == 1


def test_what_a_list_says_of_an_entry_is_kept_sealed_and_its_end_counts(noor, known):
    today = clock.now().date()
    entry = ListEntry(
        id="7",
        hashes=(("md5", digest("a")),),
        source=Source(id="42", name="Example Member"),
        tags=("generated",),
        expires=today + timedelta(days=2),
        feedback=(Feedback(algorithm="md5", affirmative=3, negative=1),),
    )
    target = find_or_make("Far list", now=clock.now())
    importing.take_piece(ListImport.objects.create(list=target, at=clock.now()), [entry], now=clock.now())
    told = overview.read_entry(noor, 1).told
    assert (told.key, told.source_name, told.tags) == (("42", "", "7"), "Example Member", ("generated",))
    assert told.opinions == (("md5", 3, 1),)
    assert b"Example Member" not in bytes(Entry.objects.get().told_sealed)
    assert known("a")
    with clock.standing_at(clock.now() + timedelta(days=2)):
        expire_entries(SYSTEM)
        assert not known("a")
        later = replace(entry, expires=today + timedelta(days=9))
        importing.take_piece(ListImport.objects.get(), [later], now=clock.now())
        assert known("a")
    assert only().live == 1


@pytest.mark.parametrize("change", [{"threshold": 32}, {"threshold": -1}])
def test_a_threshold_is_from_0_to_31(take, noor, change):
    take(*rows("a"))
    with pytest.raises(Invalid):
        change_list(noor, id=only().id, reason=WHY, **change)


def test_a_change_that_changes_nothing_is_refused(take, noor):
    take(*rows("a"))
    with pytest.raises(Conflict):
        change_list(noor, id=only().id, state=ListState.ACTIVE, reason=WHY)


@given(withdrawn=moments, quarantined=moments, expires=days, today=st.dates(date(2026, 1, 1), date(2026, 1, 5)))
def test_an_entry_matches_only_while_nothing_speaks_against_it(withdrawn, quarantined, expires, today):
    found = may_match(withdrawn_at=withdrawn, quarantined_at=quarantined, expires_on=expires, today=today)
    assert found == (withdrawn is None and quarantined is None and (expires is None or today < expires))


@given(live=st.integers(0, 10**8), limit=st.none() | st.integers(0, 10**6))
def test_a_list_of_its_own_limit_keeps_to_it(live, limit):
    allowed = allowed_growth(live=live, limit=limit)
    assert allowed == limit if limit is not None else allowed >= live // 5


@given(wish=st.booleans(), same=st.booleans(), release=st.booleans(), count=st.integers(0, 20_000))
def test_nobody_decides_alone_where_two_are_needed(wish, same, release, count):
    two = needs_two(trusted=False, count=count)
    if two and wish and same:
        with pytest.raises(Conflict):
            flood_decision(
                state=FloodState.PROPOSED, needs_two=two, is_same_wish=wish, is_same_person=same, release=release
            )
        return
    found = flood_decision(
        state=FloodState.PROPOSED, needs_two=two, is_same_wish=wish, is_same_person=same, release=release
    )
    assert (found is FloodState.PROPOSED) == (two and not wish)


@given(failures=st.integers(1, 1000), minutes=st.integers(5, 10_080))
def test_pauses_grow_and_never_beyond_the_interval(failures, minutes):
    assert 5 <= pause_after(failures, minutes) <= min(max(minutes, 5), 1440)


def test_the_counts_are_what_is_there(flooded, take, noor):
    take("b,,,,,yes", *rows("a"))
    withdraw_entry(noor, number=1, reason=WHY)
    decide_flood(noor, id=flooded.id, release=False, reason=WHY)
    settle(flooded)
    (found,) = overview.lists(noor)
    today = clock.now().date()
    assert found.live == Entry.objects.filter(live(today)).count()
    assert found.withdrawn == Entry.objects.exclude(withdrawn_at=None).count()
    assert found.waiting == Entry.objects.exclude(quarantined_at=None).count() == 0
    assert found.growth[-1] == found.live


def test_an_entry_is_found_by_its_fingerprint_and_shown_only_with_a_reason(take, noor, mira):
    from tutela_node.foundation.models import AuditRecord

    take(*rows("a"))
    (found,) = overview.find_entries(mira, digest("a").upper())
    entry = overview.read_entry(mira, found.number)
    assert (entry.told.own_id, entry.admitted_by, entry.list_name) == ("a", "Noor Haddad", "Far list")
    with pytest.raises(Forbidden):
        overview.reveal(mira, found.number, reason=WHY)
    assert overview.reveal(noor, found.number, reason=WHY) == digest("a")
    verbs = list(AuditRecord.objects.filter(is_read=True).values_list("verb", flat=True))
    assert verbs == ["entries.searched", "entry.read", "entry.revealed"]
    assert digest("a") not in str(list(AuditRecord.objects.values()))
