"""The disclosed custody events of a package: their files, and the checks that writer and verifier share.

Rules:
- an event has three files: the leaf, its proof, and the key with the details that the leaf commits to
- every proof holds the one checkpoint of the package; every leaf is proved by it and opens to its details
- events stand in the order of the log; their times go back by no more than a minute (actions overlap), and none is
  later than the package
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tutela.custody import Checkpoint, Leaf, leaf_hash, open_leaf, parse_leaf, parse_proof, verify_inclusion
from tutela.errors import Invalid, VerificationFailed
from tutela.packages.record import EventRecord
from tutela.packages.words import Disclosed
from tutela.sealing import canonical, parse_canonical

MAX_DETAILS = 64 * 1024
SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """What every event is checked against: the note and what it says, and when the package was made."""

    note: bytes
    checkpoint: Checkpoint
    created_at: datetime


def event_files(event: Disclosed) -> tuple[bytes, bytes, bytes]:
    """The details, leaf and proof files of an event, in the order of `event_paths`."""
    shown = {"details": event.details, "event_key": event.event_key.hex(), "v": 1}
    return canonical(shown), event.leaf, event.proof.to_bytes()


def parse_event(details: bytes, leaf: bytes, proof: bytes) -> Disclosed:
    """The event in its three files; raises Invalid or Limited."""
    shown = parse_canonical(details, max_bytes=MAX_DETAILS)
    if not isinstance(shown, dict) or shown.keys() != {"details", "event_key", "v"} or shown["v"] != 1:
        raise Invalid("an event file has exactly details, event_key and v = 1")
    if not isinstance(shown["details"], dict) or not isinstance(shown["event_key"], str):
        raise Invalid("details are an object and event_key is hex")
    try:
        key = bytes.fromhex(shown["event_key"])
    except ValueError:
        raise Invalid("event_key is 64 hex characters", place="event_key") from None
    if key.hex() != shown["event_key"]:
        raise Invalid("event_key is lower-case hex", place="event_key")
    return Disclosed(leaf=leaf, event_key=key, details=shown["details"], proof=parse_proof(proof))


def check_event(event: Disclosed, logged: Logged) -> tuple[Leaf, EventRecord]:
    """The leaf of an event that opens and is in the log; raises VerificationFailed, Invalid or Limited otherwise."""
    leaf = parse_leaf(event.leaf)
    place = f"event {leaf.event}"
    if event.proof.checkpoint != logged.note:
        raise VerificationFailed("the proof holds another checkpoint than the package", place=place)
    verify_inclusion(
        leaf_hash(event.leaf), event.proof.index, logged.checkpoint.size, event.proof.path, logged.checkpoint.root
    )
    open_leaf(leaf, event.event_key, event.details)
    if leaf.at > logged.created_at:
        raise VerificationFailed("the event is later than the package", place=place)
    return leaf, EventRecord(event=leaf.event, index=event.proof.index)


def check_order(leaves: Sequence[Leaf], records: Sequence[EventRecord]) -> None:
    """Raises VerificationFailed unless the events stand in the order of the log and their times agree with it."""
    for position in range(1, len(records)):
        place = f"event {records[position].event}"
        if records[position].index <= records[position - 1].index:
            raise VerificationFailed("the event stands before the one it follows in the log", place=place)
        if leaves[position].at < leaves[position - 1].at - SLACK:
            raise VerificationFailed("the event is earlier than the one before it in the log", place=place)
