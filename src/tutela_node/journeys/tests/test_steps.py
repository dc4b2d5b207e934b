"""The engine of the stories: once, together, again after a fault, by one worker at a time."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Forbidden, Unavailable
from tutela_node.foundation.models import Counter, WorkerBeat
from tutela_node.journeys import steps
from tutela_node.journeys.models import Step
from tutela_node.journeys.steps import begin, run_step, sweep

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SUBJECT = uuid4()


@pytest.fixture
def kind():
    """Declares a step of the story `test` for the length of a test."""
    made = []

    def run(apply, name="one", **halves):
        steps.register("test", name, **halves)(apply)
        made.append(("test", name))

    yield run
    for each in made:
        del steps.KINDS[each]


@pytest.fixture(autouse=True)
def _own_beat():
    """A beat of this process, whose row the emptied database of the last test no longer has."""
    steps._worker.clear()
    yield
    steps._worker.clear()


def nothing(subject, prepared):
    """Does nothing, as a step may."""


def count(subject, prepared):
    """Leaves a trace in a table that a test can count."""
    Counter.objects.get_or_create(name=str(subject))
    row = Counter.objects.select_for_update().get(name=str(subject))
    Counter.objects.filter(name=row.name).update(value=row.value + 1)


def counted():
    return sum(Counter.objects.values_list("value", flat=True))


def due(name="one", **changes):
    return Step.objects.create(journey="test", subject=SUBJECT, name=name, due_at=clock.now(), **changes)


def worker(age=0):
    return WorkerBeat.objects.create(beat_at=clock.now() - timedelta(seconds=age)).id


def run(step, by=None):
    return run_step(step.id, worker=by or steps.this_worker())


def test_a_step_begins_once(kind):
    kind(nothing)
    for _ in range(3):
        begin("test", SUBJECT, "one")
    assert Step.objects.count() == DBTaskResult.objects.count() == 1


def test_a_step_and_its_hint_begin_with_the_action_or_not_at_all():
    with transaction.atomic():
        begin("test", SUBJECT, "one")
        transaction.set_rollback(True)
    assert not Step.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_a_step_runs_once(kind):
    kind(count)
    begin("test", SUBJECT, "one")
    assert sweep() == 1
    assert sweep() == 0
    begin("test", SUBJECT, "one")
    assert (sweep(), counted()) == (0, 1)
    step = Step.objects.get()
    assert (step.state, step.attempts, step.leased_by) == ("done", 1, None)


def test_a_step_that_is_due_later_waits_without_a_hint(kind):
    kind(count)
    with clock.standing_at(NOON):
        begin("test", SUBJECT, "one", due_at=NOON + timedelta(minutes=1))
        assert sweep() == 0
        assert not DBTaskResult.objects.exists()
    with clock.standing_at(NOON + timedelta(minutes=1)):
        assert sweep() == 1


def test_a_hint_runs_its_step(kind):
    kind(count)
    begin("test", SUBJECT, "one")
    steps.hint.call(str(Step.objects.get().id))
    assert counted() == 1


def test_a_hint_that_is_lost_is_found_by_the_sweep(kind):
    kind(count)
    begin("test", SUBJECT, "one")
    DBTaskResult.objects.all().delete()
    assert (sweep(), counted()) == (1, 1)


def test_a_suffix_makes_another_step_of_the_same_kind(kind):
    kind(count)
    for name in ("one", "one:a", "one:b", "one:a"):
        begin("test", SUBJECT, name)
    assert (sweep(), counted()) == (3, 3)


def test_apply_gets_what_prepare_made(kind):
    got = []
    kind(lambda subject, made: got.append((subject, made)), prepare=lambda subject: "made")
    run(due())
    assert got == [(SUBJECT, "made")]


def test_a_step_that_breaks_takes_its_rows_back(kind):
    def apply(subject, prepared):
        count(subject, prepared)
        begin("test", subject, "next")
        raise Unavailable("not now")

    kind(apply)
    assert run(due()) is False
    assert counted() == 0
    step = Step.objects.get()
    assert (step.state, step.problem, step.leased_by, step.done_at) == ("due", "not now", None, None)


def test_prepare_is_repeated_until_it_succeeds(kind):
    tries = []

    def prepare(subject):
        tries.append(subject)
        if len(tries) < 3:
            raise Unavailable("not now")

    kind(count, prepare=prepare)
    step = due()
    for hour in range(3):
        with clock.standing_at(clock.now() + timedelta(hours=hour)):
            run(step)
    assert (len(tries), counted(), Step.objects.get().attempts) == (3, 1, 3)
    assert Step.objects.get().problem == ""


def test_pauses_grow_until_the_step_is_given_up(kind):
    given_up = []
    kind(always("down"), give_up=lambda subject, error: given_up.append(error.message))
    pauses = []
    with clock.standing_at(NOON):
        step = due()
    while (step := Step.objects.get(id=step.id)).state == "due":
        with clock.standing_at(step.due_at):
            run(step)
            pauses.append((Step.objects.get().due_at - step.due_at).total_seconds())
    assert pauses[: len(steps.PAUSES)] == list(steps.PAUSES)
    assert (len(pauses), step.state, given_up) == (steps.ATTEMPTS, "failed", ["down"])


def always(problem):
    def apply(subject, prepared):
        raise Unavailable(problem)

    return apply


def refused(subject, prepared):
    raise Forbidden("no legal basis")


def test_what_cannot_change_is_given_up_at_once_in_the_same_transaction(kind):
    def give_up(subject, error):
        assert connection.in_atomic_block
        assert Step.objects.get().state == "failed"
        count(subject, None)

    kind(refused, give_up=give_up)
    run(due())
    assert (Step.objects.get().problem, counted()) == ("no legal basis", 1)


def test_a_step_whose_giving_up_breaks_is_failed_and_says_so(kind):
    def give_up(subject, error):
        count(subject, None)
        raise KeyError(subject)

    kind(refused, give_up=give_up)
    assert run(due()) is False
    step = Step.objects.get()
    assert (step.state, step.leased_by, counted()) == ("failed", None, 0)
    assert step.problem == "no legal basis; giving it up broke with KeyError"


def test_a_defect_is_kept_as_a_problem_and_tried_again(kind, caplog):
    tries = []

    def apply(subject, prepared):
        tries.append(subject)
        if len(tries) == 1:
            raise ZeroDivisionError("https://site.example/secret")

    kind(apply)
    step = due()
    run(step)
    assert Step.objects.get().problem == "broke with ZeroDivisionError"
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        assert run(step)


def test_a_step_of_another_version_waits_and_stops_no_other(kind):
    kind(count)
    due("unknown")
    due("one")
    assert sweep() == 1
    assert Step.objects.get(name="unknown").state == "due"
    assert "knows no such step" in Step.objects.get(name="unknown").problem


@pytest.mark.parametrize(("age", "is_taken"), [(0, False), (5, False), (7, True), (3600, True)])
def test_a_lease_counts_while_its_worker_lives(kind, age, is_taken):
    kind(count)
    step = due(leased_by=worker(age))
    assert run(step) is is_taken
    assert sweep() == 0
    assert counted() == int(is_taken)


def test_a_lease_of_a_worker_without_a_beat_is_free(kind):
    kind(count)
    assert run(due(leased_by=uuid4()))


def test_what_this_worker_holds_and_no_thread_is_at_is_taken_up_again(kind):
    kind(count)
    due(leased_by=steps.this_worker())
    assert (sweep(), counted()) == (1, 1)


def test_a_worker_that_lost_its_lease_changes_nothing(kind):
    """The first stood still in `prepare`; a second took the step over, and the first then fails for good."""
    first, second = worker(age=60), worker()

    def prepare(subject):
        if Step.objects.get().leased_by == first:
            Step.objects.update(leased_by=second)
            raise Forbidden("too late")

    kind(nothing, prepare=prepare, give_up=count)
    step = due()
    assert run(step, first) is False
    assert (Step.objects.get().state, Step.objects.get().leased_by, counted()) == ("due", second, 0)
    assert run(step, second)


def test_a_step_that_another_finished_meanwhile_is_not_applied_again(kind):
    first, second = worker(age=60), worker()

    def prepare(subject):
        if Step.objects.get().leased_by == first:
            assert run(Step.objects.get(), second)

    kind(count, prepare=prepare)
    assert run(due(), first) is False
    assert (Step.objects.get().state, counted()) == ("done", 1)


def together(*calls):
    """Runs the calls in threads that start at once; answers what they answered."""
    answers, ready = [], threading.Barrier(len(calls))

    def one(call):
        ready.wait()
        answers.append(call())
        connection.close()

    threads = [threading.Thread(target=one, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_many_threads_of_one_worker_one_applies(kind):
    kind(count)
    step, me = due(), steps.this_worker()
    answers = together(*[lambda: run(step, me)] * 4)
    assert (sorted(answers), counted()) == ([False, False, False, True], 1)


def test_of_workers_that_all_think_the_others_dead_one_applies(kind):
    meeting = threading.Barrier(3)
    kind(count, prepare=lambda subject: meeting.wait())
    step = due()
    stale = [worker(age=60) for _ in range(3)]
    answers = together(*[lambda by=by: run(step, by) for by in stale])
    assert (sorted(answers), counted()) == ([False, False, True], 1)


def test_steps_begun_at_once_are_one(kind):
    kind(count)
    together(*[lambda: begin("test", SUBJECT, "one")] * 4)
    assert Step.objects.count() == DBTaskResult.objects.count() == 1


def test_tidying_leaves_steps_and_what_is_fresh(kind):
    kind(nothing)
    begin("test", SUBJECT, "one")
    fresh = worker()
    worker(age=2 * 86400)
    steps.this_worker()
    assert steps.tidy() == 1
    assert set(WorkerBeat.objects.values_list("id", flat=True)) == {fresh, steps.this_worker()}
    DBTaskResult.objects.update(enqueued_at=clock.now() - timedelta(days=2))
    assert (steps.tidy(), Step.objects.count()) == (1, 1)
