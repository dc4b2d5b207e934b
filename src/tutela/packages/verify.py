"""Verify a package as a stream, in constant memory, with the keys of a policy.

Rules:
- the archive is refused unless it is identical to its own re-serialisation: record, tag files, headers, padding, end
- the signature over the tag manifest is checked before any payload is read
- then every exhibit's digests, every event's commitment and proof, the log's checkpoint, the order, the CASE document
- whatever fails raises VerificationFailed with the member and, where bytes differ, the byte offset in the archive
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tutela.custody import Checkpoint, Leaf, Policy, verify_checkpoint, verify_note
from tutela.errors import Invalid, Limited, VerificationFailed
from tutela.packages.archive import ArchiveReader, compare_bytes
from tutela.packages.bag import RECORD, SIGNATURE, TAG_MANIFEST, tag_files
from tutela.packages.case import CaseInput, check_case
from tutela.packages.events import Logged, check_event, check_order, parse_event
from tutela.packages.record import (
    CASE,
    CHECKPOINT,
    MAX_RECORD,
    EventRecord,
    ExhibitRecord,
    Member,
    PackageRecord,
    event_paths,
    exhibit_path,
    parse_record,
    parse_time,
)
from tutela.packages.write import Digests
from tutela.sealing import parse_canonical

MAX_TAG = 16 * 1024 * 1024
MAX_SMALL_TOTAL = 64 * 1024 * 1024
Progress = Callable[[int], None]
"""Told how many bytes of the archive were just read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPackage:
    """What was verified: the record, the name of the package key, the log's checkpoint, the leaves shown."""

    record: PackageRecord
    signed_by: str
    checkpoint: Checkpoint
    leaves: tuple[Leaf, ...]
    size: int


def verify_package(source: Path | BinaryIO, policy: Policy, *, progress: Progress | None = None) -> VerifiedPackage:
    """Verifies an archive (a path, or a binary stream from its start to its end).

    Raises VerificationFailed with the place of the first thing that does not hold, OSError when it cannot be read.
    """
    if isinstance(source, Path):
        with source.open("rb") as handle:
            return verify_package(handle, policy, progress=progress)
    reader = ArchiveReader(source, progress=progress)
    record = _read_record(reader)
    signed_by = _read_tags(reader, record, policy)
    small = _read_payload(reader, record)
    reader.finish()
    checkpoint, leaves = _check_log(record, small, policy)
    with _naming(CASE):
        check_case(parse_canonical(small[CASE], max_bytes=MAX_SMALL_TOTAL), _case(record, leaves))
    return VerifiedPackage(record=record, signed_by=signed_by, checkpoint=checkpoint, leaves=leaves, size=reader.offset)


def _read_record(reader: ArchiveReader) -> PackageRecord:
    with _naming(RECORD):
        name, content = reader.read_first(f"/{RECORD}", MAX_RECORD)
        record = parse_record(content)
        if name != record.folder + RECORD:
            raise VerificationFailed("the folder is not named after the package's id", place="byte 0")
    return record


def _read_tags(reader: ArchiveReader, record: PackageRecord, policy: Policy) -> str:
    """Reads the signature and the tag files; answers the name of the key that signed."""
    tags = tag_files(record)
    with _naming(SIGNATURE):
        signature = reader.read_small(record.folder + SIGNATURE, MAX_TAG, SIGNATURE)
        note = verify_note(signature, policy.package_keys)
        if len(note.signatures) != 1 or note.text.encode() != tags[TAG_MANIFEST]:
            raise VerificationFailed("it must be one signature over the tag manifest that the record leads to")
    for name, wanted in tags.items():
        with _naming(name):
            start = reader.offset + 512
            compare_bytes(reader.read_small(record.folder + name, MAX_TAG, name), wanted, name, start)
    return note.signatures[0].name


def _read_payload(reader: ArchiveReader, record: PackageRecord) -> dict[str, bytes]:
    """Checks every exhibit as it passes; answers the other payload files, already compared with the manifest."""
    exhibits = {exhibit_path(number): exhibit for number, exhibit in enumerate(record.exhibits, 1)}
    small: dict[str, bytes] = {}
    if sum(member.size for member in record.members if member.path not in exhibits) > MAX_SMALL_TOTAL:
        raise VerificationFailed(f"documents and proofs have at most {MAX_SMALL_TOTAL} bytes", place=RECORD)
    for member in record.members:
        pieces = reader.stream(record.folder + member.path, member.size, member.path)
        if member.path in exhibits:
            _check_exhibit(pieces, exhibits[member.path], member.path)
        else:
            small[member.path] = _check_small(b"".join(pieces), member)
    return small


def _check_exhibit(pieces: Iterator[bytes], exhibit: ExhibitRecord, place: str) -> None:
    digests = Digests()
    for piece in pieces:
        digests.update(piece)
    digests.check(exhibit, place)


def _check_small(content: bytes, member: Member) -> bytes:
    if hashlib.sha256(content).hexdigest() != member.sha256:
        raise VerificationFailed("the SHA-256 is not the one in the manifest", place=member.path)
    return content


def _check_log(record: PackageRecord, small: dict[str, bytes], policy: Policy) -> tuple[Checkpoint, tuple[Leaf, ...]]:
    note = small[CHECKPOINT]
    with _naming(CHECKPOINT):
        origin, keys = policy.log_keys(note)
        checkpoint = verify_checkpoint(note, keys, origin=origin)
        if origin != record.origin:
            raise VerificationFailed("the record names another log")
    logged = Logged(note=note, checkpoint=checkpoint, created_at=parse_time(record.created_at, "created_at"))
    leaves: list[Leaf] = []
    found: list[EventRecord] = []
    for number in range(1, len(record.events) + 1):
        paths = event_paths(number)
        with _naming(paths[0]):
            leaf, entry = check_event(parse_event(*(small[path] for path in paths)), logged)
        leaves.append(leaf)
        found.append(entry)
    with _naming(RECORD):
        if tuple(found) != record.events:
            raise VerificationFailed("the events are not those that the record names", place="events")
        check_order(leaves, found)
    return checkpoint, tuple(leaves)


def _case(record: PackageRecord, leaves: tuple[Leaf, ...]) -> CaseInput:
    return CaseInput(
        id=record.id, created_at=record.created_at, facts=record.facts, exhibits=record.exhibits, events=leaves
    )


@contextmanager
def _naming(member: str) -> Iterator[None]:
    """Inside a package every fault is a failed verification, named by its member."""
    try:
        yield
    except (Invalid, Limited, VerificationFailed) as error:
        place = error.place if error.place.startswith(member) else f"{member}, {error.place}".removesuffix(", ")
        raise VerificationFailed(error.message, place=place) from None
