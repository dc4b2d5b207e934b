"""What a new public report is worth, against what came before it; and the count of forms."""

from datetime import UTC, datetime, timedelta

import pytest

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, flood_actions, sorting
from tutela_node.intake.floods import Lane, Seen, Standing
from tutela_node.intake.models import Report, Tally
from tutela_node.intake.rules import Form, Sheet
from tutela_node.intake.tests.dropping import Reporter

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def arrive(*, proof=0, pace=60, **sheet):
    reporter = Reporter(proof=proof)
    reporter.finish(Sheet(**{"words": f"words of {reporter.draft}", "pace": pace, "turn": 3} | sheet))
    return Report.objects.get(id=actions.open_draft(SYSTEM, draft=reporter.draft).report)


def test_beyond_the_budget_what_brings_no_work_waits_in_quarantine(db):
    standings = [arrive().standing for _ in range(22)]
    assert standings == [Standing.OPEN] * 20 + [Standing.QUARANTINED] * 2
    assert arrive(proof=16).standing == Standing.OPEN
    assert arrive(form=Form.OWN).standing == Standing.OPEN


def test_an_hour_later_there_is_room_again(db):
    with clock.standing_at(NOON):
        for _ in range(21):
            arrive()
    with clock.standing_at(NOON + timedelta(minutes=61)):
        assert arrive().standing == Standing.OPEN


def test_haste_and_repetition_cost_credit(db):
    assert (arrive(pace=2).lane, arrive(pace=30).lane) == (Lane.HASTY, Lane.TIMED)
    credits = [arrive(words="the very same few words").credit for _ in range(4)]
    assert credits == [1, 1, 1, -1]


def test_in_quarantine_the_likeliest_stand_first(mira):
    for _ in range(20):
        arrive()
    for _ in range(5):
        arrive(words="x", pace=1)
    genuine = [arrive(urls=(f"https://pictures.example/{n}",)).id for n in range(3)]
    found = sorting.quarantine(mira)
    assert [each.id for each in found.rows[:3]] == genuine
    assert found.total == 8
    assert dict(found.by_credit) == {3: 3, -2: 3, -4: 2}


def test_what_is_discarded_in_bulk_came_before_the_person_looked(mira):
    for _ in range(23):
        arrive(words="x", pace=1)
    read_at = sorting.quarantine(mira).read_at
    with clock.standing_at(read_at + timedelta(seconds=1)):
        late = arrive(words="x", pace=1)
    assert flood_actions.discard_credit(mira, credit=-5, before=read_at, seen=Seen(number=0)) == 0
    assert flood_actions.discard_credit(mira, credit=-2, before=read_at, seen=Seen(number=3)) == 3
    assert len(sorting.untold(limit=10)) == 3
    assert Report.objects.get(id=late.id).standing == Standing.QUARANTINED


def test_what_is_discarded_in_bulk_is_what_was_seen(mira):
    for _ in range(23):
        arrive(words="x", pace=1)
    found = sorting.quarantine(mira)
    flood_actions.release_reports(mira, reports=[found.rows[0].id])
    for seen in (found.at_most(-2), Seen(number=4, is_more=True), Seen(number=1)):
        with pytest.raises(Conflict, match="changed since you looked"):
            flood_actions.discard_credit(mira, credit=-2, before=found.read_at, seen=seen)
    assert sorting.waiting_in_quarantine(mira) == 2
    flood_actions.discard_credit(mira, credit=-2, before=found.read_at, seen=Seen(number=1, is_more=True))
    assert sorting.waiting_in_quarantine(mira) == 0


def test_begun_and_finished_are_counted_by_day_and_language(mira):
    with clock.standing_at(NOON):
        arrive(language="fr")
        left = Reporter()
        left.answer(Sheet(language="fr", form=Form.OWN, happening="threat"))
        assert actions.open_draft(SYSTEM, draft=left.draft) is None
        (figure,) = sorting.figures(mira)
    assert (figure.language, figure.begun, figure.finished, figure.abandoned) == ("fr", 2, 1, 1)


def test_a_draft_that_goes_on_is_counted_once(db):
    reporter = Reporter()
    reporter.answer(Sheet(words="half"))
    actions.open_draft(SYSTEM, draft=reporter.draft)
    reporter.finish(Sheet(words="all of it", turn=2))
    actions.open_draft(SYSTEM, draft=reporter.draft)
    tally = Tally.objects.get()
    assert (tally.begun, tally.finished) == (1, 1)
