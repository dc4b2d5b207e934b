"""Sounds on lists: they match at once and stop at once, are near and never exact, and no outsider hears of them."""

import io
from uuid import UUID, uuid4

import numpy as np
import pytest

from tutela.matching.tests.soundtexts import text_of
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import index, queries
from tutela_node.hashlists.actions import admit, change_list, import_list, withdraw_entry
from tutela_node.hashlists.match_actions import match_item
from tutela_node.hashlists.models import Entry, HashList
from tutela_node.hashlists.rules import (
    SOUND,
    Candidate,
    Closeness,
    ListState,
    LookUpClass,
    Purpose,
    admissible,
    strength,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_index")]


def heard(seed: int, *, count: int = 200, flip: int = 0) -> str:
    items = np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32)
    return text_of(items ^ np.uint32(flip))


def listed(noor, *values: str, name: str = "Far list", purpose: Purpose = Purpose.KNOWN):
    rows = "\n".join(["id,chromaprint", *(f"{number},{value}" for number, value in enumerate(values))])
    mapping = {"id": "id", "chromaprint": "chromaprint"}
    stream = io.BytesIO(rows.encode())
    return import_list(noor, name=name, format="csv", mapping=mapping, stream=stream, trusted=False, purpose=purpose)


def asked(text: str) -> set[int]:
    return {int(hit.entry) for hit in index.hear(text)}


def match(text: str) -> UUID:
    item = uuid4()
    match_item(SYSTEM, item=item, fingerprints={SOUND: (text, None)})
    return item


def test_a_sound_matches_at_once_and_stops_at_once(noor):
    listed(noor, heard(1), heard(2))
    assert asked(heard(1)) == {1}
    assert asked(heard(3)) == set()
    listed(noor, heard(3), name="Another")
    assert asked(heard(3)) == {3}
    withdraw_entry(noor, number=1, reason="the sound is that of a well-known song")
    assert asked(heard(1)) == set()
    assert asked(heard(2)) == {2}


def test_a_known_sound_does_not_make_a_file_one_that_is_known(noor):
    listed(noor, heard(1))
    item = match(heard(1))
    assert queries.best_match(item)["algorithm"] == SOUND
    assert queries.closeness_of((item,)) == {}


def test_of_a_sound_that_many_entries_have_some_are_kept(noor, monkeypatch):
    monkeypatch.setattr("tutela_node.hashlists.sounds.KEPT", 3)
    listed(noor, *(heard(1, flip=each % 2) for each in range(5)))
    assert len(asked(heard(1))) == 3
    assert len(asked(heard(1))) == 3


def test_another_process_hears_what_was_committed_later(noor):
    other = index.MatchIndex()
    assert other.hear(heard(1)) == ()
    listed(noor, heard(1))
    assert [hit.entry for hit in other.hear(heard(1, flip=1))] == [1]
    assert [hit.entry for hit in other.hear(heard(1))] == [1]


def test_a_value_that_its_list_replaced_is_not_heard_any_more(noor):
    listed(noor, heard(1))
    assert asked(heard(1)) == {1}
    listed(noor, heard(2))
    assert asked(heard(1)) == set()
    assert asked(heard(2)) == {1}


def test_a_paused_list_is_not_asked_until_it_goes_on(noor):
    listed(noor, heard(1))
    listed(noor, heard(1), name="Good sounds", purpose=Purpose.KNOWN_GOOD)
    id = HashList.objects.get(name="Far list").id
    change_list(noor, id=id, state=ListState.PAUSED, reason="until its maker answers us")
    assert asked(heard(1)) == set()
    change_list(noor, id=id, state=ListState.ACTIVE, reason="its maker has answered us")
    assert asked(heard(1)) == {1}


def test_a_match_is_near_and_tells_the_percent_of_bits(noor):
    listed(noor, heard(1))
    (found,) = queries.matches_of(match(heard(1, flip=0b1011)))
    assert (found.closeness, found.via, found.distance, found.percent) == (Closeness.NEAR, "sound", 9, 91)
    best = queries.best_match(match(heard(1)))
    assert (best["closeness"], best["algorithm"], best["distance"]) == ("near", SOUND, 0)


def test_any_other_match_says_more_than_a_sound():
    sound = Candidate(closeness=Closeness.NEAR, distance=0, trusted=True, has_code=True, is_sound=True)
    far = Candidate(closeness=Closeness.NEAR, distance=31, trusted=False, has_code=False)
    assert sorted([sound, far], key=strength) == [far, sound]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("!!!!", "URL-safe base64"),
        ("AQAA", "ends before its items begin"),
        ("Af___w" + "A" * 40, "16,777,215 items"),
        (heard(1)[:300], "breaks off"),
        ("A" * 16_385, "visible ASCII characters"),
    ],
)
def test_a_hostile_fingerprint_is_a_problem_with_its_place(noor, wrong, says):
    result = listed(noor, heard(1), wrong, heard(2))
    problem, *_ = result.problems
    assert problem["place"] == "line 3, chromaprint"
    assert says in problem["message"]
    assert asked(heard(2)) == {2}


def test_an_empty_one_is_kept_and_never_matches(noor):
    listed(noor, "AQAAAA", text_of(np.full(300, 627964279, np.uint32)), heard(1, count=8))
    assert Entry.objects.count() == 3
    for text in ("AQAAAA", text_of(np.full(300, 627964279, np.uint32)), heard(1, count=8)):
        assert asked(text) == set()


def test_a_verdict_admits_a_sound_that_can_be_told_from_others():
    assert admissible({SOUND: (heard(1), None)}) == {SOUND: heard(1)}
    for dull in (heard(1, count=20), text_of(np.zeros(300, np.uint32)), "!!!!"):
        assert admissible({SOUND: (dull, None)}) == {}


def test_no_outsider_hears_of_a_sound(mira, noor):
    prints = {SOUND: (heard(1), None)}
    admit(SYSTEM, item=uuid4(), fingerprints=prints, verdict=uuid4(), scheme="XA", code="A", people=2)
    assert queries.look_up(mira, hashes={SOUND: heard(1)}, quality=None) is LookUpClass.NONE
    assert [row.value for rows in index.changed_since(0) for row in rows] == [None]
    assert queries.matches_of(match(heard(1)))[0].list_name == "National list"


def test_the_database_takes_its_index(noor):
    from django.db import connection

    from tutela_node.hashlists.sounds import IS_SOUND

    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by the size of the table")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN SELECT * FROM hashlists_entry WHERE {IS_SOUND} AND seq > 1 ORDER BY seq")
        assert "entry_of_sound" in str(cursor.fetchall())
