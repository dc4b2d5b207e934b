"""People assess, take back, agree and differ; the node adds up."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tutela_node.foundation.errors import Conflict, Forbidden
from tutela_node.foundation.models import PendingEvent
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.review import actions, queries
from tutela_node.review.errors import (
    AlreadyAssessed,
    ClaimedByAnother,
    CodeRefused,
    GroundRefused,
    NotOpen,
    NotYours,
    TookEffect,
)
from tutela_node.review.rules import EntryState, Ground
from tutela_node.review.tests.known import FAR, NEAR, Move

pytestmark = pytest.mark.django_db
New = Callable[..., UUID]


def take_over(actor: Actor, item: UUID, code: str = "B") -> queries.AssessmentValue:
    return actions.assess(actor, item=item, code=code, ground=Ground.NEAR_MATCH, viewed=False)


def see(actor: Actor, item: UUID, code: str, look: Callable[[Actor, UUID], None]) -> queries.AssessmentValue:
    look(actor, item)
    return actions.assess(actor, item=item, code=code, ground=Ground.OWN_VIEW, viewed=True)


def settle(made: queries.AssessmentValue) -> queries.VerdictValue | None:
    return actions.settle(SYSTEM, assessment=made.id)


def test_two_people_take_a_verdict_over_without_looking(new_item: New, mira: Actor, timo: Actor, later: Move) -> None:
    item = new_item(NEAR)
    first, second = take_over(mira, item), take_over(timo, item)
    later(60)
    verdict = settle(first)
    assert verdict is not None
    assert (verdict.code, verdict.illegal, verdict.people, verdict.scheme) == ("B", True, 2, "XA 2025.2")
    assert settle(second) == verdict
    assert queries.entry(mira, item).state is EntryState.DECIDED


def test_one_person_reaches_nothing(new_item: New, mira: Actor, later: Move) -> None:
    made = take_over(mira, new_item(NEAR))
    later(60)
    assert settle(made) is None


def test_nothing_is_settled_before_its_time(new_item: New, mira: Actor, later: Move) -> None:
    made = take_over(mira, new_item(NEAR))
    later(59)
    with pytest.raises(Conflict, match="12:01:00"):
        settle(made)


def test_withdrawn_in_time_and_made_again(new_item: New, mira: Actor, later: Move) -> None:
    item = new_item(NEAR)
    made = take_over(mira, item)
    later(59)
    actions.withdraw(mira, assessment=made.id)
    assert settle(made) is None
    assert take_over(mira, item).id != made.id


def test_too_late_and_by_somebody_else_nothing_is_withdrawn(
    new_item: New, mira: Actor, timo: Actor, later: Move
) -> None:
    made = take_over(mira, new_item(NEAR))
    with pytest.raises(NotYours):
        actions.withdraw(timo, assessment=made.id)
    later(60)
    with pytest.raises(TookEffect):
        actions.withdraw(mira, assessment=made.id)


def test_one_person_has_one_assessment(new_item: New, mira: Actor) -> None:
    item = new_item(NEAR)
    take_over(mira, item)
    with pytest.raises(AlreadyAssessed):
        take_over(mira, item)


def test_those_who_differ_get_a_third(
    new_item: New, mira: Actor, timo: Actor, noor: Actor, later: Move, look: Callable[[Actor, UUID], None]
) -> None:
    item = new_item(None)
    made = [see(mira, item, "A", look), see(timo, item, "N", look)]
    later(60)
    assert [settle(each) for each in made] == [None, None]
    assert queries.entry(noor, item).reason == "disagreement"
    third = see(noor, item, "N", look)
    later(60)
    verdict = settle(third)
    assert verdict is not None
    assert (verdict.code, verdict.illegal, verdict.people) == ("N", False, 2)


def test_doubt_asks_for_another_person(new_item: New, mira: Actor, timo: Actor, later: Move) -> None:
    item = new_item(None)
    made = actions.assess(mira, item=item, code="D", ground=Ground.OWN_VIEW, viewed=False)
    later(60)
    assert settle(made) is None
    assert queries.entry(timo, item).reason == "doubt"


def test_a_claimed_look_must_be_in_the_log(new_item: New, mira: Actor) -> None:
    with pytest.raises(GroundRefused, match="have not opened"):
        actions.assess(mira, item=new_item(None), code="A", ground=Ground.OWN_VIEW, viewed=True)


def test_far_match_needs_one_who_looked(
    new_item: New, mira: Actor, timo: Actor, later: Move, look: Callable[[Actor, UUID], None]
) -> None:
    item = new_item(FAR)
    take_over(mira, item)
    with pytest.raises(GroundRefused, match="one of you must"):
        take_over(timo, item)
    made = see(timo, item, "B", look)
    later(60)
    assert settle(made) is not None


def test_a_code_of_another_scheme_is_refused(new_item: New, mira: Actor) -> None:
    with pytest.raises(CodeRefused):
        take_over(mira, new_item(NEAR), code="Z")


def test_claims_keep_others_out_until_they_end(new_item: New, mira: Actor, timo: Actor, later: Move) -> None:
    item = new_item(NEAR)
    actions.claim(mira, item=item)
    with pytest.raises(ClaimedByAnother):
        take_over(timo, item)
    with pytest.raises(NotYours):
        actions.release_claim(timo, item=item)
    later(30 * 60)
    assert queries.entry(timo, item).claimed_by is None
    assert take_over(timo, item).code == "B"


def test_activity_carries_a_claim_on_and_is_logged_once(new_item: New, mira: Actor, later: Move) -> None:
    item = new_item(NEAR)
    until = actions.claim(mira, item=item)
    before = PendingEvent.objects.count()
    later(600)
    assert (actions.claim(mira, item=item) - until).seconds == 600
    assert PendingEvent.objects.count() == before


def test_deciding_gives_the_claim_back(new_item: New, mira: Actor, timo: Actor) -> None:
    item = new_item(NEAR)
    actions.claim(mira, item=item)
    take_over(mira, item)
    assert queries.entry(timo, item).claimed_by is None


def test_what_is_closed_takes_nothing(new_item: New, mira: Actor) -> None:
    item = new_item(NEAR)
    actions.close(SYSTEM, item=item, reason="gone")
    with pytest.raises(NotOpen):
        take_over(mira, item)


@pytest.mark.parametrize("outsider", ["pavel", "olga", "ada", "harbour"])
def test_only_staff_decide(new_item: New, outsider: str, request: pytest.FixtureRequest) -> None:
    actor, item = request.getfixturevalue(outsider), new_item(NEAR)
    with pytest.raises(Forbidden):
        take_over(actor, item)
    with pytest.raises(Forbidden):
        queries.queue(actor)
    with pytest.raises(Forbidden):
        queries.entry(actor, item)


def test_staff_settle_and_queue_nothing_themselves(new_item: New, noor: Actor) -> None:
    made = take_over(noor, new_item(NEAR))
    with pytest.raises(Forbidden):
        actions.settle(noor, assessment=made.id)
