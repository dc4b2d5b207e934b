"""Reports of words of one case are decided alike: each has its own assessment, and nothing else comes along."""

from dataclasses import replace

import pytest

from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import case_actions, triage
from tutela_node.intake import queries as reports
from tutela_node.intake.documents import Document
from tutela_node.intake.facts import Facts
from tutela_node.intake.rules import Channel
from tutela_node.journeys import assessment_made
from tutela_node.journeys.report_received import provider_report
from tutela_node.journeys.tests.test_stories import later
from tutela_node.review import actions as review
from tutela_node.review import queries as verdicts
from tutela_node.review.errors import NotAlike
from tutela_node.review.models import Assessment

pytestmark = pytest.mark.django_db
KITE = Facts(accounts=("chat.example:kite",))


@pytest.fixture
def tell(harbour, run_due):
    def run(number, facts=KITE):
        document = Document(
            channel=Channel.PROVIDER, original=f"{number}".encode(), words=f"a test message {number}", facts=facts
        )
        report = provider_report(replace(harbour, scopes=None), document=document).report
        run_due()
        return report

    return run


def decide(actor, report, *alike, code="A"):
    return assessment_made.assess(actor, item=report, code=code, ground="own_view", viewed=False, alike=alike)


def test_each_of_them_is_assessed_and_two_people_decide_all(tell, mira, timo, run_due):
    told = [tell(number) for number in range(3)]
    assert set(verdicts.words_for(mira, told)) == set(told)
    decide(mira, told[0], *told[1:])
    assert verdicts.words_for(mira, told) == ()
    decide(timo, told[1], told[0], told[2])
    with later():
        run_due()
    assert [verdicts.verdict_of(each).illegal for each in told] == [True] * 3
    assert Assessment.objects.count() == 6
    assert {reports.report(SYSTEM, each).state for each in told} == {"working"}


def test_a_report_of_another_case_is_not_decided_along(tell, mira):
    first, stranger = tell(1), tell(2, Facts(accounts=("mail.example:far",)))
    with pytest.raises(NotAlike):
        decide(mira, first, stranger)
    assert not Assessment.objects.exists()


def test_what_was_set_apart_meanwhile_is_not_decided_along(tell, mira):
    first, second, third = (tell(number) for number in range(3))
    case_actions.split_case(mira, bundle=triage.bundle_of(mira, first).id, reports=[third])
    with pytest.raises(NotAlike):
        decide(mira, first, second, third)
    assert not Assessment.objects.exists()


def test_what_a_colleague_works_on_or_one_assessed_is_not_decided_along(tell, mira, timo):
    first, second, third = (tell(number) for number in range(3))
    review.claim(timo, item=second)
    with pytest.raises(NotAlike):
        decide(mira, first, second)
    decide(mira, third)
    with pytest.raises(NotAlike):
        decide(mira, first, third)
    assert Assessment.objects.count() == 1


def test_one_may_be_withdrawn_and_the_others_stand(tell, mira):
    first, second = tell(1), tell(2)
    decide(mira, first, second, second, first)
    assessment_made.withdraw(mira, assessment=Assessment.objects.get(item=second).id)
    assert verdicts.words_for(mira, [first, second]) == (second,)


def test_nothing_that_has_a_picture_is_decided_along(tell, mira, harbour, run_due):
    first = tell(1)
    document = Document(channel=Channel.PROVIDER, original=b"x", urls=("https://pictures.example/none",), facts=KITE)
    other = provider_report(replace(harbour, scopes=None), document=document).report
    with pytest.raises(NotAlike):
        decide(mira, first, other)
