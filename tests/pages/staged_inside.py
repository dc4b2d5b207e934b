"""An archive with pictures inside for the review pages, one of them on a list, and parts that were left out."""

import io
import zipfile
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from tutela.media import fingerprint
from tutela_node.desks.cli.exampleland.web_host import picture
from tutela_node.evidence import actions as evidence
from tutela_node.evidence.vault import receive
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import SYSTEM
from tutela_node.intake import actions as intake
from tutela_node.intake import queries as reports
from tutela_node.journeys import unpacked
from tutela_node.material import actions as material
from tutela_node.material import inside_actions
from tutela_node.review import actions as review
from tutela_node.review.rules import bucket_of

NAMES = ("holiday/IMG_2093.jpg", "holiday/IMG_2094.jpg", "صورة ١.jpg", "a\u202egpj.exe <b>.jpg")


def stage(beside: str) -> dict[str, str]:
    """The archive, and its first member, as items of the report that named another item."""
    report = reports.reports_of_item(UUID(beside))[0]
    with transaction.atomic(), clock.standing_at(clock.now() - timedelta(hours=1)):
        archive = _item(report, _archive())
    piece = unpacked.read_piece(archive)
    with transaction.atomic():
        members = [(_known(report, each), each.name) for each in piece.found]
        inside_actions.keep_inside(SYSTEM, container=archive, found=members, piece=piece.contents)
        for item in (archive, *(item for item, _ in members)):
            _enqueue(item)
    return {"archive": str(archive), "member": str(members[0][0])}


def _archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number, name in enumerate(NAMES):
            archive.writestr(name, picture(41207 + number, width=640, height=480))
        archive.writestr("read me.txt", "words")
        archive.writestr("older.ace", b"an old **ACE**")
    return made.getvalue()


def _item(report: UUID, content: bytes) -> UUID:
    with receive(10_000_000) as receiver:
        receiver.write(content)
        received = receiver.seal()
    object_id = evidence.admit_object(SYSTEM, received=received, source=f"report:{report}")
    digests = {name: getattr(received, name) for name in ("sha256", "sha1", "md5")}
    item = material.register_item(SYSTEM, object_id=object_id, size=received.size, digests=digests)
    material.fingerprint_item(SYSTEM, item=item, prints=fingerprint(content))
    intake.attach(SYSTEM, report=report, item=item)
    return item


def _known(report: UUID, found: unpacked.Found) -> UUID:
    received = found.received
    assert received is not None
    object_id = evidence.admit_object(SYSTEM, received=received, source=f"report:{report}")
    digests = {name: getattr(received, name) for name in ("sha256", "sha1", "md5")}
    item = material.register_item(SYSTEM, object_id=object_id, size=received.size, digests=digests)
    content = picture(41207 + NAMES.index(found.name), width=640, height=480)
    material.fingerprint_item(SYSTEM, item=item, prints=fingerprint(content))
    intake.attach(SYSTEM, report=report, item=item)
    return item


def _enqueue(item: UUID) -> None:
    material.set_item_state(SYSTEM, item=item, state="matched")
    bucket, reason = bucket_of(match={}, reuse_distance=8, reuse_quality=80)
    due = clock.now() + timedelta(hours=23)
    review.enqueue(SYSTEM, item=item, bucket=bucket, reason=reason, match={}, due_at=due)
    material.set_item_state(SYSTEM, item=item, state="queued")
