"""What the queue shows, what stays hidden until one has decided, and what a day of looking costs."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM, Actor
from tutela_node.review import actions, queries
from tutela_node.review.rules import Bucket, Ground
from tutela_node.review.tests.known import NEAR, Move

pytestmark = pytest.mark.django_db
New = Callable[..., UUID]


def test_the_queue_stands_by_cost_and_what_is_due_stands_first(new_item: New, mira: Actor) -> None:
    look, facts = new_item(None), new_item(NEAR)
    due = new_item(None, due_in=timedelta(hours=2))
    words = new_id()
    actions.enqueue(SYSTEM, item=words, bucket=Bucket.TEXT, reason="words_only", match=None)
    shown = {group.bucket: [each.item for each in group.entries] for group in queries.queue(mira).groups}
    assert shown == {Bucket.DUE: [due], Bucket.FACTS: [facts], Bucket.LOOK: [look], Bucket.TEXT: [words]}
    assert list(shown) == list(Bucket)


def test_what_one_assessed_waits_apart(new_item: New, mira: Actor, timo: Actor) -> None:
    item = new_item(NEAR)
    actions.assess(mira, item=item, code="B", ground=Ground.NEAR_MATCH, viewed=False)
    assert queries.queue(mira).groups == ()
    assert [each.item for each in queries.queue(mira).waiting] == [item]
    assert [each.item for group in queries.queue(timo).groups for each in group.entries] == [item]


def test_queueing_again_brings_up_to_date(new_item: New, mira: Actor) -> None:
    item = new_item(None)
    actions.enqueue(SYSTEM, item=item, bucket=Bucket.FACTS, reason="near_match", match=NEAR)
    found = queries.entry(mira, item)
    assert found.bucket is Bucket.FACTS
    assert found.known is not None
    assert found.known.entry == "E-88213"


def codes(actor: Actor, item: UUID) -> list[str | None]:
    return [each.code for each in queries.assessments_for(actor, item)]


def test_the_second_person_does_not_see_the_first_code(new_item: New, mira: Actor, timo: Actor, later: Move) -> None:
    item = new_item(NEAR)
    actions.assess(mira, item=item, code="B", ground=Ground.NEAR_MATCH, viewed=False)
    later(60)
    assert codes(mira, item) == ["B"]
    assert codes(timo, item) == [None]
    assert queries.assessments_for(timo, item)[0].ground is None


def test_a_decision_that_can_be_withdrawn_opens_nothing(new_item: New, mira: Actor, timo: Actor, later: Move) -> None:
    item = new_item(NEAR)
    for person in (mira, timo):
        actions.assess(person, item=item, code="B", ground=Ground.NEAR_MATCH, viewed=False)
    assert codes(timo, item) == [None, "B"]
    later(60)
    assert codes(timo, item) == ["B", "B"]


def test_a_verdict_opens_everything(new_item: New, mira: Actor, timo: Actor, noor: Actor, later: Move) -> None:
    item = new_item(NEAR)
    made = [actions.assess(each, item=item, code="B", ground=Ground.NEAR_MATCH, viewed=False) for each in (mira, timo)]
    assert codes(noor, item) == [None, None]
    later(60)
    actions.settle(SYSTEM, assessment=made[0].id)
    assert codes(noor, item) == ["B", "B"]


def test_what_can_be_withdrawn_is_found(new_item: New, mira: Actor, timo: Actor, later: Move) -> None:
    made = actions.assess(mira, item=new_item(NEAR), code="B", ground=Ground.NEAR_MATCH, viewed=False)
    assert [each.id for each in queries.pending(mira)] == [made.id]
    assert queries.pending(timo) == ()
    later(60)
    assert queries.pending(mira) == ()


def test_a_day_counts_views_and_views_avoided(
    new_item: New, mira: Actor, timo: Actor, later: Move, look: Callable[[Actor, UUID], None]
) -> None:
    seen, known = new_item(None), new_item(NEAR)
    look(mira, seen)
    actions.assess(mira, item=seen, code="N", ground=Ground.OWN_VIEW, viewed=True)
    actions.assess(mira, item=known, code="B", ground=Ground.NEAR_MATCH, viewed=False)
    assert queries.day(mira) == queries.Day(used=1, budget=40, avoided=1)
    assert queries.day(timo).left == 40
    later(12 * 3600)
    assert queries.day(mira).used == 0


def test_reading_an_item_is_written_down(new_item: New, mira: Actor) -> None:
    item = new_item(NEAR)
    queries.entry(mira, item)
    queries.assessments_for(mira, item)
    reads = AuditRecord.objects.filter(is_read=True, actor=mira.id, subject=item).values_list("verb", flat=True)
    assert set(reads) == {"entry.read", "assessments.read"}


def test_what_was_never_queued_is_missing(mira: Actor) -> None:
    with pytest.raises(Missing):
        queries.entry(mira, new_id())
    with pytest.raises(Missing):
        queries.assessment(new_id())
