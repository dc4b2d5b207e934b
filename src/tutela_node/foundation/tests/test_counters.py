"""Numbers for people: consecutive, one each, also when several ask at once. With them ids, the clock, the outbox."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from tutela_node.foundation import clock, outbox
from tutela_node.foundation.counters import FIRST_REPORT, next_number, report_number
from tutela_node.foundation.errors import Conflict
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.models import OutboxMessage

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_threads_never_get_the_same_number():
    got, ready = [], threading.Barrier(4)

    def take():
        ready.wait()
        for _ in range(5):
            with transaction.atomic():
                got.append(next_number("report", first=100))
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(100, 120))


@pytest.mark.django_db(transaction=True)
def test_a_number_of_a_failed_transaction_is_given_again():
    with transaction.atomic():
        assert next_number("report") == 1
        transaction.set_rollback(True)
    with transaction.atomic():
        assert (next_number("report"), next_number("notice"), next_number("report")) == (1, 1, 2)


@pytest.mark.django_db(transaction=True)
def test_numbers_of_reports_rise_and_nobody_waits_for_another():
    """Two that are kept at once have their numbers before either is done, where the database lets two write at once."""
    with transaction.atomic():
        first = report_number()
    got, taken, done = [], threading.Event(), threading.Event()

    def take():
        with transaction.atomic():
            got.append(report_number())
            taken.set()
            assert connection.vendor != "postgresql" or done.wait(10)
        connection.close()

    other = threading.Thread(target=take)
    other.start()
    assert taken.wait(10)
    with transaction.atomic():
        got.append(report_number())
    done.set()
    other.join()
    assert FIRST_REPORT <= first < got[0] < got[1]


@pytest.mark.django_db(transaction=True)
def test_a_number_needs_a_transaction():
    with pytest.raises(Conflict) as caught:
        next_number("report")
    assert caught.value.place == "report"


def test_ids_sort_by_the_time_they_were_made():
    made = [new_id() for _ in range(200)]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}
    assert len(set(made)) == 200


def test_time_stands_still_only_inside_the_block():
    with clock.standing_at(NOON):
        with clock.standing_at(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_standing_time_is_of_one_thread():
    seen = []
    with clock.standing_at(NOON):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert seen[0] != NOON


@pytest.mark.django_db
def test_a_message_is_sealed_and_keeps_its_id():
    with clock.standing_at(NOON):
        id = outbox.post(kind="mail", subject=uuid4(), payload={"to": "abuse@harbour.example", "body": "Grüße"})
    row = OutboxMessage.objects.get(id=id)
    assert outbox.payload(row) == {"to": "abuse@harbour.example", "body": "Grüße"}
    assert b"harbour" not in bytes(row.payload_sealed)
    assert row.message_id == f"<{id}@exampleland.example>"
    assert (row.due_at, row.state, row.attempts) == (NOON, "waiting", 0)


@pytest.mark.django_db
def test_a_message_may_wait_and_its_id_is_unique():
    id = outbox.post(kind="mail", subject=uuid4(), payload={}, due_at=NOON)
    row = OutboxMessage.objects.get(id=id)
    assert row.due_at == NOON
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.create(
            kind="mail", subject=uuid4(), message_id=row.message_id, payload_sealed=b"", due_at=NOON
        )


@pytest.mark.django_db(transaction=True)
def test_a_message_of_a_failed_transaction_does_not_leave():
    with transaction.atomic():
        outbox.post(kind="mail", subject=uuid4(), payload={})
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()
