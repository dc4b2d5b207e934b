"""The file of a released package: exhibits, their events with proofs, the case facts; sealed to one recipient.

Rules:
- built only when every event about what it holds has its place in the log, so that the whole story can be proved
- bytes go from the vault through the writer into the sealed file in pieces; nothing plain touches the disk
- a file that was built twice because a worker died has another name; the row names one of them
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from tutela.custody import Proof, inclusion_proof
from tutela.packages import CaseFacts, Disclosed, PackageInput, render_package
from tutela.packages import Exhibit as Shown
from tutela.sealing import seal_age_pieces
from tutela_node.evidence import log, vault
from tutela_node.evidence.models import Exhibit, LogLeaf, Package
from tutela_node.foundation import clock, keys, profile
from tutela_node.foundation.errors import Conflict, Missing, Unavailable
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.ledger import disclose
from tutela_node.material import queries as items

MEDIA_TYPES = {"image": "image/*"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A package file on disk, sealed to its recipient: its name in the folder, octets, SHA-256."""

    file: str
    size: int
    sha256: str


def path_of_package(file: str) -> Path:
    return folder() / file


def folder() -> Path:
    return Path(settings.TUTELA.data) / "packages"


def items_of(package: UUID) -> tuple[UUID, ...]:
    return tuple(Exhibit.objects.filter(package=package).values_list("item_id", flat=True))


def build(package: UUID, *, verdicts: Mapping[UUID, tuple[str, str]]) -> Built:
    """Writes the sealed file; Unavailable while events still wait for their place in the log.

    `verdicts`: item -> (scheme, code). Writes no row.
    """
    row = Package.objects.select_related("recipient", "recipient__organisation").filter(id=package).first()
    if row is None or row.approved_by_id is None:
        raise Missing("there is no such approved package", place="package")
    exhibits = list(row.exhibits.select_related("object").order_by("number"))
    subjects = [row.id, *(e.item_id for e in exhibits), *(e.object_id for e in exhibits)]
    if not log.is_settled(subjects):
        raise Unavailable("events about this package still wait for their place in the log")
    size, note = log.latest_checkpoint()
    given = PackageInput(
        id=row.id.hex,
        created_at=_now(),
        facts=_facts(row, {verdicts[e.item_id] for e in exhibits if e.item_id in verdicts}),
        exhibits=tuple(_shown(each) for each in exhibits),
        events=tuple(_disclosed(leaf, size, note) for leaf in log.rows_about(subjects) if leaf.index < size),
        checkpoint=note,
    )
    return _write(given, row.recipient.public)


def _write(given: PackageInput, recipient: str) -> Built:
    name = f"{new_id().hex}.age"
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = path_of_package(name)
    seal_age_pieces(render_package(given, keys.signer("package")), path, [recipient])
    vault.fsync_folder(folder())
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return Built(file=name, size=path.stat().st_size, sha256=digest)


def _facts(row: Package, codes: set[tuple[str, str]]) -> CaseFacts:
    if len(codes) != 1:
        raise Conflict("the exhibits of one package share one verdict: release them apart", place=row.reference)
    scheme, code = codes.pop()
    return CaseFacts(
        reference=row.reference,
        organisation=settings.TUTELA.origin,
        legal_basis=profile.current().basis(row.legal_basis, "package", row.proposed_at.date()).title,
        released_by=(f"person {row.proposed_by_id}", f"person {row.approved_by_id}"),
        recipient=f"{row.recipient.organisation.name}, {row.recipient.label}",
        verdict_scheme=scheme,
        verdict_code=code,
    )


def _shown(exhibit: Exhibit) -> Shown:
    item = items.item(exhibit.item_id)
    prints = {name: value for name, (value, _) in item.fingerprints.items()}
    return Shown(
        number=exhibit.number,
        item=item.reference,
        content=vault.open_stream(exhibit.object_id, bytes(exhibit.object.key_wrapped or b"")),
        size=exhibit.object.size,
        sha256=prints["sha256"],
        sha1=prints["sha1"],
        md5=prints["md5"],
        media_type=MEDIA_TYPES.get(item.kind, "application/octet-stream"),
        acquired_at=exhibit.object.received_at.replace(
            microsecond=exhibit.object.received_at.microsecond // 1000 * 1000
        ),
    )


def _disclosed(row: LogLeaf, size: int, note: bytes) -> Disclosed:
    key, details = disclose(row.subject, row.event, bytes(row.details_sealed))
    path = tuple(inclusion_proof(row.index, size, log.leaf_hashes))
    return Disclosed(
        leaf=bytes(row.leaf),
        event_key=key,
        details=json.loads(details),
        proof=Proof(index=row.index, path=path, checkpoint=note),
    )


def _now() -> datetime:
    """Cut to milliseconds, as the record of a package writes it."""
    now = clock.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
