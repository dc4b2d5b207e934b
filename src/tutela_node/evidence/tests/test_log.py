"""The custody log: consecutive, once, signed, and provable to somebody outside."""

from uuid import uuid4

import pytest
from django.db import transaction

from tutela.custody import (
    consistency_proof,
    leaf_hash,
    parse_leaf,
    verify_checkpoint,
    verify_consistency,
    verify_export,
    verify_proof,
)
from tutela_node.evidence import log
from tutela_node.evidence.models import LogCheckpoint, LogLeaf
from tutela_node.evidence.policy import policy_json
from tutela_node.evidence.sequencer import sequence
from tutela_node.foundation.errors import Forbidden, Missing, VerificationFailed
from tutela_node.foundation.ledger import record
from tutela_node.foundation.models import PendingEvent
from tutela_node.foundation.permissions import SYSTEM

pytestmark = pytest.mark.django_db


def happen(count=1, subject=None):
    with transaction.atomic():
        return [record(SYSTEM, "item.viewed", subject or uuid4(), {"number": n}) for n in range(count)]


def root_of(row):
    return verify_checkpoint(bytes(row.note), [log.log_key()])


def test_events_get_consecutive_indexes_in_the_order_they_came():
    events = happen(7)
    assert (sequence(limit=3), sequence(limit=3), sequence(limit=3), sequence()) == (3, 3, 1, 0)
    rows = LogLeaf.objects.order_by("index")
    assert [row.index for row in rows] == list(range(7))
    assert [row.event for row in rows] == events
    assert not PendingEvent.objects.exists()


def test_sequencing_nothing_signs_nothing():
    assert sequence() == 0
    assert not LogCheckpoint.objects.exists()
    with pytest.raises(Missing):
        log.latest_checkpoint()


def test_killed_before_the_commit_nothing_moves_and_nothing_is_lost():
    events = happen(3)
    with transaction.atomic():
        sequence()
        transaction.set_rollback(True)
    assert not LogLeaf.objects.exists()
    assert sequence() == 3
    assert set(LogLeaf.objects.values_list("event", flat=True)) == set(events)


@pytest.mark.parametrize(("first", "more"), [(1, 1), (3, 4), (8, 5)])
def test_two_checkpoints_are_consistent(first, more):
    happen(first)
    sequence()
    happen(more)
    sequence()
    older, newer = (root_of(row) for row in LogCheckpoint.objects.order_by("size"))
    proof = consistency_proof(older.size, newer.size, log.leaf_hashes)
    verify_consistency((older.size, older.root), (newer.size, newer.root), proof)
    with pytest.raises(VerificationFailed):
        verify_consistency((older.size, leaf_hash(b"another")), (newer.size, newer.root), proof)


def test_every_event_is_proved_under_the_newest_checkpoint():
    events = happen(5)
    sequence()
    events += happen(2)
    sequence()
    for event in events:
        leaf = bytes(LogLeaf.objects.get(event=event).leaf)
        assert verify_proof(log.proof(event), leaf, [log.log_key()]).size == 7
        with pytest.raises(VerificationFailed):
            verify_proof(log.proof(event), leaf + b" ", [log.log_key()])


def test_an_event_that_waits_cannot_be_proved_yet():
    happen()
    sequence()
    (waiting,) = happen()
    with pytest.raises(Missing):
        log.proof(waiting)


def test_a_leaf_says_what_and_when_and_nothing_more():
    subject = uuid4()
    happen(1, subject)
    leaf = bytes(PendingEvent.objects.get().leaf)
    assert subject.hex.encode() not in leaf
    assert str(subject).encode() not in leaf
    assert parse_leaf(leaf).kind == "item.viewed"


def test_an_outsider_verifies_the_exported_log(tmp_path):
    happen(6)
    sequence()
    happen(1)  # waits: no part of what is exported
    assert log.export(tmp_path / "log") == 6
    assert verify_export(tmp_path / "log", [log.log_key()]).size == 6
    assert log.log_key().name.encode() in policy_json()


def test_the_log_is_read_by_those_who_may(ada, pavel):
    subject = uuid4()
    happen(2, subject)
    sequence()
    assert [event.index for event in log.newest(ada)] == [1, 0]
    assert [event.kind for event in log.events_about(ada, subject)] == ["item.viewed"] * 2
    assert log.checkpoint(ada).size == 2
    for read in (log.newest, log.checkpoint):
        with pytest.raises(Forbidden):
            read(pavel)
