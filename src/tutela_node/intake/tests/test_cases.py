"""What a person set apart stays apart; what a person joined is one case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Forbidden, Invalid, Missing
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, queries
from tutela_node.intake.case_actions import join_cases, split_case
from tutela_node.intake.documents import Document
from tutela_node.intake.errors import NoSuchReport, TakenByAnother
from tutela_node.intake.facts import Facts
from tutela_node.intake.marks import MarkKind
from tutela_node.intake.models import Apart, Bundle, Report
from tutela_node.intake.rules import Channel
from tutela_node.intake.sense import Found
from tutela_node.intake.sense_actions import take_bundle, weigh_report
from tutela_node.intake.triage import bundle, bundle_of, in_bundle, shared_marks

pytestmark = pytest.mark.django_db
SHARED = Facts(ips=("192.0.2.7",))  # a school, a café: many people behind one address
KITE = replace(SHARED, accounts=("chat.example:kite",))
OTHER = replace(SHARED, accounts=("chat.example:other",))


def weigh(report):
    weigh_report(SYSTEM, report=report, found=Found.UNCHECKED)
    return report


@pytest.fixture
def send(harbour):
    def run(facts, *, channel=Channel.CYBERTIP):
        document = Document(channel=channel, original=b"<report/>", facts=facts)
        actor = replace(harbour, scopes=None) if channel is Channel.CYBERTIP else SYSTEM
        return weigh(actions.receive_document(actor, document=document).report)

    return run


def case_of(report):
    return Report.objects.get(id=report).bundle_id


def split(actor, *reports, why=""):
    return split_case(actor, bundle=case_of(reports[0]), reports=reports, why=why)


def test_a_report_that_does_not_belong_is_a_case_of_its_own(send, mira):
    first, wrong, last = send(KITE), send(replace(OTHER, at_risk=True)), send(KITE)
    made = split(mira, wrong)
    assert (case_of(wrong), case_of(first), case_of(last)) == (made, case_of(last), case_of(first))
    stays, apart = bundle_of(mira, first), bundle(mira, made)
    assert (stays.count, stays.open_count, stays.head.id, stays.head.urgency) == (2, 2, first, stays.head.urgency)
    assert (apart.count, apart.open_count, apart.senders, apart.head.id) == (1, 1, 1, wrong)
    assert apart.head.urgency > stays.head.urgency


def test_weighing_again_does_not_undo_it(send, mira):
    first, wrong = send(KITE), send(OTHER)
    made = split(mira, wrong)
    assert [case_of(weigh(each)) for each in (first, wrong, first)] == [case_of(first), made, case_of(first)]
    assert Bundle.objects.count() == 2


def test_a_later_report_that_names_both_does_not_make_them_one(send, mira):
    first, wrong = send(KITE), send(OTHER)
    made = split(mira, wrong)
    both = send(replace(SHARED, accounts=("chat.example:kite", "chat.example:other")))
    assert case_of(both) in {case_of(first), made}
    assert case_of(first) != case_of(wrong) == made


def test_those_that_were_set_apart_one_by_one_are_apart_from_each_other(send, mira):
    first, second, third = send(KITE), send(OTHER), send(SHARED)
    split(mira, second)
    split_case(mira, bundle=case_of(first), reports=[third])
    for each in (first, second, third):
        weigh(each)
    assert len({case_of(first), case_of(second), case_of(third)}) == 3


def test_what_is_apart_stays_apart_when_a_case_becomes_part_of_another(send, mira):
    first, wrong = send(KITE), send(OTHER)
    made = split(mira, wrong)
    with clock.standing_at(clock.now() - timedelta(days=2)):
        older = send(Facts(accounts=("mail.example:old",)))
    join_cases(mira, bundle=case_of(first), reference=queries.reference_of(older))
    assert case_of(first) == case_of(older)
    weigh(wrong)
    assert (case_of(wrong), Apart.objects.count()) == (made, 1)


def test_what_was_set_apart_is_joined_again_by_a_person(send, mira):
    first, wrong = send(KITE), send(OTHER)
    made = split(mira, wrong)
    kept = join_cases(mira, bundle=made, reference=f" {queries.reference_of(first)} ", why="the same school")
    assert case_of(first) == case_of(wrong) == kept
    assert (bundle(mira, kept).count, Apart.objects.count(), Bundle.objects.count()) == (2, 0, 1)
    assert AuditRecord.objects.get(verb="case.joined").note == "the same school"


def test_what_is_done_is_written_down_for_case_and_report(send, mira):
    send(KITE)
    wrong = send(OTHER)
    split(mira, wrong, why="another pupil")
    assert AuditRecord.objects.filter(verb="report.set_apart", subject=wrong, actor=mira.id).count() == 1
    assert AuditRecord.objects.get(verb="case.split").note == "another pupil"


def test_a_case_keeps_one_report_at_least(send, mira):
    first, second = send(KITE), send(KITE)
    with pytest.raises(Invalid, match="leave at least one"):
        split(mira, first, second)
    with pytest.raises(Invalid, match="choose 1 to"):
        split_case(mira, bundle=case_of(first), reports=[])
    assert Bundle.objects.count() == 1


def test_a_report_of_another_case_is_not_moved(send, mira):
    first, second = send(KITE), send(KITE)
    stranger = send(Facts(accounts=("mail.example:far",)))
    with pytest.raises(NoSuchReport):
        split_case(mira, bundle=case_of(first), reports=[second, stranger])
    assert case_of(first) == case_of(second)


def test_a_case_of_a_colleague_is_the_colleagues_to_sort(send, mira, pavel):
    first, second, other = send(KITE), send(KITE), send(Facts(accounts=("mail.example:far",)))
    take_bundle(pavel, bundle=case_of(first))
    with pytest.raises(TakenByAnother):
        split(mira, second)
    with pytest.raises(TakenByAnother):
        join_cases(mira, bundle=case_of(other), reference=queries.reference_of(first))
    made = split(pavel, second)
    assert bundle(pavel, made).taken_by == pavel.id


def test_the_police_do_not_move_what_they_may_not_read(send, mira, pavel):
    """A mail that was not referred to them stands in a case with what a provider sent."""
    from_provider, mail = send(KITE), send(KITE, channel=Channel.MAIL)
    assert case_of(from_provider) == case_of(mail)
    with pytest.raises(NoSuchReport):
        split(pavel, mail)
    lone = send(Facts(accounts=("mail.example:far",)), channel=Channel.MAIL)
    with pytest.raises(NoSuchReport):
        join_cases(pavel, bundle=case_of(from_provider), reference=queries.reference_of(lone))
    with pytest.raises(NoSuchReport):
        join_cases(pavel, bundle=case_of(lone), reference=queries.reference_of(from_provider))
    with pytest.raises(Missing):
        bundle(pavel, case_of(lone))
    split(pavel, from_provider)
    assert [each.id for each in in_bundle(mira, case_of(mail))] == [mail]


@pytest.mark.parametrize("reference", ["", "999999", "100001'--"])
def test_a_number_that_nobody_has_joins_nothing(send, mira, reference):
    first = send(KITE)
    with pytest.raises(NoSuchReport):
        join_cases(mira, bundle=case_of(first), reference=reference)
    with pytest.raises(Invalid, match="already"):
        join_cases(mira, bundle=case_of(first), reference=queries.reference_of(first))


def test_a_case_that_is_gone_is_said(mira):
    with pytest.raises(Missing, match="part of another"):
        split_case(mira, bundle=new_id(), reports=[new_id()])


def test_an_operator_sorts_no_cases(send, olga):
    first = send(KITE)
    with pytest.raises(Forbidden):
        split(olga, first)
    with pytest.raises(Forbidden):
        join_cases(olga, bundle=case_of(first), reference="100001")


def test_by_what_reports_are_tied_is_said_of_each(send, mira):
    first, second, third = send(KITE), send(KITE), send(OTHER)
    shared = shared_marks(mira, case_of(first), [first, third])
    assert shared == {first: {MarkKind.ACCOUNT, MarkKind.IP}, third: {MarkKind.IP}}
    split(mira, third)
    assert shared_marks(mira, case_of(third), [third]) == {}
    assert shared_marks(mira, case_of(second), [second]) == {second: {MarkKind.ACCOUNT, MarkKind.IP}}
