"""The engine of the stories: begin a step, run it once, find what was left undone.

Rules:
- `begin` is called in the transaction of the action that makes the step due; the row and the action commit together
- a step has two halves: `prepare`, outside any transaction (network, files; may be repeated), and `apply`, one
  transaction that also marks the step done. Only `apply` writes rows, so no step takes effect twice
- a name may carry `:suffix` where a story does the same step again (`send:<contact>`); it runs as the part before it
- what is begun as `name:slow` is run after everything else that is due: a flood of it holds nothing up
- a lease is held by a living worker; when its beat is older than `STALE`, another worker takes the step over. What a
  worker itself holds and no thread of it is at, because letting go of it failed, it takes up again
- an expected error is kept in `problem` and tried again with growing pauses; after `ATTEMPTS` the step is FAILED and
  `tutela node steps` shows it. Nothing is dropped
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Kind, TutelaError, Unavailable
from tutela_node.foundation.models import WorkerBeat
from tutela_node.foundation.rows import write
from tutela_node.journeys.models import Step

STALE = timedelta(seconds=6)
SLOW = ":slow"
KEPT = timedelta(days=1)  # hints and beats that nobody needs any more, for whoever looks into a fault
PAUSES = (1, 2, 5, 15, 60, 300, 900, 3600)
ATTEMPTS = 12
RETRIED = {Kind.UNAVAILABLE, Kind.CONFLICT, Kind.LIMITED, Kind.INTERNAL}
log = logging.getLogger(__name__)

Apply = Callable[[UUID, Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKind:
    """How one kind of step runs. `give_up` says, in `apply`'s place, what to do when the last attempt failed."""

    apply: Apply
    prepare: Callable[[UUID], Any] | None = None
    give_up: Callable[[UUID, TutelaError], None] | None = None


KINDS: dict[tuple[str, str], StepKind] = {}


def register(
    journey: str,
    name: str,
    *,
    prepare: Callable[[UUID], Any] | None = None,
    give_up: Callable[[UUID, TutelaError], None] | None = None,
) -> Callable[[Apply], Apply]:
    """Declares a function as the `apply` half of a step."""

    def keep(apply: Apply) -> Apply:
        KINDS[journey, name] = StepKind(apply=apply, prepare=prepare, give_up=give_up)
        return apply

    return keep


def begin(journey: str, subject: UUID, name: str, *, due_at: datetime | None = None, is_new: bool = False) -> None:
    """Makes a step due, once, in the surrounding transaction, and hints at it. A step that exists stays as it is.

    `is_new`: the subject was made in this very transaction, so that the step cannot exist; it is found by the sweep.
    """
    if is_new:
        write(Step(journey=journey, subject=subject, name=name, due_at=due_at or clock.now()))
        return
    step, made = Step.objects.get_or_create(
        journey=journey, subject=subject, name=name, defaults={"due_at": due_at or clock.now()}
    )
    if made and due_at is None:
        hint.enqueue(str(step.id))


def times_begun(journey: str, subject: UUID, name: str) -> int:
    """How often a story began a step that it does again (`name:1`, `name:2`, ...)."""
    return Step.objects.filter(journey=journey, subject=subject, name__startswith=f"{name}:").count()


def is_begun(journey: str, subject: UUID, name: str) -> bool:
    """Whether this very step was made due, be it done or not."""
    return Step.objects.filter(journey=journey, subject=subject, name=name).exists()


def due_step(journey: str, subject: UUID, name: str) -> UUID | None:
    """The step of a story (`name` or `name:...`) that is to be done next, if there is one."""
    due = Step.objects.filter(journey=journey, subject=subject, name__startswith=name, state=Step.State.DUE)
    return due.order_by("due_at", "id").values_list("id", flat=True).first()


@task()
def hint(step: str) -> None:
    """A job is only a hint that a step is due: losing it costs time, never the step."""
    run_step(UUID(step), worker=this_worker())


_worker: list[UUID] = []


def this_worker() -> UUID:
    """The beat under which this process leases steps; made on first use."""
    if not _worker:
        _worker.append(WorkerBeat.objects.create(beat_at=clock.now()).id)
    return _worker[0]


def beat(**loops: str) -> None:
    WorkerBeat.objects.filter(id=this_worker()).update(beat_at=clock.now(), loops=loops)


