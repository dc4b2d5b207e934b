"""Writes of hash lists: import, admit, withdraw, change, decide. What an item meets is kept by `match_actions.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from tutela.media import digest_stream
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Conflict, Invalid, Missing
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.ledger import record
from tutela_node.foundation.permissions import Actor, person_of, require
from tutela_node.foundation.sealed import lookup, seal
from tutela_node.hashlists import counting, deciding, holding, importing, lookups, reading, rules
from tutela_node.hashlists.counting import Moved
from tutela_node.hashlists.errors import BadList
from tutela_node.hashlists.holding import Held
from tutela_node.hashlists.models import Entry, Flood, HashList, ListImport
from tutela_node.hashlists.naming import find_or_make
from tutela_node.hashlists.numbering import take as take_numbers
from tutela_node.hashlists.permissions import ADMIT, CHANGE, DECIDE, IMPORT, TAKE, WITHDRAW
from tutela_node.hashlists.rules import FloodState, ImportState, ListState, Origin, Purpose

OCTETS = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    id: UUID
    read: int
    added: int
    withdrawn: int
    problem_count: int
    problems: tuple[dict[str, str], ...]
    quarantined: int = 0


@transaction.atomic
def import_list(
    actor: Actor,
    *,
    name: str,
    format: str,
    mapping: Mapping[str, str],
    stream: BinaryIO,
    trusted: bool,
    purpose: Purpose = Purpose.KNOWN,
) -> ImportResult:
    """Reads a small file into the list `name` at once, all of it or nothing. Bad rows are told, the rest is taken.

    `format` "" finds it out. Raises BadList for a file that is no list.
    """
    require(actor, IMPORT)
    now = clock.now()
    target = _target(actor, name, trusted, purpose, now)
    digest = digest_stream(iter(lambda: stream.read(OCTETS), b""))
    stream.seek(0)
    chosen, rows = reading.open_list(stream, format, mapping)
    made = _begun(actor, target, now, format=chosen, mapping=dict(mapping), sha256=digest.sha256, size=digest.size)
    try:
        while batch := list(islice(rows, importing.PIECE)):
            importing.take_piece(made, batch, now=now)
    except Invalid as error:
        raise BadList(error.message, place=error.place) from None
    _finish(actor, made, now)
    return _result(made)


@transaction.atomic
def begin_import(
    actor: Actor,
    *,
    name: str,
    format: str,
    mapping: Mapping[str, str],
    held: Held,
    trusted: bool,
    purpose: Purpose = Purpose.KNOWN,
) -> UUID:
    """Begins the import of a file that was received sealed; its rows are taken piece by piece. Answers its id."""
    require(actor, IMPORT)
    now = clock.now()
    target = _target(actor, name, trusted, purpose, now)
    with holding.open_held(held.id, held.key_wrapped) as stream:
        chosen, _ = reading.open_list(stream, format, mapping)
    made = _begun(
        actor,
        target,
        now,
        id=held.id,
        format=chosen,
        mapping=dict(mapping),
        sha256=held.sha256,
        size=held.size,
        key_wrapped=held.key_wrapped,
    )
    record(actor, "import.begun", target.id, {"import": str(made.id), "file": held.sha256, "trusted": trusted})
    return made.id


@transaction.atomic
def take_rows(actor: Actor, *, id: UUID, piece: reading.Piece, seconds: float) -> bool:
    """Takes the next rows of an import; True when there are more. Raises Conflict when they are not the next ones.

    `seconds` were spent on reading them.
    """
    require(actor, TAKE)
    made = _running(id)
    if made is None:
        return False
    if made.position != piece.position:
        raise Conflict("another worker took these rows", place="import")
    now = clock.now()
    importing.take_piece(made, piece.rows, now=now)
    made.octets_read, made.seconds = piece.octets, made.seconds + seconds
    made.save(update_fields=["octets_read", "seconds"])
    if piece.is_last:
        _finish(actor, made, now)
        _drop_file(made)
    return not piece.is_last


@transaction.atomic
def fail_import(actor: Actor, *, id: UUID, trouble: str) -> None:
    """Ends an import whose file cannot be read any further; what was taken stays."""
    require(actor, TAKE)
    made = _running(id)
    if made is not None:
        _end(made, ImportState.FAILED, trouble)
        record(actor, "import.failed", made.list_id, {"import": str(id), "read": made.read})


@transaction.atomic
def cancel_import(actor: Actor, *, id: UUID) -> None:
    """Stops an import that is running. What was taken stays, and counts."""
    require(actor, IMPORT)
    made = _running(id)
    if made is None:
        raise Conflict("this import is over", place="import")
    _end(made, ImportState.CANCELLED, "")
    counting.note(actor, made.list, "import cancelled", at=clock.now(), brought_by=made)
    record(actor, "import.cancelled", made.list_id, {"import": str(id), "read": made.read})


@transaction.atomic
def change_list(
    actor: Actor,
    *,
    id: UUID,
    reason: str,
    state: ListState | None = None,
    threshold: int | None = None,
    trusted: bool | None = None,
    growth_limit: int | str | None = None,
) -> None:
    """Changes what is given of a list, with a line of history each. `growth_limit` "" goes back to the usual one."""
    require(actor, CHANGE)
    rules.check_reason(reason)
    if threshold is not None:
        rules.check_threshold(threshold)
    row, now = counting.lock(id), clock.now()
    rules.check_verified(is_unverified=row.is_unverified and bool(trusted))
    wanted: dict[str, tuple[str, object]] = {}
    if state is not None:
        wanted["state"] = ("paused" if state is ListState.PAUSED else "resumed", str(state))
    if threshold is not None:
        wanted["threshold"] = ("threshold", threshold)
    if trusted is not None:
        wanted["is_trusted"] = ("trusted" if trusted else "trust ended", trusted)
    if growth_limit is not None:
        wanted["growth_limit"] = ("growth limit", None if growth_limit == "" else int(growth_limit))
    changed = {name: what for name, what in wanted.items() if getattr(row, name) != what[1]}
    if not changed:
        raise Conflict("the list is like this already", place="list")
    for name, (what, value) in changed.items():
        counting.note(actor, row, what, at=now, was=_said(getattr(row, name)), now=_said(value), reason=reason)
        setattr(row, name, value)
    row.save(update_fields=[*changed])
    if {"state", "threshold"} & set(changed):
        counting.renew(row)
    told = {name: _said(value) for name, (_, value) in changed.items()}
    record(actor, "list.changed", row.id, {"reason": reason.strip(), **told})


@transaction.atomic
def decide_flood(actor: Actor, *, id: UUID, release: bool, reason: str) -> bool:
    """Decides about what waits in quarantine, or proposes it where two people decide. True when it is decided."""
    require(actor, DECIDE)
    rules.check_reason(reason)
    person, now = person_of(actor), clock.now()
    flood = Flood.objects.select_for_update().select_related("list").filter(id=id).first()
    if flood is None:
        raise Missing("there is nothing in quarantine under this number", place="flood")
    wanted = "release" if release else "discard"
    outcome = rules.flood_decision(
        state=FloodState(flood.state),
        needs_two=rules.needs_two(trusted=flood.list.is_trusted, count=flood.count),
        is_same_wish=flood.wanted == wanted,
        is_same_person=flood.proposed_by == person,
        release=release,
    )
    if outcome is FloodState.PROPOSED:
        flood.proposed_by, flood.proposed_name, flood.proposed_at = person, actor.name, now
        flood.wanted, flood.proposed_reason = wanted, reason.strip()
    else:
        flood.decided_by, flood.decided_name, flood.decided_at, flood.reason = person, actor.name, now, reason.strip()
    flood.state = outcome
    flood.save()
    what = f"{wanted} proposed" if outcome is FloodState.PROPOSED else f"{wanted} decided"
    counting.note(actor, flood.list, what, at=now, now=str(flood.count), reason=reason, brought_by=flood.brought_by)
    record(actor, "flood.decided", flood.list_id, {"import": str(flood.brought_by_id), "outcome": str(outcome)})
    return outcome is not FloodState.PROPOSED


@transaction.atomic
def move_flood(actor: Actor, *, id: UUID) -> int:
    """Moves the next entries as it was decided; answers how many are left."""
    require(actor, TAKE)
    flood = Flood.objects.select_for_update().get(id=id)
    left = deciding.move_flood(flood, now=clock.now())
    if not left:
        done = FloodState.RELEASED if flood.state == FloodState.RELEASING else FloodState.DISCARDED
        Flood.objects.filter(id=id).update(state=done, left=0)
        record(actor, f"flood.{done}", flood.list_id, {"import": str(flood.brought_by_id), "count": flood.count})
    return left


@transaction.atomic
def expire_entries(actor: Actor) -> int:
    """Marks entries whose day has come, so that every index drops them; answers how many. Call it until it is 0."""
    require(actor, TAKE)
    count = deciding.expire(now=clock.now())
    if count:
        record(actor, "entries.expired", new_id(), {"count": count})
    return count


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
    national = counting.lock(find_or_make(rules.NATIONAL, now=now, trusted=True).id)
    key = lookup("entry-key", str(item))
    admitted, made = [], 0
    for algorithm, value in rules.admissible(fingerprints).items():
        known = Entry.objects.filter(list=national, key_lookup=key, algorithm=algorithm).first()
        if known is None:
            made += 1
            known = Entry.objects.create(
                id=new_id(),
                list=national,
                seq=take_numbers("seq", 1)[0],
                number=take_numbers("number", 1)[0],
                key_lookup=key,
                algorithm=algorithm,
                value_sealed=seal("entry", value.encode()),
                lookup=lookups.of_value(algorithm, value),
                scheme=scheme,
                code=code,
                origin=Origin.VERDICT,
                admitted_at=now,
                item=item,
                verdict=verdict,
                decided_on=now.date(),
                people=people,
            )
        admitted.append(known.id)
    counting.count(national, Moved(live=made, admitted=made), now)
    record(actor, "entry.admitted", item, {"verdict": str(verdict), "entries": [str(each) for each in admitted]})
    return tuple(admitted)


@transaction.atomic
def withdraw_entry(actor: Actor, *, number: int, reason: str) -> None:
    """Takes an entry off. Every index drops it with its next question; importing the same value leaves it off."""
    require(actor, WITHDRAW)
    rules.check_reason(reason)
    now, standing = clock.now(), Entry.objects.filter(number=number, withdrawn_at=None)
    list_id = standing.values_list("list", flat=True).first()
    target = counting.lock(list_id) if list_id else None
    entry = standing.select_for_update().first() if target else None
    if target is None or entry is None:
        raise Missing("there is no such entry", place="entry")
    deciding.withdraw(target, [entry], by=actor.id, now=now)
    counting.note(actor, target, "withdrawn", at=now, reason=reason, entry=entry)
    record(actor, "entry.withdrawn", entry.id, {"number": number, "reason": reason.strip()})


def _target(actor: Actor, name: str, trusted: bool, purpose: Purpose, now: datetime) -> HashList:
    """The list of an import, locked. Raises Conflict for one that is there for another purpose."""
    target = counting.lock(find_or_make(rules.check_name(name), now=now, trusted=trusted, purpose=purpose).id)
    rules.check_verified(is_unverified=target.is_unverified)
    if target.purpose != purpose:
        raise Conflict("this list is there for another purpose; known and known-good are never mixed", place="name")
    if target.is_trusted != trusted:
        counting.note(actor, target, "trusted" if trusted else "trust ended", at=now, reason="")
        HashList.objects.filter(id=target.id).update(is_trusted=trusted)
    return target


def _begun(actor: Actor, target: HashList, now: datetime, **told: object) -> ListImport:
    return ListImport.objects.create(
        list=target, by_id=actor.id, by_name=actor.name, at=now, state=ImportState.RUNNING, **told
    )


def _running(id: UUID) -> ListImport | None:
    return ListImport.objects.select_for_update().filter(id=id, state=ImportState.RUNNING).first()


def _finish(actor: Actor, made: ListImport, now: datetime) -> None:
    """The import is whole: from now on, what is added to its list is growth."""
    made.state, made.ended_at = ImportState.DONE, now
    made.save(update_fields=["state", "ended_at"])
    counting.fill(made.list, now)
    counts = {"read": made.read, "added": made.added, "withdrawn": made.withdrawn, "problems": made.problem_count}
    record(actor, "list.imported", made.list_id, {"import": str(made.id), "file": made.sha256, **counts})


def _end(made: ListImport, state: ImportState, trouble: str) -> None:
    made.state, made.ended_at, made.trouble = state, clock.now(), trouble[:300]
    made.save(update_fields=["state", "ended_at", "trouble"])
    _drop_file(made)


def _drop_file(made: ListImport) -> None:
    """Forgets the key with the commit, and removes the file after it."""
    ListImport.objects.filter(id=made.id).update(key_wrapped=b"")
    reading.forget(made.id)
    transaction.on_commit(lambda: holding.discard(made.id))


def _result(made: ListImport) -> ImportResult:
    return ImportResult(
        id=made.id,
        read=made.read,
        added=made.added,
        withdrawn=made.withdrawn,
        quarantined=made.quarantined,
        problem_count=made.problem_count,
        problems=tuple(made.problems),
    )


def _said(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
