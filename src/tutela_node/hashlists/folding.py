"""A piece of a list file, read in its order, folded into what is left to be true of each fingerprint.

Rules:
- an entry is known by list, source, kind, its own id and the algorithm: taking a piece twice changes nothing
- a deleted entry withdraws all fingerprints of its key, a later one brings it back; within a piece the last row counts
- a code too long to be kept is a problem with its place, and the entry is taken without it
- so is a sound that is no Chromaprint fingerprint
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from tutela.errors import Invalid
from tutela.hashlists import ListEntry, Problem
from tutela.matching import items_of_text
from tutela_node.foundation.sealed import looker, sealer
from tutela_node.hashlists import lookups, provenance
from tutela_node.hashlists.models import LONGEST_CODE, LONGEST_SCHEME
from tutela_node.hashlists.rules import PROBLEMS_KEPT, SOUND

Place = tuple[str, str]  # look-up of the entry's key, algorithm


@dataclass(slots=True)
class Tally:
    """What an import, or one piece of it, did."""

    read: int = 0
    added: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    problem_count: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)

    def note(self, problem: Problem) -> None:
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append({"place": problem.place, "message": problem.message})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the file says about one fingerprint. `told` is plain: it is sealed when it is written."""

    value: str
    lookup: str
    scheme: str
    code: str
    told: bytes
    expires_on: date | None


@dataclass(slots=True)
class Seals:
    """The keys of one piece, each read once."""

    key: Callable[[str | bytes], str] = field(default_factory=lambda: looker("entry-key"))
    value: Callable[[str | bytes], str] = field(default_factory=lambda: looker(lookups.PURPOSE))
    seal: Callable[[bytes], bytes] = field(default_factory=lambda: sealer("entry"))
    seal_told: Callable[[bytes], bytes] = field(default_factory=lambda: sealer(provenance.PURPOSE))

    def key_of(self, entry: ListEntry) -> str:
        return self.key("\0".join(entry.key))


def entries_of(rows: Iterable[ListEntry | Problem], tally: Tally) -> list[ListEntry]:
    entries = []
    for row in rows:
        if isinstance(row, Problem):
            tally.note(row)
        else:
            tally.read += 1
            entries.append(row)
    return entries


def fold(
    batch: Sequence[tuple[str, ListEntry]], known: Iterable[Place], seals: Seals, tally: Tally
) -> dict[Place, Content | None]:
    """What the batch of (look-up of its key, entry) leaves of each fingerprint; None where it is withdrawn."""
    wanted: dict[Place, Content | None] = {}
    algorithms: dict[str, set[str]] = {}
    for key, algorithm in known:
        algorithms.setdefault(key, set()).add(algorithm)
    for key, entry in batch:
        own = algorithms.setdefault(key, set())
        if entry.deleted:
            wanted |= {(key, algorithm): None for algorithm in own}
            continue
        scheme, code = _classification(entry, tally)
        told = provenance.told_of(entry)
        for algorithm, value in _readable(entry, tally):
            own.add(algorithm)
            wanted[key, algorithm] = Content(
                value=value,
                lookup=seals.value(lookups.spelled(algorithm, value)),
                scheme=scheme,
                code=code,
                told=told,
                expires_on=entry.expires,
            )
    return wanted


def _readable(entry: ListEntry, tally: Tally) -> Iterator[tuple[str, str]]:
    """The fingerprints of an entry, without a sound that nobody could compare."""
    for algorithm, value in entry.hashes:
        try:
            if algorithm == SOUND:
                items_of_text(value, f"{entry.place}, {SOUND}")
        except Invalid as error:
            tally.note(Problem(place=error.place, message=error.message))
        else:
            yield algorithm, value


def _classification(entry: ListEntry, tally: Tally) -> tuple[str, str]:
    said = entry.classification
    if said is None:
        return "", ""
    if len(said.scheme) > LONGEST_SCHEME or len(said.code) > LONGEST_CODE:
        wanted = f"at most {LONGEST_SCHEME} and {LONGEST_CODE} characters"
        tally.note(Problem(place=entry.place, message=f"a scheme and its code have {wanted}; taken without them"))
        return "", ""
    return said.scheme, said.code
