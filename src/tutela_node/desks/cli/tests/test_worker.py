"""The worker's loops: a defect in one is shown and survived."""

import threading
import time

import pytest
from django.db import connections, transaction

from tutela_node.desks.cli import worker
from tutela_node.evidence.log import latest_checkpoint
from tutela_node.foundation.ledger import record
from tutela_node.foundation.models import Counter, WorkerBeat
from tutela_node.hashlists import index
from tutela_node.journeys import steps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


def until(holds):
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_loop_that_breaks_says_so_and_goes_on(stop, caplog):
    states, loops = [], []

    def once():
        states.append(loops[0].says())
        if len(states) == 1:
            raise ZeroDivisionError

    loops.append(worker.Loop("one", once, 0.01, stop))
    loops[0].start()
    until(lambda: len(states) >= 3)
    assert states[:3] == ["starting", "broken", "ok"]
    stop.set()
    loops[0].join()
    assert loops[0].says() == "ended"


def run(stop):
    worker.run(stop)
    connections.close_all()


def test_a_worker_runs_what_is_due_and_ends_when_told(stop, harbour):
    steps._worker.clear()
    index.forget()
    steps.register("test", "one")(lambda subject, _: Counter.objects.create(name=str(subject)))
    with transaction.atomic():
        record(harbour, "item.viewed", harbour.id, {})
        steps.begin("test", harbour.id, "one")
    running = threading.Thread(target=run, args=(stop,))
    running.start()
    until(lambda: Counter.objects.exists() and WorkerBeat.objects.filter(loops__sweep="ok", loops__index="ok").exists())
    stop.set()
    running.join(20)
    assert not running.is_alive()
    assert latest_checkpoint()[0] == 1
    del steps.KINDS["test", "one"]
    steps._worker.clear()
