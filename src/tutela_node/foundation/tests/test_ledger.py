"""The ledger: an action, its audit record and its custody event stand or fall together."""

from uuid import uuid4

import pytest
from django.db import transaction

from tutela.custody import open_leaf, parse_leaf
from tutela.errors import Invalid, VerificationFailed
from tutela.sealing import parse_canonical
from tutela_node.foundation import ledger
from tutela_node.foundation.errors import Conflict, Missing
from tutela_node.foundation.models import AuditRecord, CustodySubject, PendingEvent
from tutela_node.foundation.permissions import SYSTEM

SUBJECT = uuid4()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_outside_a_transaction():
    with pytest.raises(Conflict, match="own transaction") as caught:
        ledger.record(SYSTEM, "item.viewed", SUBJECT, {})
    assert caught.value.place == "item.viewed"
    assert not PendingEvent.objects.exists()
    assert not AuditRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_action_that_fails_leaves_no_record():
    with transaction.atomic():
        ledger.record(SYSTEM, "item.viewed", SUBJECT, {})
        transaction.set_rollback(True)
    assert not PendingEvent.objects.exists()
    assert not AuditRecord.objects.exists()
    assert not CustodySubject.objects.exists()


@pytest.mark.django_db
def test_a_leaf_opens_with_the_disclosed_key_and_details(mira):
    event = ledger.record(mira, "item.viewed", SUBJECT, {"view": "v1"})
    row = PendingEvent.objects.get(event=event)
    key, details = ledger.disclose(SUBJECT, event, row.details_sealed)
    told = parse_canonical(details)
    assert (told["view"], told["actor"]) == ("v1", str(mira.id))
    leaf = parse_leaf(bytes(row.leaf))
    assert (leaf.kind, leaf.event) == ("item.viewed", event)
    open_leaf(leaf, key, told)
    with pytest.raises(VerificationFailed):
        open_leaf(leaf, key, {**told, "view": "v2"})


@pytest.mark.django_db
def test_the_leaf_says_neither_who_nor_about_what(mira):
    event = ledger.record(mira, "item.viewed", SUBJECT, {"view": "v1"})
    leaf = bytes(PendingEvent.objects.get(event=event).leaf)
    for secret in (str(SUBJECT), SUBJECT.hex, str(mira.id), mira.name, "v1"):
        assert secret.encode() not in leaf
    assert parse_leaf(leaf).subject == CustodySubject.objects.get(subject=SUBJECT).opaque


@pytest.mark.django_db
def test_an_erased_subject_is_neither_disclosed_nor_recorded(mira):
    event = ledger.record(mira, "item.viewed", SUBJECT, {})
    sealed = PendingEvent.objects.get(event=event).details_sealed
    ledger.erase_subject(SUBJECT)
    with pytest.raises(Missing, match="destroyed"):
        ledger.disclose(SUBJECT, event, sealed)
    with pytest.raises(Conflict, match="destroyed"):
        ledger.record(mira, "item.viewed", SUBJECT, {})
    assert PendingEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_read_is_audited_and_makes_no_leaf(mira):
    ledger.record_read(mira, "item.read", SUBJECT)
    row = AuditRecord.objects.get()
    assert (row.verb, row.actor, row.subject, row.is_read) == ("item.read", mira.id, SUBJECT, True)
    assert not PendingEvent.objects.exists()
    assert not CustodySubject.objects.exists()


@pytest.mark.django_db
def test_details_of_an_event_are_plain_values(mira):
    with pytest.raises(Invalid):
        ledger.record(mira, "item.viewed", SUBJECT, {"distance": 0.5})
