"""New rows of several tables, written together: all of them or none, and nothing between."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict
from tutela_node.foundation.models import AuditRecord, Counter, WorkerBeat
from tutela_node.foundation.rows import together, write

pytestmark = pytest.mark.django_db
STRANGE = "100 % sure; DROP TABLE \"counters\" -- 'quoted' \\ %s"


def counter(name, value=0):
    return Counter(name=name, value=value)


def beat(**loops):
    return WorkerBeat(beat_at=clock.now(), loops=loops)


def fail_between(row):
    with together():
        write(row)
        raise ZeroDivisionError


def names():
    return list(Counter.objects.order_by("name").values_list("name", flat=True))


def test_rows_of_several_tables_are_kept_as_they_were():
    one, other = counter(STRANGE, 7), beat(sweep={"at": STRANGE, "is_well": True})
    record = AuditRecord(at=clock.now(), actor_name="ž" * 200, verb="report.read", subject=other.id)
    with transaction.atomic():
        write(one, other, record)
    assert Counter.objects.get(name=STRANGE).value == 7
    assert WorkerBeat.objects.get(id=other.id).loops == other.loops
    kept = AuditRecord.objects.get(id=record.id)
    assert (kept.at, kept.actor, kept.actor_name, kept.subject) == (record.at, None, "ž" * 200, other.id)


def test_a_row_that_was_written_can_be_changed():
    row = counter("a")
    with transaction.atomic():
        write(row)
    row.value = 3
    row.save()
    assert Counter.objects.get(name="a").value == 3


def test_within_the_block_rows_wait():
    with transaction.atomic(), together():
        write(counter("a"))
        with together():
            write(counter("b"))
        assert names() == []
    assert names() == ["a", "b"]


def test_what_waits_goes_with_a_block_that_fails():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        fail_between(counter("a"))
    with transaction.atomic():
        write(counter("b"))
    assert names() == ["b"]


def test_one_that_is_there_already_leaves_nothing_of_the_others():
    Counter.objects.create(name="b", value=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        write(counter("a"), counter("b"), counter("c"))
    assert (names(), Counter.objects.get(name="b").value) == (["b"], 5)


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_written():
    with pytest.raises(Conflict):
        write(counter("a"))
    assert names() == []


def test_nothing_to_write_asks_nothing():
    with CaptureQueriesContext(connection) as asked, together():
        pass
    assert len(asked) == 0


def test_postgresql_takes_all_of_them_at_once():
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        write(counter("a"), beat(), counter("b"))
    assert len(asked) == (1 if connection.vendor == "postgresql" else 3)
