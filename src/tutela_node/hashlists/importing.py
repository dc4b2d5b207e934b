"""Rows of a list file into rows of our table: batch by batch, so that a large list needs little memory.

Rules:
- an entry is known by list, source, kind, its own id and the algorithm: importing a file twice changes nothing
- rows count in the order of the file; a deleted entry withdraws all fingerprints of its key, a later one brings it back
- what a person here withdrew stays withdrawn while the list says the same value; a corrected value is another matter
- a problem is counted and its place kept; it never stops the rest
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from tutela.hashlists import ListEntry, Problem
from tutela_node.foundation.ids import new_id
from tutela_node.foundation.sealed import lookup, seal
from tutela_node.hashlists.models import LONGEST_CODE, LONGEST_SCHEME, Entry, HashList, Match
from tutela_node.hashlists.numbering import take as take_numbers
from tutela_node.hashlists.rules import PROBLEMS_KEPT

BATCH = 400
WRITTEN = ("seq", "value_sealed", "lookup", "scheme", "code", "withdrawn_at", "withdrawn_by")
Place = tuple[str, str]  # look-up of the entry's key, algorithm


@dataclass(slots=True)
class Tally:
    """What an import did so far."""

    read: int = 0
    added: int = 0
    withdrawn: int = 0
    problem_count: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)

    def note(self, problem: Problem) -> None:
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append({"place": problem.place, "message": problem.message})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the file says about one fingerprint."""

    value: str
    lookup: str
    scheme: str
    code: str


def take(target: HashList, rows: Iterable[ListEntry | Problem], *, now: datetime, size: int = BATCH) -> Tally:
    """Takes entries and problems, in the order of the file, into the list; `size` rows are held at a time."""
    tally = Tally()
    entries = _entries(rows, tally)
    while batch := list(islice(entries, size)):
        _take_batch(target, batch, tally, now)
    return tally


def _entries(rows: Iterable[ListEntry | Problem], tally: Tally) -> Iterator[ListEntry]:
    for row in rows:
        if isinstance(row, Problem):
            tally.note(row)
        else:
            tally.read += 1
            yield row


def _take_batch(target: HashList, batch: list[ListEntry], tally: Tally, now: datetime) -> None:
    keys = {_key(entry) for entry in batch}
    known = {
        (row.key_lookup, row.algorithm): row for row in Entry.objects.filter(list=target, key_lookup__in=list(keys))
    }
    made, changed, gone = [], [], []
    for place, content in _fold(batch, known, tally).items():
        row = known.get(place)
        if row is None:
            made += [_new(target, place, content)] if content else []
        elif content is None:
            gone += [row] if row.withdrawn_at is None else []
        elif _differs(row, content):
            changed.append(_changed(row, content))
    for row in gone:
        row.withdrawn_at = now
    _write(made, [*changed, *gone])
    tally.added += len(made) + len(changed)
    tally.withdrawn += len(gone)


def _fold(batch: list[ListEntry], known: Iterable[Place], tally: Tally) -> dict[Place, Content | None]:
    """What the batch, read in its order, leaves of each fingerprint; None where it is withdrawn."""
    wanted: dict[Place, Content | None] = {}
    algorithms: dict[str, set[str]] = {}
    for key, algorithm in known:
        algorithms.setdefault(key, set()).add(algorithm)
    for entry in batch:
        key = _key(entry)
        own = algorithms.setdefault(key, set())
        if entry.deleted:
            wanted |= {(key, algorithm): None for algorithm in own}
            continue
        scheme, code = _classification(entry, tally)
        for algorithm, value in entry.hashes:
            own.add(algorithm)
            found = lookup("entry", f"{algorithm}:{value}")
            wanted[key, algorithm] = Content(value=value, lookup=found, scheme=scheme, code=code)
    return wanted


def _classification(entry: ListEntry, tally: Tally) -> tuple[str, str]:
    said = entry.classification
    if said is None:
        return "", ""
    if len(said.scheme) > LONGEST_SCHEME or len(said.code) > LONGEST_CODE:
        wanted = f"at most {LONGEST_SCHEME} and {LONGEST_CODE} characters"
        tally.note(Problem(place=entry.place, message=f"a scheme and its code have {wanted}; taken without them"))
        return "", ""
    return said.scheme, said.code


def _differs(row: Entry, content: Content) -> bool:
    if row.lookup != content.lookup:
        return True
    if row.withdrawn_at is not None:
        return row.withdrawn_by is None
    return (row.scheme, row.code) != (content.scheme, content.code)


def _changed(row: Entry, content: Content) -> Entry:
    """The row with what the file says now; matches with a value that was replaced no longer stand."""
    if row.lookup != content.lookup:
        Match.objects.filter(entry=row).delete()
    row.value_sealed, row.lookup = seal("entry", content.value.encode()), content.lookup
    row.scheme, row.code = content.scheme, content.code
    row.withdrawn_at = row.withdrawn_by = None
    return row


def _new(target: HashList, place: Place, content: Content) -> Entry:
    key, algorithm = place
    return Entry(
        id=new_id(),
        list=target,
        key_lookup=key,
        algorithm=algorithm,
        value_sealed=seal("entry", content.value.encode()),
        lookup=content.lookup,
        scheme=content.scheme,
        code=content.code,
    )


def _write(made: list[Entry], changed: list[Entry]) -> None:
    if not made and not changed:
        return
    for row, seq in zip([*made, *changed], take_numbers("seq", len(made) + len(changed)), strict=True):
        row.seq = seq
    for row, number in zip(made, take_numbers("number", len(made)), strict=True):
        row.number = number
    Entry.objects.bulk_create(made)
    Entry.objects.bulk_update(changed, WRITTEN, batch_size=100)


def _key(entry: ListEntry) -> str:
    return lookup("entry-key", "\0".join(entry.key))
