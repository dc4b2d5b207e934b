"""The stories, called as the desks call them, with the worker's loops run by hand."""

from datetime import timedelta

import pytest

from tutela_node.evidence import queries as vault
from tutela_node.evidence.vault import receive
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.hashlists import queries as lists
from tutela_node.intake import queries as reports
from tutela_node.intake.documents import Document
from tutela_node.intake.facts import Facts
from tutela_node.intake.rules import Channel
from tutela_node.journeys import assessment_made, report_received, viewing
from tutela_node.journeys.models import Step
from tutela_node.journeys.tests.conftest import picture
from tutela_node.material import queries as items
from tutela_node.review import actions as review
from tutela_node.review import queries as verdicts

pytestmark = pytest.mark.django_db


def receive_file(data):
    with receive(10_000_000) as receiver:
        receiver.write(data)
        return receiver.seal()


def report_file(actor, data, reference="a-1"):
    received = receive_file(data)
    document = Document(channel=Channel.PROVIDER, original=b"{}", reference=reference, repeat=reference)
    return report_received.provider_report(actor, document=document, received=received)


def item_of(receipt):
    return reports.report(SYSTEM, receipt.report).items[0]


def decide(person, item, code="A"):
    viewing.open_view(person, item=item)
    return assessment_made.assess(person, item=item, code=code, ground="own_view", viewed=True)


def both_decide(mira, timo, item, code="A"):
    decide(mira, item, code)
    decide(timo, item, code)


def later(seconds=61):
    return clock.standing_at(clock.now() + timedelta(seconds=seconds))


def test_a_providers_file_is_fingerprinted_matched_and_queued(harbour, run_due):
    receipt = report_file(harbour, picture(1))
    run_due()
    item = items.item(item_of(receipt))
    assert set(item.fingerprints) == {"sha256", "sha1", "md5", "pdq"}
    assert verdicts.is_queued(item.id)


def test_the_same_file_again_is_no_new_item(harbour, run_due):
    first = report_file(harbour, picture(1))
    run_due()
    second = report_file(harbour, picture(1), "a-2")
    run_due()
    assert second.duplicate
    assert item_of(first) == item_of(second)


def test_two_people_reach_a_verdict_and_the_fingerprint_enters_the_list(harbour, mira, timo, run_due):
    item = item_of(report_file(harbour, picture(1)))
    run_due()
    both_decide(mira, timo, item)
    with later():
        run_due()
    verdict = verdicts.verdict_of(item)
    assert verdict.illegal
    assert vault.exhibit_of(item).number.startswith("XA-")
    smaller = item_of(report_file(harbour, picture(1, size=(240, 180), quality=60), "a-3"))
    run_due()
    assert lists.best_match(smaller)["list_name"] == "National list"


def test_a_withdrawn_assessment_leads_nowhere(harbour, mira, timo, run_due):
    item = item_of(report_file(harbour, picture(1)))
    run_due()
    made = decide(mira, item)
    decide(timo, item)
    assessment_made.withdraw(mira, assessment=made.assessment)
    with later():
        run_due()
    assert verdicts.verdict_of(item) is None


def test_a_verdict_that_is_not_illegal_schedules_the_erasure(harbour, mira, timo, run_due):
    item = item_of(report_file(harbour, picture(2)))
    run_due()
    both_decide(mira, timo, item, "N")
    with later():
        run_due()
    with later(8 * 86400):
        run_due()
    assert items.item(item).object_id is None


def test_no_step_is_left_failed(harbour, mira, timo, run_due):
    item = item_of(report_file(harbour, picture(3)))
    run_due()
    review.claim(mira, item=item)
    both_decide(mira, timo, item)
    with later():
        run_due()
    assert not list(Step.objects.exclude(state="done").filter(due_at__lte=clock.now()).values_list("name", "problem"))


def test_what_is_urgent_stands_first_in_the_queue(harbour, mira, run_due):
    for risk in (False, True):
        facts = Facts(at_risk=risk)
        document = Document(channel=Channel.PROVIDER, original=b"{}", facts=facts, context={"note": "words alone"})
        report_received.provider_report(harbour, document=document)
    run_due()
    urgent, usual = (entry.due_at for group in verdicts.queue(mira).groups for entry in group.entries)
    assert timedelta(hours=22, minutes=59) < usual - urgent <= timedelta(hours=23)


def test_a_report_is_decided_when_all_its_files_are(harbour, mira, timo, run_due):
    files = [receive_file(picture(seed)) for seed in (41, 42)]
    document = Document(channel=Channel.CYBERTIP, original=b"<report/>")
    report = report_received.provider_report(harbour, document=document, held=files).report
    run_due()
    states = []
    for item in reports.items_of_report(report):
        both_decide(mira, timo, item, code="N" if not states else "A")
        with later():
            run_due()
        states.append(str(reports.report(SYSTEM, report).state))
    assert states == ["open", "working"]


def test_a_report_of_many_addresses_is_spread_over_steps(harbour, run_due):
    urls = tuple(f"https://a{number}.example/" for number in range(250))
    document = Document(channel=Channel.CSV, original=b"table", urls=urls)
    report = report_received.provider_report(harbour, document=document).report
    steps = Step.objects.filter(subject=report, name__startswith="spread")
    for _ in range(3):
        report_received.spread(report, None)
    assert len(reports.sightings_of_report(report)) == 250
    assert {each.name for each in steps} == {"spread", "spread:1", "spread:2"}
