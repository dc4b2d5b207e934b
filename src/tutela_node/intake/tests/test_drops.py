"""Drops and what opening them makes: a report, once, with everything that was said."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from tutela_node.foundation import clock
from tutela_node.foundation.clock import standing_at
from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.models import AuditRecord, PendingEvent
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, queries
from tutela_node.intake.errors import BadDrop
from tutela_node.intake.models import Drop, Report
from tutela_node.intake.rules import Sheet
from tutela_node.intake.tests.dropping import Reporter

pytestmark = pytest.mark.django_db
URL = "https://pictures.example/a/1"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_same_step_is_kept_once():
    reporter = Reporter()
    step = reporter.answer(Sheet(words="first"))
    reporter.answer(Sheet(words="changed"), step=step)
    assert Drop.objects.count() == 1
    assert queries.is_stored(step)


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        ({"step": "x"}, "step"),
        ({"draft": "ABC"}, "draft"),
        ({"sealed": b""}, "sealed"),
        ({"sealed": b"x" * 300_000}, "sealed"),
        ({"kind": "finish"}, "locator"),
    ],
)
def test_a_drop_of_another_form_is_refused(bad, place):
    good = {"step": secrets.token_hex(16), "draft": secrets.token_hex(16), "kind": "answer", "sealed": b"x"}
    with pytest.raises(BadDrop) as caught:
        actions.drop(**(good | bad))
    assert caught.value.place == place


def test_a_finished_draft_becomes_a_report(mira):
    reporter = Reporter()
    reporter.answer(Sheet(urls=(URL,), turn=1))
    reporter.finish(Sheet(urls=(URL,), words="on the second page", thing="picture", turn=4, language="fr"))
    opened = actions.open_draft(SYSTEM, draft=reporter.draft)
    assert (opened.urls, opened.words, opened.language) == ((URL,), "on the second page", "fr")
    told = queries.report(mira, opened.report)
    assert (told.thing, told.urls, told.state) == ("picture", (URL,), "received")
    assert told.reference.isdigit()


def test_opening_again_finds_nothing_new():
    reporter = Reporter()
    reporter.finish(Sheet(words="once"))
    assert actions.open_draft(SYSTEM, draft=reporter.draft)
    assert actions.open_draft(SYSTEM, draft=reporter.draft) is None
    assert Report.objects.count() == 1


def test_what_was_opened_is_emptied_and_the_report_keeps_it_sealed():
    reporter = Reporter()
    reporter.finish(Sheet(words="harbour wall"))
    actions.open_draft(SYSTEM, draft=reporter.draft)
    assert bytes(Drop.objects.get().sealed) == b""
    row = Report.objects.get()
    assert b"harbour" not in bytes(row.original_sealed) + bytes(row.words_sealed)


def test_a_late_end_brings_the_report_up_to_date(mira):
    reporter = Reporter()
    reporter.answer(Sheet(words="half", turn=1))
    report = actions.open_draft(SYSTEM, draft=reporter.draft).report
    actions.answer(SYSTEM, report=report, sentence="received")
    assert queries.answers(reporter.locator, clock.now() + timedelta(days=2)) == ()
    reporter.finish(Sheet(words="whole", turn=2))
    assert actions.open_draft(SYSTEM, draft=reporter.draft).report == report
    assert queries.report(mira, report).words == "whole"
    assert len(queries.answers(reporter.locator, clock.now() + timedelta(days=2))) == 1


def test_a_box_that_does_not_open_never_stops_the_others():
    reporter = Reporter()
    actions.drop(step=secrets.token_hex(16), draft=reporter.draft, kind="answer", sealed=b"no box")
    reporter.finish(Sheet(words="fine"))
    assert actions.open_draft(SYSTEM, draft=reporter.draft).words == "fine"
    assert Drop.objects.filter(sealed=b"no box").exists()


def test_a_draft_of_which_nothing_opens_is_no_report():
    draft = secrets.token_hex(16)
    actions.drop(step=secrets.token_hex(16), draft=draft, kind="answer", sealed=b"no box")
    assert actions.open_draft(SYSTEM, draft=draft) is None
    assert AuditRecord.objects.filter(verb="drop.refused").exists()


def test_a_box_of_one_draft_does_not_open_in_another():
    reporter, other = Reporter(), Reporter()
    reporter.answer(Sheet(words="mine"))
    Drop.objects.update(draft=other.draft)
    assert actions.open_draft(SYSTEM, draft=other.draft) is None


def test_only_the_node_opens(mira):
    reporter = Reporter()
    reporter.finish(Sheet(words="sealed"))
    with pytest.raises(Forbidden):
        actions.open_draft(mira, draft=reporter.draft)


def test_opening_is_written_down():
    reporter = Reporter()
    reporter.finish(Sheet(words="x"))
    report = actions.open_draft(SYSTEM, draft=reporter.draft).report
    assert PendingEvent.objects.filter(subject=report).count() == 1
    assert AuditRecord.objects.get(subject=report).verb == "report.received"


def test_a_draft_is_due_when_finished_or_left_alone():
    left, finished, fresh = Reporter(), Reporter(), Reporter()
    with standing_at(NOON - timedelta(minutes=31)):
        left.answer(Sheet(words="left"))
    with standing_at(NOON):
        fresh.answer(Sheet(words="fresh"))
        finished.finish(Sheet(words="done"))
    assert set(queries.due_drafts(NOON, 30)) == {left.draft, finished.draft}
    assert queries.unfinished_drafts() == (left.draft, fresh.draft)
