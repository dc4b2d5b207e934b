"""How good a provider's reports are, from what was noted of each."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Forbidden
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.providers import actions, queries
from tutela_node.providers.rules import FEW, NotedReport, Outcome, first_day, months_of, quality_of

DAY = date(2026, 11, 26)
GOOD = NotedReport(day=DAY, completeness=80, files=2, viewed=1, delay_minutes=30, outcome=Outcome.ILLEGAL)


def test_shares_are_of_what_they_are_said_of():
    poor = NotedReport(day=DAY, completeness=20, is_parsed=False, lacks=("time",))
    quality = quality_of([GOOD] * 6 + [poor] * 4)
    assert (quality.reports, quality.parsed, quality.completeness, quality.viewed) == (10, 60, 56, 50)
    assert (quality.illegal, quality.decided, quality.delay_minutes) == (100, 6, 30)
    assert quality.lacks == (("time", 40),)


def test_a_share_of_few_is_not_said():
    quality = quality_of([GOOD] * (FEW - 1))
    assert (quality.parsed, quality.illegal, quality.completeness) == (None, None, None)
    assert quality_of([]).reports == 0


@given(st.lists(st.builds(NotedReport, day=st.just(DAY), completeness=st.integers(0, 100), files=st.integers(0, 9))))
def test_shares_stay_between_0_and_100(reports):
    quality = quality_of(reports)
    assert all(0 <= share <= 100 for share in (quality.parsed, quality.completeness) if share is not None)


@pytest.mark.parametrize(("today", "first"), [(DAY, date(2025, 12, 1)), (date(2026, 1, 31), date(2025, 2, 1))])
def test_twelve_months_end_with_this_one(today, first):
    months = months_of([today, today], until=today)
    assert (first_day(today), months[0][0], len(months)) == (first, first, 12)
    assert months[-1] == (today.replace(day=1), 2)


@pytest.mark.django_db
def test_figures_are_brought_up_to_date_and_an_outcome_stays(harbour, olga):
    report, home, today = new_id(), harbour.organisation, clock.now().date()
    actions.note_report(SYSTEM, report=report, organisation=home, noted=NotedReport(day=today, completeness=10))
    actions.note_outcome(SYSTEM, report=report, illegal=True)
    actions.note_report(SYSTEM, report=report, organisation=home, noted=NotedReport(day=today, completeness=90))
    quality = queries.quality(olga, home, since=today)
    assert (quality.reports, quality.decided) == (1, 1)
    assert queries.months(olga, home)[-1][1] == 1
    assert AuditRecord.objects.filter(verb="quality.read", subject=home).count() == 1


@pytest.mark.django_db
def test_only_the_node_notes_and_a_provider_reads_nothing(harbour, mira):
    noted = NotedReport(day=DAY, completeness=1)
    with pytest.raises(Forbidden):
        actions.note_report(mira, report=new_id(), organisation=harbour.organisation, noted=noted)
    with pytest.raises(Forbidden):
        queries.months(harbour, harbour.organisation)
