"""Every write of hash lists: import, admit, withdraw, match."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from tutela.hashlists import FORMATS, HEAD, sniff
from tutela.hashlists.csvmap import DEFAULTS
from tutela.hashlists.csvmap import read as read_table
from tutela.hashlists.entry import Read
from tutela.media import digest_stream
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Invalid, Missing
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, require
from tutela_node.foundation.sealed import lookup, seal
from tutela_node.hashlists import importing, index, rules
from tutela_node.hashlists.errors import BadList
from tutela_node.hashlists.models import Entry, HashList, ListImport, Match
from tutela_node.hashlists.naming import find_or_make
from tutela_node.hashlists.numbering import take as take_numbers
from tutela_node.hashlists.permissions import ADMIT, IMPORT, MATCH, WITHDRAW

TABLES = frozenset(DEFAULTS)
PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    id: UUID
    read: int
    added: int
    withdrawn: int
    problem_count: int
    problems: tuple[dict[str, str], ...]


@transaction.atomic
def import_list(
    actor: Actor, *, name: str, format: str, mapping: Mapping[str, str], stream: BinaryIO, trusted: bool
) -> ImportResult:
    """Reads a file into the list `name`; bad rows are reported and the rest is taken. `format` "" finds it out."""
    require(actor, IMPORT)
    now = clock.now()
    target = find_or_make(rules.check_name(name), now=now, trusted=trusted)
    HashList.objects.filter(id=target.id).update(is_trusted=trusted)
    digest = digest_stream(iter(lambda: stream.read(PIECE), b"")).sha256
    stream.seek(0)
    chosen, rows = _open(stream, format, mapping)
    try:
        tally = importing.take(target, rows, now=now)
    except Invalid as error:
        raise BadList(error.message, place=error.place) from None
    made = ListImport.objects.create(
        list=target,
        format=chosen,
        by_id=actor.id,
        at=now,
        sha256=digest,
        read=tally.read,
        added=tally.added,
        withdrawn=tally.withdrawn,
        problem_count=tally.problem_count,
        problems=tally.problems,
    )
    counts = {"read": tally.read, "added": tally.added, "withdrawn": tally.withdrawn, "problems": tally.problem_count}
    told = {"import": str(made.id), "file": digest, "trusted": trusted, **counts}
    record(actor, "list.imported", target.id, told)
    return ImportResult(
        id=made.id,
        read=tally.read,
        added=tally.added,
        withdrawn=tally.withdrawn,
        problem_count=tally.problem_count,
        problems=tuple(tally.problems),
    )


@transaction.atomic
def admit(
    actor: Actor,
    *,
    item: UUID,
    fingerprints: Mapping[str, tuple[str, int | None]],
    verdict: UUID,
    scheme: str,
    code: str,
    people: int,
) -> tuple[UUID, ...]:
    """Admits the fingerprints of an item with a verdict to the national list; again, it changes nothing."""
    require(actor, ADMIT)
    now = clock.now()
    national = find_or_make(rules.NATIONAL, now=now, trusted=True)
    key = lookup("entry-key", str(item))
    admitted = []
    for algorithm, value in rules.admissible(fingerprints).items():
        known = Entry.objects.filter(list=national, key_lookup=key, algorithm=algorithm).first()
        if known is None:
            known = Entry.objects.create(
                id=new_id(),
                list=national,
                seq=take_numbers("seq", 1)[0],
                number=take_numbers("number", 1)[0],
                key_lookup=key,
                algorithm=algorithm,
                value_sealed=seal("entry", value.encode()),
                lookup=lookup("entry", f"{algorithm}:{value}"),
                scheme=scheme,
                code=code,
                item=item,
                verdict=verdict,
                decided_on=now.date(),
                people=people,
            )
        admitted.append(known.id)
    record(actor, "entry.admitted", item, {"verdict": str(verdict), "entries": [str(each) for each in admitted]})
    return tuple(admitted)


@transaction.atomic
def withdraw_entry(actor: Actor, *, number: int, reason: str) -> None:
    """Takes an entry off. Every index drops it with its next question; importing the same value leaves it off."""
    require(actor, WITHDRAW)
    rules.check_reason(reason)
    entry = Entry.objects.select_for_update().filter(number=number, withdrawn_at=None).first()
    if entry is None:
        raise Missing("there is no such entry", place="entry")
    Entry.objects.filter(id=entry.id).update(
        withdrawn_at=clock.now(), withdrawn_by=actor.id, seq=take_numbers("seq", 1)[0]
    )
    record(actor, "entry.withdrawn", entry.id, {"number": number, "reason": reason.strip()})


@transaction.atomic
def match_item(actor: Actor, *, item: UUID, fingerprints: Mapping[str, tuple[str, int | None]]) -> int:
    """Asks the index about an item and keeps every match; answers how many stand. Its own entries do not count."""
    require(actor, MATCH)
    hashes = {name: value for name, (value, _) in fingerprints.items()}
    quality = fingerprints["pdq"][1] if "pdq" in fingerprints else None
    hits = {hit.entry: hit for hit in index.ask(hashes, quality)}
    rows = Entry.objects.filter(number__in=hits, withdrawn_at=None).exclude(item=item)
    for row in rows:
        hit = hits[row.number]
        Match.objects.get_or_create(
            item=item,
            entry=row,
            defaults={
                "distance": hit.distance,
                "closeness": str(hit.hit_class),
                "via": hit.via,
                "quality": quality if row.algorithm == "pdq" else None,
                "at": clock.now(),
            },
        )
    record(actor, "item.matched", item, {"matches": len(rows)})
    return len(rows)


def _open(stream: BinaryIO, format: str, mapping: Mapping[str, str]) -> tuple[str, Read]:
    head = stream.read(HEAD)
    stream.seek(0)
    if format and format not in FORMATS:
        raise Invalid(f"unknown format; known are {', '.join(FORMATS)}", place="format")
    chosen = FORMATS[format] if format else sniff(head)
    if not mapping:
        return chosen.name, chosen.read(stream)
    if chosen.name not in TABLES:
        raise Invalid("columns are named for a table only; leave them empty for this format", place="mapping")
    return chosen.name, read_table(stream, replace(DEFAULTS[chosen.name], columns=dict(mapping)))
