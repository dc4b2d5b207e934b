"""A receipt proves one event and, where its details name a digest, the bytes; nothing that was changed holds."""

import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.custody import (
    Checkpoint,
    Proof,
    Receipt,
    event_key,
    leaf_hash,
    make_leaf,
    parse_receipt,
    sign_checkpoint,
    verifier_key,
    verify_receipt,
)
from tutela.errors import Invalid, Limited, TutelaError, VerificationFailed
from tutela.sealing import Ed25519Signer, canonical

SIGNER = Ed25519Signer.from_seed("node.example/log", bytes(32))
KEYS, SENT, EVENT = [verifier_key(SIGNER)], b"a test message", "1" * 32
DETAILS = {"sha256": hashlib.sha256(SENT).hexdigest(), "channel": "xarf"}


def receipt():
    key = event_key(bytes(32), EVENT)
    at = datetime(2026, 1, 31, tzinfo=UTC)
    leaf = make_leaf(event=EVENT, subject="a" * 32, at=at, kind="report.received", event_key=key, details=DETAILS)
    checkpoint = Checkpoint(origin="node.example/log", size=1, root=leaf_hash(leaf))
    note = sign_checkpoint(checkpoint, [SIGNER])
    return Receipt(leaf=leaf, proof=Proof(index=0, path=(), checkpoint=note), key=key, details=canonical(DETAILS))


def test_what_is_written_is_read_and_verified():
    event, checkpoint = verify_receipt(parse_receipt(receipt().to_bytes()), KEYS, document=SENT)
    assert (event.kind, checkpoint.size) == ("report.received", 1)


def test_other_bytes_are_not_those_that_were_logged():
    with pytest.raises(VerificationFailed, match="document"):
        verify_receipt(receipt(), KEYS, document=SENT + b".")


@pytest.mark.parametrize("change", [{"key": "00" * 32}, {"details": {}}, {"details": {**DETAILS, "channel": "csv"}}])
def test_what_was_changed_does_not_hold(change):
    changed = json.dumps({**receipt().values(), **change}).encode()
    with pytest.raises(VerificationFailed):
        verify_receipt(parse_receipt(changed), KEYS)


@pytest.mark.parametrize("change", [{"format": "x"}, {"key": "x"}, {"details": []}, {"leaf": 7}, {"proof": "\ud800"}])
def test_what_is_no_receipt_is_refused(change):
    with pytest.raises(Invalid):
        parse_receipt(json.dumps({**receipt().values(), **change}).encode())
    with pytest.raises(Limited):
        parse_receipt(bytes(1 << 20))


@given(st.data())
def test_no_change_breaks_the_reader(data):
    body = bytearray(receipt().to_bytes())
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=5)):
        body[at] = data.draw(st.integers(0, 255))
    with suppress(TutelaError):
        verify_receipt(parse_receipt(bytes(body)), KEYS)
