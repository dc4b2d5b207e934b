"""Admitting, matching, asking: a just-admitted entry matches at once, an index that is not loaded never answers."""

from uuid import uuid4

import pytest

from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import index, queries
from tutela_node.hashlists.actions import admit, withdraw_entry
from tutela_node.hashlists.errors import IndexNotLoaded
from tutela_node.hashlists.match_actions import match_item
from tutela_node.hashlists.models import Entry, Match
from tutela_node.hashlists.rules import Closeness, LookUpClass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_index")]
PDQ = "0f" * 32
NEAR = "0e" + "0f" * 31  # one bit off
PRINTS = {"md5": ("ab" * 16, None), "sha256": ("cd" * 32, None), "pdq": (PDQ, 94)}


def make(item=None, prints=None):
    return admit(
        SYSTEM, item=item or uuid4(), fingerprints=prints or PRINTS, verdict=uuid4(), scheme="XA", code="A", people=2
    )


def test_a_just_admitted_entry_matches_at_once(mira):
    assert queries.look_up(mira, hashes={"md5": "ab" * 16}, quality=None) is LookUpClass.NONE
    make()
    assert queries.look_up(mira, hashes={"md5": "ab" * 16}, quality=None) is LookUpClass.EXACT
    assert queries.look_up(mira, hashes={"pdq": NEAR}, quality=90) is LookUpClass.NEAR


def test_a_withdrawn_entry_never_matches_again(noor):
    make(prints={"md5": ("ab" * 16, None)})
    withdraw_entry(noor, number=1, reason="admitted by an error of ours")
    assert queries.look_up(noor, hashes={"md5": "ab" * 16}, quality=None) is LookUpClass.NONE


def test_admitting_again_changes_nothing():
    item = uuid4()
    assert make(item) == make(item)
    assert Entry.objects.count() == 3


def test_an_index_that_is_not_loaded_never_answers_nothing_known(mira):
    index.forget()
    assert not index.is_loaded()
    with pytest.raises(IndexNotLoaded):
        queries.look_up(mira, hashes={"md5": "ab" * 16}, quality=None)


def test_another_process_sees_what_was_committed_later():
    other = index.MatchIndex()
    other.refresh()
    make()
    assert [hit.algorithm for hit in other.ask({"md5": "ab" * 16}, None)] == ["md5"]
    assert other.refresh() == 0


def test_an_item_does_not_match_its_own_entries():
    item = uuid4()
    make(item)
    assert match_item(SYSTEM, item=item, fingerprints=PRINTS) == 0


def test_matches_are_kept_once_with_the_strongest_first():
    make()
    item = uuid4()
    assert match_item(SYSTEM, item=item, fingerprints=PRINTS) == 3
    assert match_item(SYSTEM, item=item, fingerprints=PRINTS) == 3
    assert Match.objects.count() == 3
    first = queries.matches_of(item)[0]
    assert (first.closeness, first.distance, first.list_name) == (Closeness.EXACT, 0, "National list")


def test_the_best_match_tells_review_what_it_needs_without_any_hash():
    make()
    item = uuid4()
    match_item(SYSTEM, item=item, fingerprints={"pdq": (NEAR, 88)})
    best = queries.best_match(item)
    assert (best["closeness"], best["distance"], best["quality"], best["code"]) == ("near", 1, 88, "A")
    assert PDQ not in str(best)
    assert queries.best_match(uuid4()) == {}


def test_another_form_of_a_picture_matches_and_says_which():
    make()
    item = uuid4()
    far = {"pdq": ("c3" * 32, 88)}
    forms = {"mirror": (NEAR, 71), "frame 3": (NEAR, 49)}
    assert match_item(SYSTEM, item=item, fingerprints=far) == 0
    assert match_item(SYSTEM, item=item, fingerprints=far, forms={"frame 3": (NEAR, 49)}) == 0
    assert match_item(SYSTEM, item=item, fingerprints=far, forms=forms) == 1
    best = queries.best_match(item)
    assert (best["via"], best["distance"], best["quality"]) == ("mirror", 1, 71)


def test_a_match_with_a_withdrawn_entry_no_longer_stands(noor):
    make(prints={"md5": ("ab" * 16, None)})
    item = uuid4()
    match_item(SYSTEM, item=item, fingerprints=PRINTS)
    withdraw_entry(noor, number=1, reason="admitted by an error of ours")
    assert queries.matches_of(item) == ()


def test_a_match_with_a_value_that_its_list_replaced_no_longer_stands(take):
    take(f"1,{'ab' * 16},,,,")
    item = uuid4()
    match_item(SYSTEM, item=item, fingerprints=PRINTS)
    take(f"1,{'ef' * 16},,,,")
    assert queries.matches_of(item) == ()


def test_an_outsiders_question_is_written_down_with_its_answer_alone(harbour):
    make()
    queries.look_up(harbour, hashes={"md5": "ab" * 16}, quality=None)
    written = AuditRecord.objects.get(verb="fingerprint.looked_up")
    assert (written.note, written.actor_name) == ("exact", "Harbour Hosting: exercise")


def test_only_some_may_ask_and_only_the_system_admits(olga, mira):
    with pytest.raises(Forbidden):
        queries.look_up(olga, hashes={"md5": "ab" * 16}, quality=None)
    with pytest.raises(Forbidden):
        admit(mira, item=uuid4(), fingerprints=PRINTS, verdict=uuid4(), scheme="XA", code="A", people=2)