def tidy() -> int:
    """Removes old hints and the beats of workers that ended; the steps stay. Says how many rows went."""
    before = clock.now() - KEPT
    hints, _ = DBTaskResult.objects.filter(enqueued_at__lt=before).delete()
    beats, _ = WorkerBeat.objects.filter(beat_at__lt=before).exclude(id=this_worker()).delete()
    return hints + beats


def sweep(*, limit: int = 50) -> int:
    """Runs every due and undone step that no living worker holds; says how many it ran."""
    worker = this_worker()
    free = _free(worker).order_by("due_at", "id").values_list("id", flat=True)
    due = list(free.exclude(name__endswith=SLOW)[:limit])
    due += free.filter(name__endswith=SLOW)[: limit - len(due)]
    return sum(run_step(id, worker=worker) for id in due)


_busy: set[tuple[UUID, UUID]] = set()  # (worker, step) that a thread of this process is at
_guard = threading.Lock()


def run_step(id: UUID, *, worker: UUID) -> bool:
    """Runs one step if it is due and free. True when it was this call that finished it."""
    with _guard:
        if (worker, id) in _busy:
            return False
        _busy.add((worker, id))
    try:
        return bool(_free(worker).filter(id=id).update(leased_by=worker)) and _run(Step.objects.get(id=id), worker)
    finally:
        _busy.discard((worker, id))


def _run(step: Step, worker: UUID) -> bool:
    try:
        kind = _kind(step)
        prepared = kind.prepare(step.subject) if kind.prepare else None
        with transaction.atomic():
            _finish(step)
            kind.apply(step.subject, prepared)
    except TutelaError as error:
        _failed(step, worker, error)
        return False
    except Exception as error:  # the worker's loop must outlive a defect; the step keeps it for people
        log.exception("step %s/%s of %s broke", step.journey, step.name, step.subject)
        _failed(step, worker, TutelaError(f"broke with {type(error).__name__}"))
        return False
    return True


def _kind(step: Step) -> StepKind:
    """Raises Unavailable for a step of another version of Tutela: one that knows it may run it yet."""
    kind = KINDS.get((step.journey, step.name.partition(":")[0]))
    if kind is None:
        raise Unavailable("this version of Tutela knows no such step", place=step.name)
    return kind


def _free(worker: UUID) -> Any:
    """Due steps that no other living worker holds."""
    others = WorkerBeat.objects.filter(beat_at__gt=clock.now() - STALE).exclude(id=worker).values("id")
    free = Q(leased_by=None) | ~Q(leased_by__in=others)
    return Step.objects.filter(free, state=Step.State.DUE, due_at__lte=clock.now())


def _finish(step: Step) -> None:
    """First statement of the transaction: whoever else holds the step waits here and then finds it done."""
    done = Step.objects.filter(id=step.id, state=Step.State.DUE).update(
        state=Step.State.DONE, done_at=clock.now(), leased_by=None, problem="", attempts=F("attempts") + 1
    )
    if not done:
        raise TutelaError("was finished by another worker")


def _failed(step: Step, worker: UUID, error: TutelaError) -> None:
    """Lets go of the step and, at the end of its attempts, gives it up."""
    last = step.attempts + 1 >= ATTEMPTS or error.kind not in RETRIED
    kind = KINDS.get((step.journey, step.name.partition(":")[0]))
    try:
        with transaction.atomic():
            if _let_go(step, worker, problem=str(error), last=last) and last and kind and kind.give_up:
                kind.give_up(step.subject, error)
    except Exception as broken:  # a step that cannot be given up is still shown to people, not tried for ever
        log.exception("giving up step %s/%s of %s broke", step.journey, step.name, step.subject)
        problem = f"{error}; giving it up broke with {type(broken).__name__}"
        _let_go(step, worker, problem=problem, last=last)


def _let_go(step: Step, worker: UUID, *, problem: str, last: bool) -> bool:
    """False when the step is not ours any more: whoever took it over decides what becomes of it."""
    pause = PAUSES[min(step.attempts, len(PAUSES) - 1)]
    held = Step.objects.filter(id=step.id, state=Step.State.DUE, leased_by=worker)
    return bool(
        held.update(
            attempts=step.attempts + 1,
            problem=problem[:300],
            leased_by=None,
            due_at=clock.now() + timedelta(seconds=pause),
            state=Step.State.FAILED if last else Step.State.DUE,
        )
    )
