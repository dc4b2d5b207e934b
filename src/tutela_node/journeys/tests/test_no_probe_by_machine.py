"""A provider cannot probe us either: what it is told of a report of its own is the same until the fixed times.

It sends four files by machine, or names four addresses: one that nobody knows, one on a trusted list, one that was
decided as illegal and one decided as legal; others sent the last two before. It asks for each report, lists them all,
and is called.
"""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tutela_node.accounts import actions as accounts
from tutela_node.accounts import calling
from tutela_node.accounts.tests.test_calling import Receiver
from tutela_node.desks.api.tests.callers import agree
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions as intake
from tutela_node.intake import own_reports
from tutela_node.intake.documents import Document
from tutela_node.intake.models import Report
from tutela_node.intake.rules import Channel, ReportState
from tutela_node.journeys import assessment_made
from tutela_node.journeys.report_received import provider_report
from tutela_node.journeys.tests.conftest import picture
from tutela_node.journeys.tests.telling import Reporter
from tutela_node.journeys.tests.test_no_probe import item_of, listed
from tutela_node.journeys.tests.test_stories import both_decide, report_file
from tutela_node.review import queries as review

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def dated(event):
    """When its id says that it was made, to the millisecond."""
    return UUID(event["id"]).int >> 80


def calls_until_now(receiver):
    """What each report's sender was called with so far: type, state, moments; without numbers drawn at random."""
    calling.deliver_due()
    told = defaultdict(list)
    for _, _, body in receiver.calls:
        event = json.loads(body)
        told[event["report"]].append((event["type"], event["state"], event["at"], dated(event)))
    return told


def reads(actor, receiver, sent, start, minutes):
    """What the provider can know of each report then: asked for, listed, picked by state, called."""
    with clock.standing_at(start + minutes * MINUTE):
        called = calls_until_now(receiver)
        lists = [own_reports.own_reports(actor), *(own_reports.own_reports(actor, state=each) for each in ReportState)]
        found = [{line.reference: line.state for line in each.lines} for each in lists]
        return {
            seed: (
                own_reports.own_report(actor, number).state,
                [each.get(number) for each in found],
                called[number],
            )
            for seed, number in sent.items()
        }


def report_address(actor, url):
    return provider_report(actor, document=Document(channel=Channel.PROVIDER, original=b"{}", urls=(url,)))


@pytest.mark.parametrize("by_file", [True, False])
def test_what_we_knew_does_not_show_for_a_day(world, run_due, noor, mira, timo, harbour, receiver, by_file):
    start = datetime.fromisoformat(clock.now().isoformat(timespec="seconds"))
    accounts.register_webhook(SYSTEM, organisation=harbour.organisation, address=receiver.address)
    with clock.standing_at(start - timedelta(days=3)):
        listed(noor, 2, 3)
        known = {seed: Reporter().tell(world.show(seed, path=f"/before/{seed}.jpg")) for seed in (3, 4)}
        run_due()
        for person in (mira, timo):
            assessment_made.assess(person, item=item_of(known[3]), code="A", ground="facts", viewed=False)
        both_decide(mira, timo, item_of(known[4]), "N")
    with clock.standing_at(start - timedelta(days=3) + 2 * MINUTE):
        run_due()
    with clock.standing_at(start):
        receipts = {
            seed: report_file(harbour, picture(seed), f"p-{seed}")
            if by_file
            else report_address(harbour, world.show(seed, path=f"/probe/{seed}.jpg"))
            for seed in (1, 2, 3, 4)
        }
    for at in (start, start + MINUTE):
        with clock.standing_at(at):
            run_due()
    assert review.verdict_of(item_of(known[3])).illegal  # we did know
    assert not any(each.duplicate for each in receipts.values())
    sent = {seed: each.reference for seed, each in receipts.items()}
    for minutes in (0, 1, 29, 30, 31, 600, 1439):
        seen = reads(harbour, receiver, sent, start, minutes)
        assert all(each == seen[1] for each in seen.values()), minutes
        assert seen[1][0] == ("received" if minutes < 30 else "open")
        assert len(seen[1][2]) == (0 if minutes < 30 else 1)
    after = reads(harbour, receiver, sent, start, 1441)
    assert {seed: each[0] for seed, each in after.items()} == {1: "open", 2: "open", 3: "working", 4: "closed"}
    ends = start + timedelta(days=1)
    moment = (ends.isoformat(timespec="seconds"), int(ends.timestamp() * 1000))
    assert [call[2:] for seed in (3, 4) for call in after[seed][2][1:]] == [moment] * 2  # not when we decided


def test_only_who_sent_the_very_file_is_told_that_it_was_sent(harbour):
    quay = replace(harbour, organisation=agree("Quay Cloud"))
    assert not report_file(quay, picture(1), "q-1").duplicate
    assert not report_file(harbour, picture(1), "h-1").duplicate
    assert report_file(harbour, picture(1), "h-2").duplicate
    assert report_file(quay, picture(1), "q-1").duplicate  # the very same report


def test_a_file_that_was_captured_for_its_sender_was_not_sent_by_it(world, run_due, harbour):
    report_address(harbour, world.show(1))
    run_due()
    assert not report_file(harbour, picture(1), "h-1").duplicate
    assert report_file(harbour, picture(1), "h-2").duplicate


def test_a_checking_told_late_takes_no_outcome_back(harbour):
    receipt = report_file(harbour, picture(1))
    for sentence in ("acted", "checking"):
        intake.answer(SYSTEM, report=receipt.report, sentence=sentence)
    assert Report.objects.get(id=receipt.report).state == "working"
    read = [own_reports.state_told(receipt.report, clock.now() + timedelta(minutes=at)) for at in (0, 40, 1500)]
    assert read == ["received", "open", "working"]
