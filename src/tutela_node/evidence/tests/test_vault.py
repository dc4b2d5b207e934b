"""The vault: nothing plain on disk, nothing half, nothing without its key."""

import hashlib

import pytest

from tutela_node.evidence import queries, vault
from tutela_node.evidence.actions import admit_object, erase_object, make_exhibit, schedule_erasure
from tutela_node.evidence.fsck import fsck
from tutela_node.evidence.models import VaultObject
from tutela_node.evidence.sequencer import sequence
from tutela_node.evidence.vault import Receiver
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Forbidden, Limited, Missing, Unavailable, VerificationFailed
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.ledger import disclose
from tutela_node.foundation.models import CustodySubject, PendingEvent
from tutela_node.foundation.permissions import SYSTEM

pytestmark = pytest.mark.django_db
PATTERN = bytes(range(256)) * 700


def files():
    return set(vault.folder().glob("??/*")) if vault.folder().exists() else set()


def test_what_came_in_comes_out(take):
    received = take(PATTERN)
    assert queries.read_object(received.object_id) == PATTERN
    assert (received.size, received.sha256) == (len(PATTERN), hashlib.sha256(PATTERN).hexdigest())


def test_nothing_plain_is_on_disk(take):
    before = files()
    take(PATTERN)
    (path,) = files() - before
    sealed = path.read_bytes()
    assert not any(PATTERN[at : at + 16] in sealed for at in range(0, 256, 16))
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_bytes_twice_look_different(take):
    one, two = (vault.path_of(take(PATTERN).object_id).read_bytes() for _ in range(2))
    assert one[64:] != two[64:]


def test_too_many_bytes_are_limited_and_leave_no_file(db):
    before = files()
    with pytest.raises(Limited), vault.receive(1000) as receiver:
        list(map(receiver.write, (PATTERN[:999], b"ab")))
    assert files() == before


def test_what_was_not_sealed_leaves_no_file(db):
    before = files()
    with vault.receive(1000) as receiver:
        receiver.write(b"begun")
    assert files() == before


def test_an_object_is_sealed_once(db):
    with vault.receive(1000) as receiver:
        vault.discard(receiver.seal())
        with pytest.raises(Conflict):
            receiver.seal()


@pytest.mark.parametrize("kept", [0, 40, -1])
def test_a_truncated_file_fails(take, kept):
    path = vault.path_of((received := take(PATTERN)).object_id)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(VerificationFailed):
        queries.read_object(received.object_id)


def test_a_changed_byte_fails(take):
    path = vault.path_of((received := take(PATTERN)).object_id)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(VerificationFailed):
        queries.read_object(received.object_id)


def test_the_file_of_another_object_fails(take):
    one, two = take(PATTERN), take(PATTERN)
    vault.path_of(one.object_id).write_bytes(vault.path_of(two.object_id).read_bytes())
    with pytest.raises(VerificationFailed):
        queries.read_object(one.object_id)


def test_erasing_destroys_the_key_and_what_the_log_says(take, django_capture_on_commit_callbacks):
    received = take()
    event = PendingEvent.objects.get(subject=received.object_id)
    with django_capture_on_commit_callbacks(execute=True):
        erase_object(SYSTEM, object_id=received.object_id)
    row = VaultObject.objects.get(id=received.object_id)
    assert (row.key_wrapped, bytes(row.sha256_sealed), row.state) == (None, b"", "erased")
    assert not vault.path_of(received.object_id).exists()
    assert not CustodySubject.objects.get(subject=received.object_id).key_sealed
    with pytest.raises(Missing):
        disclose(received.object_id, event.event, bytes(event.details_sealed))
    with pytest.raises(Missing):
        queries.read_object(received.object_id)


def test_erasing_again_changes_nothing(take):
    received = take()
    erase_object(SYSTEM, object_id=received.object_id)
    waiting = PendingEvent.objects.count()
    erase_object(SYSTEM, object_id=received.object_id)
    assert PendingEvent.objects.count() == waiting


def test_an_exhibit_is_made_once_and_never_erased(make_item):
    item, object_id = make_item()
    assert make_exhibit(SYSTEM, item=item, object_id=object_id) == make_exhibit(SYSTEM, item=item, object_id=object_id)
    for erase in (
        lambda: erase_object(SYSTEM, object_id=object_id),
        lambda: schedule_erasure(SYSTEM, object_id=object_id, after=clock.now()),
    ):
        with pytest.raises(Conflict):
            erase()


def test_what_was_erased_becomes_no_exhibit(make_item):
    item, object_id = make_item()
    erase_object(SYSTEM, object_id=object_id)
    with pytest.raises(Conflict):
        make_exhibit(SYSTEM, item=item, object_id=object_id)


def test_only_the_worker_keeps_bytes(noor, take):
    received = take()
    with pytest.raises(Forbidden):
        admit_object(noor, received=received, source="test")
    with pytest.raises(Forbidden):
        erase_object(noor, object_id=received.object_id)


def test_fsck_finds_nothing_wrong_in_a_sound_vault(take):
    take()
    sequence()
    found = [finding for finding in fsck() if finding.place.startswith(("object", "log"))]
    assert found
    assert not any(finding.is_problem for finding in found)


def test_fsck_names_bytes_that_changed_and_files_that_an_erasure_left(take):
    changed, erased = take(), take()
    path = vault.path_of(changed.object_id)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    erase_object(SYSTEM, object_id=erased.object_id)
    sequence()
    problems = {finding.place for finding in fsck() if finding.is_problem}
    assert {f"object {changed.object_id}", f"vault file {erased.object_id.hex}"} <= problems


def test_a_full_disk_is_an_outage_and_no_fault_of_what_was_sent():
    with open("/dev/full", "wb", buffering=0) as disk, pytest.raises(Unavailable, match="No space left"):
        Receiver(disk, object_id=new_id(), max_bytes=10_000_000).write(bytes(1_000_000))
