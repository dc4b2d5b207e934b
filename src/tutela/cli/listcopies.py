"""Copies of one list for its recipients: each signed, with canaries of its own, following the copy before it.

Rules:
- the list is read and brought into order once, on the disk that the copies go to; each copy is then one pass
- what has expired on the day of the new version is left out, and counted on standard error
- the canaries of the copy before stay as they are
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from pathlib import Path

import typer

from tutela.cli.listfiles import appearing, placed
from tutela.custody import VerifierKey
from tutela.errors import Conflict
from tutela.hashlists import (
    ListEntry,
    Marking,
    Ordered,
    Signed,
    SignedHeader,
    Watch,
    has_expired,
    in_order,
    kept_canaries,
    make_canaries,
    sampled,
    sign_lines,
    verified_entries,
    verify,
)
from tutela.hashlists.native_entry import entry_on
from tutela.sealing import Ed25519Signer

SUFFIX = ".tutela"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version of a list, to be handed out.

    `header` has no recipient yet; `canaries` is how many are in each copy. Where there is a marking, ids are opaque
    unless they are to be kept: among ids in a row there is no place for a canary.
    """

    header: SignedHeader
    signer: Ed25519Signer = field(repr=False)
    marking: Marking | None
    canaries: int
    own_ids: bool

    @property
    def day(self) -> date:
        """The day on which this version was made, in UTC: what has expired by then is left out."""
        return self.header.created.astimezone(UTC).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A signed copy that was verified, and where it is."""

    path: Path
    signed: Signed


Copies = Mapping[str, Copy]


def earlier_copies(path: Path | None, keys: Sequence[VerifierKey]) -> Copies:
    """The copies of the version before, verified, by recipient: one file, or all of a folder.

    Raises VerificationFailed, and Conflict when they are not of one version.
    """
    if path is None:
        return {}
    found: dict[str, Copy] = {}
    for file in sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]:
        with placed(file), file.open("rb") as stream:
            signed = verify(stream, publishers=keys)
        found[signed.header.recipient] = Copy(path=file, signed=signed)
    versions = {(each.signed.header.name, each.signed.header.number, each.signed.content) for each in found.values()}
    if len(versions) != 1:
        raise Conflict("expected the copies of one version", place=str(path))
    return found


def write_copies(
    entries: Iterable[ListEntry], out: Path, edition: Edition, *, recipients: Sequence[str], before: Copies
) -> list[Signed]:
    """Writes OUT for one recipient or none, else OUT/RECIPIENT.tutela for each. Raises what signing raises."""
    targets = {"".join(recipients): out}
    if len(recipients) > 1:
        out.mkdir(mode=0o700, exist_ok=True)
        targets = {recipient: out / f"{recipient}{SUFFIX}" for recipient in recipients}
    with in_order(_admissible(entries, edition), out if len(recipients) > 1 else out.parent) as ordered:
        for what, count in sorted(ordered.left_out.items()):
            typer.echo(f"{out}: left out {what}: {count}", err=True)
        sample = _sample(ordered, edition) if recipients else []
        made = []
        for recipient, path in targets.items():
            canaries = _canaries(edition, recipient, sample, before.get(recipient))
            made.append(_write(ordered, path, edition, replace(edition.header, recipient=recipient), canaries))
        return made


def _admissible(entries: Iterable[ListEntry], edition: Edition) -> Iterator[ListEntry]:
    """Entries with their opaque ids. What has expired becomes a deletion, so that an older form does not come back."""
    ended, marking = 0, None if edition.own_ids else edition.marking
    for entry in entries:
        is_over = has_expired(entry, edition.day)
        ended += is_over
        kept = replace(entry, deleted=True) if is_over else entry
        yield kept if marking is None else replace(kept, id=marking.opaque_id(kept.key))
    if ended:
        typer.echo(f"left out entries that have expired: {ended}", err=True)


def _sample(ordered: Ordered, edition: Edition) -> list[ListEntry]:
    if edition.marking is None or not edition.canaries:
        return []
    return [entry_on(line, "") for line in sampled(edition.marking, ordered.lines())]


def _canaries(edition: Edition, recipient: str, sample: list[ListEntry], before: Copy | None) -> tuple[ListEntry, ...]:
    if not recipient or edition.marking is None or not edition.canaries:
        return ()
    kept: dict[int, ListEntry] = {}
    if before is not None:
        watch = Watch(edition.marking, [recipient], edition.canaries)
        with before.path.open("rb") as stream:
            kept = kept_canaries(watch, recipient, verified_entries(stream, before.signed))
    return make_canaries(edition.marking, recipient, sample, count=edition.canaries, kept=kept, on=edition.day)


def _write(
    ordered: Ordered, path: Path, edition: Edition, header: SignedHeader, canaries: tuple[ListEntry, ...]
) -> Signed:
    key = edition.marking.content_key if edition.marking else b""
    with appearing(path) as target:
        return sign_lines(
            ordered.lines(), target, header=header, signer=edition.signer, canaries=canaries, content_key=key
        )
