"""Reports that belong together stand as one, and the urgent one stands out."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Forbidden, Invalid
from tutela_node.foundation.models import AuditRecord
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions, queries
from tutela_node.intake.documents import Document
from tutela_node.intake.errors import TakenByAnother
from tutela_node.intake.facts import Concern, Facts, FileFacts
from tutela_node.intake.models import Bundle, Mark
from tutela_node.intake.referral_actions import refer
from tutela_node.intake.rules import Channel
from tutela_node.intake.sense import Band, Found, Why
from tutela_node.intake.sense_actions import give_back_bundle, mark_read, take_bundle, weigh_report
from tutela_node.intake.triage import SHOWN, Asked, bundle_of, find_reports, in_bundle, triage, weighed

pytestmark = pytest.mark.django_db
FILE = hashlib.sha256(b"a pattern").hexdigest()


@pytest.fixture
def harbour_may(harbour):
    return replace(harbour, scopes=None)


@pytest.fixture
def send(harbour_may):
    def run(facts=None, *, urls=(), found=Found.UNCHECKED, actor=harbour_may):
        document = Document(channel=Channel.CYBERTIP, original=b"<report/>", facts=facts or Facts(), urls=urls)
        report = actions.receive_document(actor, document=document).report
        weigh_report(SYSTEM, report=report, found=found)
        return report

    return run


def only_bundle():
    return Bundle.objects.get()


def test_a_report_alone_is_a_bundle_of_one(send, mira):
    report = send(Facts(at_risk=True))
    line = triage(mira, Asked()).bundles[0]
    assert (line.head.id, line.count, line.head.band) == (report, 1, Band.NOW)
    assert line.head.reasons[0] == (Why.AT_RISK, 50)


@pytest.mark.parametrize(
    "facts",
    [
        Facts(accounts=("chat.example:Kite",)),
        Facts(mails=("kite@mail.example",)),
        Facts(phones=("+1 555 0100 22",)),
        Facts(hashes=(f"sha256:{FILE}",)),
        Facts(ips=("192.0.2.7",)),
        Facts(hosts=("harbour.example",)),
        Facts(files=(FileFacts(sha256=FILE),)),
    ],
)
def test_the_same_mark_ties_two_reports(send, facts):
    send(facts)
    send(facts)
    assert (only_bundle().count, only_bundle().open_count) == (2, 2)


def test_marks_are_written_in_one_way(send):
    send(Facts(accounts=("CHAT.example:kite",), phones=("0015550100",)), urls=("http://A.example:80/x",))
    send(Facts(phones=("+1 (555) 0100",)))
    send(urls=("http://a.example/./x",))
    send(Facts(accounts=("chat.example:KITE",)))
    assert only_bundle().count == 4


def test_the_table_of_marks_names_nobody(send):
    send(Facts(accounts=("chat.example:kite",)))
    assert not any("kite" in str(value) for row in Mark.objects.values() for value in row.values())


def test_a_report_that_meets_two_bundles_makes_them_one(send):
    first, second = send(Facts(accounts=("a:1",))), send(Facts(accounts=("b:2",)))
    assert Bundle.objects.count() == 2
    send(Facts(accounts=("a:1", "b:2")))
    assert (only_bundle().count, only_bundle().senders) == (3, 1)
    assert {first, second} <= {each.id for each in in_bundle(SYSTEM, only_bundle().id)}


def test_an_earlier_report_that_is_named_ties(send):
    first = send(Facts())
    send(Facts(prior=(queries.reference_of(first),)))
    assert only_bundle().count == 2


def test_a_mark_that_many_carry_ties_nothing(send):
    for number in range(23):
        send(Facts(hosts=("big.example",), at_risk=number == 22))
    assert {each.count for each in Bundle.objects.all()} == {21, 1}


def test_a_mark_ties_within_its_days(send):
    send(Facts(ips=("192.0.2.7",)))
    with clock.standing_at(clock.now() + timedelta(days=8)):
        send(Facts(ips=("192.0.2.7",)))
    assert Bundle.objects.count() == 2


def test_a_widely_passed_on_file_ties_no_accounts(send):
    viral = Facts(files=(FileFacts(sha256=FILE, viral=True),), accounts=("chat.example:kite",))
    send(viral)
    send(replace(viral, accounts=("chat.example:other",)))
    send(Facts(accounts=("chat.example:kite",)))
    assert sorted(each.count for each in Bundle.objects.all()) == [1, 2]


def test_what_names_nothing_new_is_a_duplicate(send, mira):
    first = send(urls=("https://a.example/1", "https://a.example/2"))
    again, more = send(urls=("https://a.example/1",)), send(urls=("https://a.example/1", "https://a.example/3"))
    assert weighed(mira, again).duplicate_of == first
    assert Why.DUPLICATE in dict(weighed(mira, again).reasons)
    assert weighed(mira, more).duplicate_of is None


def test_weighing_again_changes_only_what_became_known(send, mira):
    report = send(Facts(hashes=(f"sha256:{FILE}",)))
    before = weighed(mira, report)
    weigh_report(SYSTEM, report=report, found=Found.EXACT)
    after = weighed(mira, report)
    assert (after.bundle, only_bundle().count) == (before.bundle, 1)
    assert after.urgency == before.urgency - 15
    assert triage(mira, Asked()).bundles[0].head.urgency == after.urgency


def test_the_most_urgent_open_report_speaks_for_its_bundle(send, mira):
    same = Facts(accounts=("a:1",))
    send(same)
    urgent = send(replace(same, at_risk=True))
    assert bundle_of(mira, urgent).head.id == urgent
    actions.answer(SYSTEM, report=urgent, sentence="closed_gone")
    assert (only_bundle().open_count, bundle_of(mira, urgent).head.band) == (1, Band.USUAL)


def test_a_bundle_whose_reports_are_closed_leaves_the_list(send, mira):
    report = send()
    actions.answer(SYSTEM, report=report, sentence="closed_gone")
    assert not triage(mira, Asked()).bundles
    assert [each.head.id for each in triage(mira, Asked(is_over=True)).bundles] == [report]


def test_a_case_that_was_acted_on_waits_no_more(send, mira):
    actions.answer(SYSTEM, report=send(Facts(at_risk=True)), sentence="acted")
    assert not triage(mira, Asked()).bundles


def test_a_number_of_somebody_elses_report_ties_nothing(send, harbour_may):
    first = send(Facts())
    stranger = replace(harbour_may, organisation=None)
    send(Facts(prior=(queries.reference_of(first),)), actor=stranger)
    assert Bundle.objects.count() == 2


def test_one_report_makes_no_more_than_five_cases_one(send):
    for number in range(8):
        send(Facts(accounts=(f"a:{number}",)))
    send(Facts(accounts=tuple(f"a:{number}" for number in range(8))))
    assert sorted(each.count for each in Bundle.objects.all()) == [1, 1, 1, 6]


def test_who_reports_first_makes_no_later_word_weigh_less(send, mira):
    url = ("https://a.example/1",)
    send(Facts(informational=True), urls=url)
    serious = weighed(mira, send(Facts(at_risk=True), urls=url))
    assert (serious.urgency, serious.band) == (75, Band.NOW)
    assert serious.duplicate_of is not None


def test_the_police_list_what_machines_sent_and_what_was_referred(send, mira, pavel):
    send(Facts())
    document = Document(channel=Channel.PHONE, original=b"a call", words="said on the telephone")
    told = actions.receive_document(mira, document=document)
    weigh_report(SYSTEM, report=told.report, found=Found.UNCHECKED)
    assert (len(triage(mira, Asked()).bundles), len(triage(pavel, Asked()).bundles)) == (2, 1)
    assert not find_reports(pavel, told.reference)
    refer(SYSTEM, report=told.report, happening="grooming")
    assert len(triage(pavel, Asked()).bundles) == 2


def test_a_claim_that_ran_out_gives_way_when_cases_become_one(send, mira, pavel):
    send(Facts(accounts=("a:1",)))
    send(Facts(accounts=("b:2",)))
    first, second = Bundle.objects.order_by("first_at")
    with clock.standing_at(clock.now() - timedelta(hours=13)):
        take_bundle(mira, bundle=first.id)
    take_bundle(pavel, bundle=second.id)
    send(Facts(accounts=("a:1", "b:2")))
    assert only_bundle().taken_by == pavel.id


def test_the_list_narrows_and_goes_on_where_it_ended(send, mira):
    for number in range(SHOWN + 3):
        send(Facts(concern=Concern.GROOMING if number % 2 else Concern.UNSAID))
    first = triage(mira, Asked())
    second = triage(mira, Asked(after=first.after))
    assert (len(first.bundles), len(second.bundles), second.after) == (SHOWN, 3, "")
    assert len({each.id for each in (*first.bundles, *second.bundles)}) == SHOWN + 3
    assert {each.head.concern for each in triage(mira, Asked(concern=Concern.GROOMING)).bundles} == {"grooming"}
    assert sum(first.counts.values()) == SHOWN + 3
    assert not triage(mira, Asked(band=Band.NOW)).bundles


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "1.2.3",
        "1.2026-11-26T00:00:00.x",
        "5.2026-11-26.00000000-0000-0000-0000-0",
        "5.0001-01-01T00:00:00+14:00.00000000-0000-0000-0000-000000000000",
    ],
)
def test_a_place_that_is_none_is_refused(mira, after):
    with pytest.raises(Invalid, match="top"):
        triage(mira, Asked(after=after))


@pytest.mark.parametrize("text", ["chat.example:KITE", "harbour.example", "192.0.2.7", f" {FILE.upper()} "])
def test_reports_are_found_by_what_they_name(send, mira, text):
    facts = Facts(accounts=("chat.example:kite",), hosts=("harbour.example",), ips=("192.0.2.7",))
    report = send(replace(facts, hashes=(f"sha256:{FILE}",)))
    send()
    assert [each.id for each in find_reports(mira, text)] == [report]


def test_reports_are_found_by_their_number_and_searching_is_written_down(send, mira):
    report = send()
    assert find_reports(mira, queries.reference_of(report))[0].id == report
    assert AuditRecord.objects.filter(verb="reports.searched", is_read=True).count() == 1
    with pytest.raises(Invalid):
        find_reports(mira, "  ")


def test_somebody_has_read_it_until_something_new_comes(send, mira):
    report = send(Facts(accounts=("a:1",)))
    mark_read(mira, bundle=only_bundle().id)
    assert bundle_of(mira, report).read_by == mira.name
    send(Facts(accounts=("a:1",)))
    assert not bundle_of(mira, report).is_read


def test_a_provider_reads_no_list(harbour_may):
    for call in (lambda: triage(harbour_may, Asked()), lambda: find_reports(harbour_may, "a.example")):
        with pytest.raises(Forbidden):
            call()


def test_one_person_takes_a_case_until_it_is_given_back_or_the_shift_is_over(send, mira, pavel):
    send()
    case = only_bundle().id
    take_bundle(mira, bundle=case)
    with pytest.raises(TakenByAnother):
        take_bundle(pavel, bundle=case)
    give_back_bundle(pavel, bundle=case)
    assert triage(pavel, Asked()).bundles[0].taken_by == mira.id
    with clock.standing_at(clock.now() + timedelta(hours=13)):
        assert triage(pavel, Asked()).bundles[0].taken_by is None
        take_bundle(pavel, bundle=case)
    give_back_bundle(pavel, bundle=case)
    assert triage(mira, Asked()).bundles[0].taken_name == ""


def test_who_works_on_a_case_works_on_what_it_becomes(send, mira):
    send(Facts(accounts=("a:1",)))
    send(Facts(accounts=("b:2",)))
    take_bundle(mira, bundle=Bundle.objects.order_by("-first_at").first().id)
    send(Facts(accounts=("a:1", "b:2")))
    assert only_bundle().taken_by == mira.id


def test_a_period_has_the_order_pages_and_counts_of_the_whole_list(send, mira):
    for number in range(SHOWN + 9):
        send(Facts(concern=Concern.GROOMING if number % 3 else Concern.MATERIAL, at_risk=number % 4 == 0))
    since = clock.now() - timedelta(days=1)
    for asked in (Asked(), Asked(concern=Concern.GROOMING), Asked(band=Band.NOW)):
        assert told_of(mira, replace(asked, since=since)) == told_of(mira, asked)
    assert not triage(mira, Asked(since=clock.now() + timedelta(minutes=1))).bundles


def told_of(actor, asked):
    found = triage(actor, asked)
    pages = [found]
    while pages[-1].after:
        pages.append(triage(actor, replace(asked, after=pages[-1].after)))
    return [each.id for page in pages for each in page.bundles], found.counts
