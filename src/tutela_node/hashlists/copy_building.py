"""The file of an approved copy of a list: signed by the node, marked with canaries, sealed to its recipient.

Rules:
- what leaves is the live entries with their fingerprints, classification and admission: no item, no person, no report
- an entry's id in the copy says nothing and is always the same; the plain list touches no disk
- the copy must not be used after the recipient's agreement has ended
- a file that was built twice because a worker died has another name; the row names one, and the others are removed
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from itertools import groupby
from pathlib import Path
from uuid import UUID

from django.conf import settings

from tutela.custody import VerifierKey
from tutela.hashlists import (
    Admission,
    Classification,
    ListEntry,
    Marking,
    SignedHeader,
    Watch,
    kept_canaries,
    make_canaries,
    sampled,
    sign,
)
from tutela.hashlists.native_entry import as_line, entry_on
from tutela.sealing import key_id, seal_age_pieces
from tutela_node.accounts import queries as accounts
from tutela_node.accounts.rules import AgreementKind
from tutela_node.foundation import clock, keys
from tutela_node.foundation.errors import Conflict, Forbidden, Limited, Missing
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.sealed import unseal
from tutela_node.hashlists import lookups
from tutela_node.hashlists.models import Entry, HashList, ListCopy
from tutela_node.hashlists.replica.layout import fsync_folder
from tutela_node.hashlists.rules import SOUND, UNVERIFIED, CopyState
from tutela_node.hashlists.standing import live

MOST_ENTRIES = 500_000
PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A copy on disk, sealed to its recipient. `canaries`: their lines; `lookups`: of their values, by number."""

    file: str
    size: int
    sha256: str
    version: int
    entries: int
    content: str
    expires_on: date
    canaries: bytes = field(repr=False)
    lookups: tuple[tuple[int, str], ...] = field(repr=False)


def folder() -> Path:
    return Path(settings.TUTELA.data) / "copies"


def tidy(copy: UUID, *, keep: str) -> None:
    """Removes the files of builds that were not the last."""
    for path in folder().glob(f"{copy.hex}-*.age"):
        if path.name != keep:
            path.unlink(missing_ok=True)


def publisher() -> str:
    """The verifier key of copies, `name+hash+base64`: public, and given to recipients apart from the copies."""
    signer = keys.signer("release")
    return str(VerifierKey(name=signer.name, public=signer.public))


def build(copy: UUID) -> Built:
    """Writes the sealed file and no row. Raises Missing, Forbidden without an agreement, Conflict for an empty list."""
    row = ListCopy.objects.select_related("list").filter(id=copy, state=CopyState.APPROVED).first()
    if row is None:
        raise Missing("there is no such approved copy", place="copy")
    today = clock.now().date()
    ends = accounts.agreement_ends(row.organisation, AgreementKind.HASHLISTS, today)
    if ends is None:
        raise Forbidden("the recipient has no agreement about lists in force", place="recipient")
    marking = Marking(secret=keys.secret("canary"), name=row.list.name)
    entries = sorted(_entries(row.list, marking, today), key=lambda entry: entry.key)
    if not entries:
        raise Conflict("the list has no live entry", place="list")
    canaries = _canaries(row, marking, entries, today)
    version = _version(row.list)
    signer, out = keys.signer("release"), io.BytesIO()
    header = SignedHeader(
        name=row.list.name,
        number=version,
        created=clock.now().astimezone(UTC).replace(microsecond=0),
        publisher=signer.name,
        key=key_id(signer.public),
        recipient=str(row.organisation),
        previous=_previous(row, version),
        expires=ends + timedelta(days=1),
    )
    signed = sign(entries, out, header=header, signer=signer, canaries=canaries, content_key=marking.content_key)
    file, size, digest = _sealed(copy, out, accounts.recipient_key(row.recipient).public)
    return Built(
        file=file,
        size=size,
        sha256=digest,
        version=version,
        entries=signed.entries,
        content=signed.content,
        expires_on=ends + timedelta(days=1),
        canaries=b"".join(map(as_line, canaries)),
        lookups=tuple(
            (number, lookups.of_value(algorithm, value))
            for number, each in enumerate(canaries)
            for algorithm, value in each.hashes
        ),
    )


def _entries(source: HashList, marking: Marking, today: date) -> Iterator[ListEntry]:
    rows = Entry.objects.filter(live(today), list=source).order_by("key_lookup", "algorithm").iterator(chunk_size=2_000)
    for number, (key, group) in enumerate(groupby(rows, lambda row: row.key_lookup), start=1):
        if number > MOST_ENTRIES:
            raise Limited(f"the list has more than the {MOST_ENTRIES:,} entries that a copy may have", place="list")
        together = list(group)
        first = together[0]
        decided = marking.opaque_id(("decision", str(first.verdict), key))
        yield ListEntry(
            id=marking.opaque_id(("", "", key)),
            hashes=tuple((row.algorithm, unseal("entry", row.value_sealed).decode()) for row in together),
            classification=Classification(scheme=first.scheme, code=first.code) if first.code else None,
            admitted=Admission(id=decided, at=first.admitted_at.replace(microsecond=0)) if first.admitted_at else None,
            expires=first.expires_on,
            tags=(UNVERIFIED,) if source.is_unverified else (),
        )


def _soundless(entry: ListEntry) -> ListEntry:
    """As a canary may be: nobody can make up the fingerprint of a sound that would not be told from a real one."""
    return replace(entry, hashes=tuple(pair for pair in entry.hashes if pair[0] != SOUND))


def _canaries(row: ListCopy, marking: Marking, entries: list[ListEntry], today: date) -> tuple[ListEntry, ...]:
    """Those of the recipient's copy before, and as many more as a copy has."""
    sample = sampled(marking, ((entry.key, _soundless(entry)) for entry in entries))
    before = ListCopy.objects.filter(list=row.list, organisation=row.organisation, state=CopyState.BUILT)
    last = before.order_by("-built_at").first()
    kept = {}
    if last is not None:
        lines = unseal("canaries", last.canaries_sealed).splitlines(keepends=True)
        watch = Watch(marking, [str(row.organisation)])
        kept = kept_canaries(watch, str(row.organisation), (entry_on(line, "canary") for line in lines))
    return make_canaries(marking, str(row.organisation), sample, kept=kept, on=today)


def _version(source: HashList) -> int:
    newest = Entry.objects.filter(list=source).order_by("-seq").values_list("seq", flat=True).first()
    return max(newest or 0, source.seq, 1)


def _previous(row: ListCopy, version: int) -> str:
    before = ListCopy.objects.filter(list=row.list, state=CopyState.BUILT, version__lt=version)
    return before.order_by("-version").values_list("content", flat=True).first() or ""


def _sealed(copy: UUID, plain: io.BytesIO, recipient: str) -> tuple[str, int, str]:
    """Name, octets and SHA-256 of the file."""
    name = f"{copy.hex}-{new_id().hex}.age"
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder() / name
    plain.seek(0)
    seal_age_pieces(iter(lambda: plain.read(PIECE), b""), path, [recipient])
    fsync_folder(folder())
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return name, path.stat().st_size, digest
