"""Many threads work off the steps of reports that belong together: none waits for another that waits for it."""

import logging
import random
import threading
import time

import pytest
from django.db import connection

from tutela_node.hashlists import index
from tutela_node.intake.documents import Document
from tutela_node.intake.facts import Facts
from tutela_node.intake.models import Bundle, Report, ReportItem
from tutela_node.intake.rules import Channel
from tutela_node.journeys import report_received
from tutela_node.journeys.models import Step
from tutela_node.journeys.steps import beat, run_step, this_worker
from tutela_node.journeys.tests.conftest import picture
from tutela_node.journeys.tests.test_reporting import failed
from tutela_node.journeys.tests.test_stories import decide, receive_file

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, REPORTS, FILES = 4, 6, 5
SECONDS = 120


def report(actor, number):
    """One account's, with files of its own and one that every report has."""
    held = [receive_file(picture(each)) for each in (0, *range(1 + number * FILES, (number + 1) * FILES))]
    document = Document(
        channel=Channel.PROVIDER, original=str(number).encode(), facts=Facts(accounts=("chat.example:kite",))
    )
    return report_received.provider_report(actor, document=document, held=held).report


def run_due(dice, but=()):
    """Steps in an order that the dice choose, until none is due but those named."""
    while due := list(Step.objects.filter(state="due").exclude(name__in=but).values_list("id", flat=True)):
        dice.shuffle(due)
        for each in due:
            run_step(each, worker=this_worker())


def work_off(seed):
    """What a thread of a worker does."""
    try:
        run_due(random.Random(seed))
    finally:
        connection.close()


@pytest.mark.parametrize("seed", range(3))
def test_reports_of_one_case_are_worked_off_at_once(harbour, caplog, seed):
    """All their files are matched before the first of them is answered: then each step meets every other."""
    index.forget()
    index.load()
    beat()
    for number in range(REPORTS):
        report(harbour, number)
    run_due(random.Random(seed), but=("spread", "queue"))
    with caplog.at_level(logging.ERROR):
        threads = [threading.Thread(target=work_off, args=(seed + each,), daemon=True) for each in range(THREADS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(SECONDS)
    assert not [each for each in threads if each.is_alive()]
    assert not caplog.records, "a step broke and was tried again"
    assert failed() == []
    assert set(Step.objects.values_list("attempts", flat=True)) == {1}
    (case,) = Bundle.objects.all()
    assert (case.count, case.open_count) == (REPORTS, REPORTS)
    assert Report.objects.filter(bundle=case).count() == REPORTS
    assert ReportItem.objects.values("item").distinct().count() == 1 + REPORTS * (FILES - 1)


def decide_all(person, wanted, seed):
    """What an analyst does: every item, in an order of the person's own."""
    left = list(wanted)
    random.Random(seed).shuffle(left)
    try:
        for each in left:
            decide(person, each)
    finally:
        connection.close()


def work_until(over):
    try:
        while not over.is_set():
            beat()
            run_due(random.Random())
    finally:
        connection.close()


def test_two_people_decide_while_steps_run(harbour, mira, timo, national, caplog):
    """Each decision is told to every report that names the file, in cases that are weighed at the same time."""
    national("[review]\nwithdraw_seconds = 1\n[answers]\nchecking_minutes = 0\noutcome_minutes = 0")
    index.forget()
    index.load()
    for number in range(REPORTS):
        report(harbour, number)
    run_due(random.Random(1))
    wanted = set(ReportItem.objects.values_list("item", flat=True))
    with caplog.at_level(logging.ERROR):
        over, workers = threading.Event(), []
        people = [threading.Thread(target=decide_all, args=(each, wanted, n)) for n, each in enumerate((mira, timo))]
        workers = [threading.Thread(target=work_until, args=(over,)) for _ in range(THREADS - 1)]
        for each in (*people, *workers):
            each.start()
        for each in people:
            each.join(SECONDS)
        until = time.monotonic() + SECONDS
        while Report.objects.exclude(state="working").exists() and time.monotonic() < until:
            time.sleep(0.1)
        over.set()
        for each in workers:
            each.join(SECONDS)
    assert not caplog.records, "a step broke and was tried again"
    assert failed() == []
    assert set(Report.objects.values_list("state", flat=True)) == {"working"}
    assert Bundle.objects.get().open_count == 0
