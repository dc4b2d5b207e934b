"""The worker: a few loops in one process, each small, each able to be killed at any moment.

    beat       says that this worker lives, and how its loops are; leases count only while it is fresh
    jobs       runs hints from the job queue as they come
    sweep      finds every due and undone step, also those whose hint or worker was lost
    sequencer  gives custody events their place in the log and signs a checkpoint
    outbox     sends the mail that committed transactions put there
    webhooks   calls the addresses of those whose reports changed
    matchers   tells the matchers what changed in the lists and who may ask, within a second
    look-ups   keeps what the matchers wrote down
    addresses  fetches what a question to a matcher names, for hosts that its agreement allows
    lists      marks entries whose day has come
    tidy       removes what says nothing any more: hints that ran or were lost, beats of workers that ended,
               answers that were kept long enough to be given again

A loop that breaks is logged, shown in the beat as not ok, and goes on after a pause: a defect in one loop must not stop
the others. A loop that ended is shown as ended.
"""

import logging
import threading
from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import close_old_connections, connections
from django_tasks_db.management.commands.db_worker import Worker as JobWorker

from tutela_node.accounts import calling
from tutela_node.blocking import releasing
from tutela_node.desks.matcher.fetching import Fetching, socket_path
from tutela_node.desks.matcher.fetching import policy as fetch_policy
from tutela_node.evidence.sequencer import sequence
from tutela_node.foundation.mail import deliver_due
from tutela_node.hashlists import collecting, index
from tutela_node.hashlists.publishing import Publisher, hosts_of
from tutela_node.intake import once
from tutela_node.journeys import lists_kept, steps
from tutela_node.journeys.capturing import decoder

log = logging.getLogger(__name__)
Pass = Callable[[], object]


class Loop(threading.Thread):
    """Calls `once` again and again. `state` is what the beat reports."""

    def __init__(self, name: str, once: Pass, pause: float, stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.once, self.pause, self.stop = once, pause, stop
        self.state = "starting"

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                close_old_connections()
                self.once()
                self.state = "ok"
            except Exception:  # the worker loop is where unexpected errors end
                log.exception("the %s loop broke and goes on", self.name)
                self.state = "broken"
                self.stop.wait(2)
            else:
                self.stop.wait(self.pause)
        connections.close_all()  # those of this thread

    def says(self) -> str:
        return self.state if self.is_alive() else "ended"


def run(stop: threading.Event) -> None:
    """Runs until `stop` is set. The index is loaded before the first step runs."""
    index.load()
    index.listen()
    releasing.point_latest()
    steps.this_worker()
    publisher, addresses = Publisher(), _addresses()
    loops = [
        Loop("sequencer", sequence, 0.2, stop),
        Loop("sweep", _sweep(stop), 1.0, stop),
        Loop("outbox", deliver_due, 0.5, stop),
        Loop("webhooks", calling.deliver_due, 0.5, stop),
        Loop("matchers", publisher.once, 0.1, stop),
        Loop("look-ups", collecting.once, 1.0, stop),
        Loop("addresses", addresses.once, 0.0, stop),
        Loop("jobs", _jobs(stop), 0.3, stop),
        Loop("lists", lists_kept.once, 60.0, stop),
        Loop("tidy", _tidy, 3600.0, stop),
    ]
    beat = Loop("beat", _beat(loops), 1.0, stop)
    with decoder():
        for loop in (*loops, beat):
            loop.start()
        stop.wait()
        for loop in (*loops, beat):
            loop.join(timeout=10)
    publisher.close()
    addresses.close()


def _sweep(stop: threading.Event) -> Pass:
    """As long as there is something that can be done, the sweep does not pause."""

    def once() -> None:
        while not stop.is_set() and steps.sweep():
            pass

    return once


def _tidy() -> None:
    steps.tidy()
    once.forget()


def _beat(loops: Sequence[Loop]) -> Pass:
    def once() -> None:
        states = {loop.name: loop.says() for loop in loops}
        steps.beat(**states, index="ok" if index.is_loaded() else "not loaded")

    return once


def _addresses() -> Fetching:
    return Fetching(
        socket_path(settings.TUTELA.data),
        hosts_of=hosts_of,
        policy=fetch_policy(settings.TUTELA.exercise_network),
        dns=settings.TUTELA.dns,
        decoder=decoder(),
    )


def _jobs(stop: threading.Event) -> Pass:
    def once() -> None:
        worker = JobWorker(
            queue_names=["default"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=20,
            worker_id=str(steps.this_worker()),
            excluded_queue_names=[],
        )
        if not stop.is_set():
            worker.run()

    return once
