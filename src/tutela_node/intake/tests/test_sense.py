"""What makes a report urgent, and what it leaves open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from tutela_node.foundation.profile import Triage
from tutela_node.foundation.profile.shape import Points
from tutela_node.intake.facts import Concern, Facts, FileFacts
from tutela_node.intake.rules import Voice
from tutela_node.intake.sense import Around, Band, Found, Lack, Why, hours_until_look, weigh
from tutela_node.intake.tests.test_facts import FACTS

AT = datetime(2026, 11, 26, 10, tzinfo=UTC)
RULE = Triage(version="test")
BARE = Around(received_at=AT)


def reasons(facts, around=BARE):
    return {why for why, _ in weigh(facts, around, RULE).reasons}


def test_a_child_at_risk_stands_before_everything_that_is_usual():
    risk = weigh(Facts(at_risk=True), BARE, RULE)
    usual = weigh(Facts(files=(FileFacts(viewed=True),)), replace(BARE, found=Found.NONE), RULE)
    assert (risk.band, usual.band) == (Band.NOW, Band.USUAL)
    assert risk.reasons[0] == (Why.AT_RISK, RULE.points.at_risk)


def test_a_child_that_is_extorted_and_tells_us_is_looked_at_now():
    assert weigh(Facts(concern=Concern.EXTORTION, own=True), replace(BARE, voice=Voice.TEEN), RULE).band is Band.NOW


def test_what_is_known_or_passed_on_widely_comes_later():
    viral = weigh(Facts(viral=True), replace(BARE, found=Found.EXACT, is_duplicate=True), RULE)
    assert (viral.urgency, viral.band) == (0, Band.LATER)
    assert weigh(Facts(viral=True, at_risk=True), replace(BARE, found=Found.EXACT), RULE).band is not Band.LATER


@pytest.mark.parametrize(("hours", "is_recent"), [(1, True), (24, True), (25, False), (-1, True)])
def test_recent_is_within_a_day(hours, is_recent):
    assert (Why.RECENT in reasons(Facts(happened_at=AT - timedelta(hours=hours)))) is is_recent


def test_not_said_counts_as_not_viewed():
    assert Why.VIEWED not in reasons(Facts(files=(FileFacts(),)))
    assert Why.VIEWED in reasons(Facts(files=(FileFacts(), FileFacts(viewed=True))))


def test_one_file_that_is_not_passed_on_widely_makes_the_report_count():
    assert Why.VIRAL in reasons(Facts(files=(FileFacts(viral=True),)))
    assert Why.VIRAL not in reasons(Facts(files=(FileFacts(viral=True), FileFacts())))


def test_completeness_says_what_is_lacking():
    bare = weigh(Facts(), BARE, RULE)
    assert (bare.completeness, bare.lacks) == (0, tuple(Lack))
    full = Facts(accounts=("a:b",), ips=("192.0.2.1",), happened_at=AT, files=(FileFacts(viewed=True),))
    assert weigh(full, replace(BARE, has_words=True), RULE).completeness == 100


def test_reasons_are_points_of_the_profile():
    rule = replace(RULE, points=Points(at_risk=7, received=1))
    assert weigh(Facts(at_risk=True), BARE, rule).urgency == 8
    assert {each.value for each in Why} == set(Points.__dataclass_fields__)


@given(FACTS)
def test_figures_stay_between_0_and_100(facts):
    sense = weigh(facts, BARE, RULE)
    assert 0 <= sense.urgency <= 100
    assert 0 <= sense.completeness <= 100


def test_what_is_urgent_is_looked_at_sooner():
    assert hours_until_look([], RULE, otherwise=24) == 24
    assert hours_until_look([Band.LATER, Band.SOON], RULE, otherwise=24) == RULE.soon_hours
    assert hours_until_look([Band.SOON, Band.NOW], RULE, otherwise=24) == RULE.now_hours
