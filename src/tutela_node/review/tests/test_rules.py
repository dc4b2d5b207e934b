"""When assessments become a verdict: rules alone, no database."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela_node.review.errors import GroundRefused
from tutela_node.review.rules import (
    Bucket,
    Given,
    Ground,
    Known,
    Outcome,
    Proposal,
    Reason,
    Sum,
    Terms,
    add_up,
    bucket_of,
    budget_left,
    check_ground,
    check_looked,
    grounds_for,
    group_of,
    known_from,
    needs_view,
    reuse_ground,
)

NOW = datetime(2026, 11, 21, 22, 5, tzinfo=UTC)
TERMS = Terms(assessors=2, withdraw_seconds=60, daily_views=40, claim_minutes=30, reuse_distance=8, reuse_quality=80)
EXACT = Known(closeness="exact", entry="E-1", list_name="national", trusted=True, code="B")
NEAR = Known(closeness="near", entry="E-2", list_name="national", trusted=True, code="B", distance=6, quality=94)
FAR = Known(closeness="near", entry="E-3", list_name="national", trusted=True, code="B", distance=24, quality=94)
SOUND = Known(
    closeness="near", entry="E-5", list_name="national", algorithm="chromaprint", trusted=True, code="B", distance=1
)
PEER = Known(closeness="exact", entry="E-4", list_name="peer", trusted=True, code="B", peer="DE")


def by(person: int, code: str = "B", *, viewed: bool = True, at: datetime = NOW, **more: bool) -> Given:
    return Given(person=UUID(int=person), code=code, viewed=viewed, effective_at=at, **more)


def total(*assessments: Given, look: bool = False, now: datetime = NOW) -> Outcome:
    return add_up(assessments, now=now, needs_view=look, terms=TERMS)


def test_one_person_decides_nothing() -> None:
    assert total(by(1)).sum is Sum.NONE_YET


def test_two_people_who_agree_reach_a_verdict() -> None:
    assert total(by(1), by(2)) == Outcome(sum=Sum.VERDICT, code="B")


def test_one_person_twice_is_one_person() -> None:
    assert total(by(1), by(1)).sum is Sum.NONE_YET


def test_two_people_who_differ_need_a_third_and_then_the_majority_counts() -> None:
    assert total(by(1), by(2, "A")).sum is Sum.DISAGREEMENT
    assert total(by(1), by(2, "A"), by(3)) == Outcome(sum=Sum.VERDICT, code="B")
    assert total(by(1), by(2, "A"), by(3, "C")).sum is Sum.DISAGREEMENT


def test_a_tie_of_pairs_is_no_verdict() -> None:
    assert total(by(1), by(2), by(3, "A"), by(4, "A")).sum is Sum.DISAGREEMENT


def test_an_assessment_counts_from_its_moment_and_not_once_withdrawn() -> None:
    later = NOW + timedelta(seconds=60)
    assert total(by(1), by(2, at=later)).sum is Sum.NONE_YET
    assert total(by(1), by(2, at=later), now=later).sum is Sum.VERDICT
    assert total(by(1), by(2, withdrawn=True)).sum is Sum.NONE_YET


def test_far_match_waits_for_somebody_who_looked() -> None:
    unseen = total(by(1, viewed=False), by(2, viewed=False), look=True)
    assert unseen == Outcome(sum=Sum.NONE_YET, needs_view=True)
    assert total(by(1, viewed=False), by(2), look=True).sum is Sum.VERDICT


def test_doubt_is_no_vote_and_asks_for_one_more_person() -> None:
    doubt = by(3, "D", decides=False, final=False)
    assert total(by(1), doubt).sum is Sum.NONE_YET
    assert total(doubt, by(4, "D", decides=False, final=False)).sum is Sum.NONE_YET
    assert total(by(1), doubt, by(2)) == Outcome(sum=Sum.VERDICT, code="B")


def test_cannot_be_assessed_never_needs_a_look() -> None:
    given = [by(person, "X", viewed=False, decides=False) for person in (1, 2)]
    assert total(*given, look=True) == Outcome(sum=Sum.VERDICT, code="X")


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from("ABC"), st.booleans()), max_size=8), st.randoms())
@settings(max_examples=60)
def test_order_of_votes_never_matters_and_a_verdict_has_its_people(votes: list[tuple[int, str, bool]], random) -> None:
    given = [by(who, code, viewed=saw, at=NOW - timedelta(minutes=i)) for i, (who, code, saw) in enumerate(votes)]
    shuffled = random.sample(given, len(given))
    outcome = total(*given, look=True)
    assert total(*shuffled, look=True) == outcome
    if outcome.sum is Sum.VERDICT:
        agreed = {each.person for each in given if each.code == outcome.code}
        assert len(agreed) >= TERMS.assessors


@pytest.mark.parametrize(
    ("known", "ground"),
    [(EXACT, Ground.FACTS), (NEAR, Ground.NEAR_MATCH), (PEER, Ground.PEER), (FAR, None), (None, None)],
)
def test_what_may_be_taken_over(known: Known | None, ground: Ground | None) -> None:
    assert reuse_ground(known, TERMS) is ground


def test_nothing_is_taken_over_from_a_list_without_trust_or_a_blurred_print() -> None:
    untrusted = Known(closeness="exact", entry="E", list_name="outside", code="B")
    poor = Known(closeness="near", entry="E", list_name="x", trusted=True, distance=2, quality=79)
    assert reuse_ground(untrusted, TERMS) is None
    assert reuse_ground(poor, TERMS) is None


def test_nothing_is_taken_over_from_a_match_of_another_form() -> None:
    for via in ("mirror", "uncaption", "frame 12"):
        known = Known(closeness="near", entry="E", list_name="x", trusted=True, code="B", distance=2, via=via)
        assert reuse_ground(known, TERMS) is None


@pytest.mark.parametrize(
    ("known", "placed"),
    [
        (EXACT, (Bucket.FACTS, Reason.EXACT_MATCH)),
        (NEAR, (Bucket.FACTS, Reason.NEAR_MATCH)),
        (FAR, (Bucket.LOOK, Reason.NEAR_MATCH)),
        (PEER, (Bucket.FACTS, Reason.PEER_VERDICT)),
        (None, (Bucket.LOOK, Reason.NO_MATCH)),
    ],
)
def test_buckets_say_what_an_entry_costs_and_why(known: Known | None, placed: tuple[Bucket, Reason]) -> None:
    match = asdict(known) if known else None
    assert bucket_of(match=match, reuse_distance=8, reuse_quality=80) == placed


def test_what_is_due_soon_stands_first_whatever_it_costs() -> None:
    assert group_of(Bucket.LOOK, due_at=NOW + timedelta(hours=3), now=NOW) is Bucket.DUE
    assert group_of(Bucket.LOOK, due_at=NOW + timedelta(hours=5), now=NOW) is Bucket.LOOK
    assert group_of(Bucket.TEXT, due_at=None, now=NOW) is Bucket.TEXT


def check(ground: Ground, *, known: Known | None, viewed: bool = False, code: str = "B", decides: bool = True) -> None:
    proposal = Proposal(code=code, ground=ground, viewed=viewed, decides=decides)
    check_ground(proposal, known=known, bucket=Bucket.LOOK, terms=TERMS)


def test_own_view_needs_a_view() -> None:
    check(Ground.OWN_VIEW, known=None, viewed=True)
    with pytest.raises(GroundRefused, match="have not opened"):
        check(Ground.OWN_VIEW, known=None)


def test_facts_need_facts() -> None:
    check(Ground.FACTS, known=EXACT)
    with pytest.raises(GroundRefused, match="nothing known"):
        check(Ground.FACTS, known=NEAR)
    with pytest.raises(GroundRefused, match="nothing known"):
        check(Ground.NEAR_MATCH, known=None)


def test_a_verdict_taken_over_keeps_its_code() -> None:
    with pytest.raises(GroundRefused, match="keeps its code"):
        check(Ground.NEAR_MATCH, known=NEAR, code="A")


def test_cannot_be_assessed_needs_no_ground() -> None:
    check(Ground.FACTS, known=None, code="X", decides=False)


def test_the_last_of_the_people_needed_looks_when_nobody_has() -> None:
    blind = Proposal(code="B", ground=Ground.NEAR_MATCH, viewed=False)
    check_looked(blind, [], needs_view=True, terms=TERMS)
    check_looked(blind, [by(1, viewed=True)], needs_view=True, terms=TERMS)
    with pytest.raises(GroundRefused, match="one of you must"):
        check_looked(blind, [by(1, viewed=False)], needs_view=True, terms=TERMS)


def test_grounds_on_offer_start_with_the_cheapest() -> None:
    assert grounds_for(NEAR, bucket=Bucket.FACTS, viewed=True, terms=TERMS) == (Ground.NEAR_MATCH, Ground.OWN_VIEW)
    assert grounds_for(None, bucket=Bucket.LOOK, viewed=False, terms=TERMS) == ()
    assert grounds_for(None, bucket=Bucket.TEXT, viewed=False, terms=TERMS) == (Ground.OWN_VIEW,)


def test_a_view_is_needed_where_nothing_can_be_taken_over() -> None:
    assert needs_view(None, bucket=Bucket.LOOK, terms=TERMS)
    assert not needs_view(NEAR, bucket=Bucket.FACTS, terms=TERMS)
    assert not needs_view(None, bucket=Bucket.TEXT, terms=TERMS)


def test_the_summary_of_a_match_is_read_back() -> None:
    assert known_from({}) is None
    assert known_from({"closeness": "near", "entry": "E-2", "list_name": "national", "other": 1}) == Known(
        closeness="near", entry="E-2", list_name="national"
    )


def test_the_budget_never_falls_below_nothing() -> None:
    assert budget_left(12, 40) == 28
    assert budget_left(41, 40) == 0


@pytest.mark.parametrize("said", [{}, {"peer": "DE"}, {"closeness": "exact"}, {"distance": 0, "quality": 100}])
def test_a_known_sound_carries_no_ground_whatever_else_is_said_of_it(said: dict[str, object]) -> None:
    known = replace(SOUND, **said)
    assert reuse_ground(known, TERMS) is None
    assert needs_view(known, bucket=Bucket.LOOK, terms=TERMS)
    assert grounds_for(known, bucket=Bucket.LOOK, viewed=True, terms=TERMS) == (Ground.OWN_VIEW,)
    for ground in (Ground.FACTS, Ground.NEAR_MATCH, Ground.PEER):
        with pytest.raises(GroundRefused):
            check_ground(Proposal(code="B", ground=ground, viewed=True), known=known, bucket=Bucket.LOOK, terms=TERMS)


def test_a_known_sound_is_said_to_be_one_with_its_percent() -> None:
    bucket, reason = bucket_of(match=asdict(SOUND), reuse_distance=8, reuse_quality=80)
    assert (bucket, reason, SOUND.percent) == (Bucket.LOOK, Reason.SOUND_MATCH, 99)
