"""An index of PDQ hashes that can be asked while it changes.

Rules:
- most hashes sit in immutable segments; new ones go to a tail that is compared one by one, and match at once
- a removed id never matches again, from the moment `remove` returns; it may be added anew
- merging goes on beside questions, additions and removals
- the answer is the oracle's: every row within the threshold, by distance and then by order of adding
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tutela.matching import files, segment
from tutela.matching.kernels import Distances, Rows
from tutela.matching.marks import Groups, Id, Keys, Marks, marked
from tutela.matching.pile import Made, Part, Pile, State, Written
from tutela.matching.roster import Roster, RowNumbers
from tutela.matching.segment import Lines, Segment
from tutela.matching.tail import Tail
from tutela.matching.words import WORDS, Words, bounded, needle_words, table

Limits = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """An id of the index, its Hamming distance in bits, and the group it was added with.

    `row` tells the rows of one id apart within one answer of `search_many`; a merge renumbers them.
    """

    id: Id
    distance: int
    group: int = 0
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """What is near: a line for each hit, by needle (its number), then by distance, then in the order of adding."""

    needles: npt.NDArray[np.uint32]
    ids: list[Id]
    distances: npt.NDArray[np.int64]
    groups: Groups
    rows: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    def lines(self) -> Iterator[tuple[int, Id, int, int, int]]:
        """Needle, id, distance, group and row of each hit."""
        if not self.ids:
            return iter(())
        numbers = (each.tolist() for each in (self.distances, self.groups, self.rows))
        return zip(self.needles.tolist(), self.ids, *numbers, strict=True)


NOTHING = Columns(
    needles=np.empty(0, np.uint32),
    ids=[],
    distances=np.empty(0, np.int64),
    groups=np.empty(0, np.uint16),
    rows=np.empty(0, np.int64),
)


class Index(Pile[Segment]):
    """PDQ hashes by caller-chosen ids (64-bit numbers or text). Any number of threads may ask, add and remove.

    At most 100 bytes a hash with its id and group, and 4.5 MB once; as much again during `rebuild`.
    """

    __slots__ = ()

    def __init__(self, hashes: Words | None = None, ids: Sequence[Id] | Keys = (), group: int = 0) -> None:
        """Start with `hashes` (uint64[n, 4]) and one id for each. Raises Invalid when the numbers differ."""
        super().__init__(np.empty((0, WORDS), dtype=np.uint64))
        if hashes is not None or len(ids):
            self.add(np.empty((0, WORDS), dtype=np.uint64) if hashes is None else hashes, ids, group)
        self.rebuild()

    @classmethod
    def open(cls, path: Path, *, verify: bool = False) -> "Index":
        """The index that `write` left in a file, mapped. Raises Invalid and OSError."""
        opened = cls()
        opened._state = State(parts=(files.mapped_segment(path, verify=verify),), settled=1, tail=opened._state.tail)
        return opened

    def write(self, path: Path) -> Written:
        """Write every row that can match into one new file, which appears whole or not at all; ids are numbers.

        Questions, additions and removals go on; what they change meanwhile may be in the file or not.
        Raises Invalid for ids that are text, Conflict when the file is there, and OSError.
        """
        with self._pinned() as (parts, rows):
            return _written(path, parts, rows)

    def search(self, needle: Words, *, threshold: int, limits: Limits | None = None) -> tuple[Near, ...]:
        """All ids within `threshold` bits (0 to 256) of `needle` (uint64[4]), nearest first. Raises Invalid.

        `limits`, int16[65536], is a threshold for each group where that is less: -1 leaves a group out.
        """
        found = self._columns(needle_words(needle).reshape(1, WORDS), bounded(threshold), limits)
        return tuple(
            Near(id=each, distance=distance, group=group, row=row) for _, each, distance, group, row in found.lines()
        )

    def search_many(
        self, needles: Words, *, threshold: int, limits: Limits | None = None
    ) -> tuple[tuple[Near, ...], ...]:
        """`search` for each of `needles` (uint64[k, 4]), in their order and against one state. Raises Invalid."""
        wanted = table(needles)
        found: list[list[Near]] = [[] for _ in range(len(wanted))]
        for needle, each, distance, group, row in self.columns(wanted, threshold=threshold, limits=limits).lines():
            found[needle].append(Near(id=each, distance=distance, group=group, row=row))
        return tuple(map(tuple, found))

    def columns(self, needles: Words, *, threshold: int, limits: Limits | None = None, threads: int = 1) -> Columns:
        """`search_many` as columns, which is quicker where much is near. Raises Invalid.

        `threads` share the needles; worth it from some hundred needles on.
        """
        return self._columns(table(needles), bounded(threshold), limits, threads)

    def _columns(self, wanted: Words, bound: int, limits: Limits | None, threads: int = 1) -> Columns:
        found = [line for line in _lines(self._state, wanted, bound, threads) if len(line[1][0])]
        if limits is not None:
            found = [(first, _within(lines, marks, limits), marks) for first, lines, marks in found]
            found = [each for each in found if len(each[1][0])]
        if not found:
            return NOTHING
        return _whole(*found[0]) if len(found) == 1 else _merged([_whole(*each) for each in found])

    def add(self, hashes: Words, ids: Sequence[Id] | Keys, group: int = 0) -> None:
        """Append `hashes` (uint64[n, 4]) with one id each; they match when this returns. Raises Invalid."""
        self._add(table(hashes), marked(ids, group))

    def _made(self, raw: Words, marks: Marks) -> Made[Segment]:
        roster = Roster(marks)
        return Made(part=Part(content=segment.build(raw, ascending=roster.ascends), roster=roster))

    def _filed(
        self, path: Path, parts: tuple[Part[Segment], ...], rows: list[RowNumbers]
    ) -> tuple[Written, Made[Segment]]:
        written = _written(path, parts, rows)
        return written, Made(part=files.mapped_segment(path))


def _written(path: Path, parts: Sequence[Part[Segment]], rows: list[RowNumbers]) -> Written:
    return files.write_segment(path, sum(map(len, rows)), _batches(parts, rows), ascending=_ascend(parts))


def _whole(first: int, lines: Lines, marks: Marks) -> Columns:
    """The lines of one part in their order."""
    needles, rows, distances = lines
    if len(rows) > 1:
        order = _ordered(needles, distances, rows)
        needles, rows, distances = needles[order], rows[order], distances[order]
    ids, groups = marks.ids(rows), marks.groups[rows]
    return Columns(needles=needles, ids=ids, distances=distances, groups=groups, rows=rows.astype(np.int64) + first)


def _merged(parts: list[Columns]) -> Columns:
    """The lines of several parts in their order."""
    needles = np.concatenate([each.needles for each in parts])
    distances = np.concatenate([each.distances for each in parts])
    rows = np.concatenate([each.rows for each in parts])
    ids = [each for part in parts for each in part.ids]
    order = _ordered(needles, distances, rows)
    return Columns(
        needles=needles[order],
        ids=[ids[at] for at in order.tolist()],
        distances=distances[order],
        groups=np.concatenate([each.groups for each in parts])[order],
        rows=rows[order],
    )


def _ordered(needles: Rows, distances: Distances, rows: npt.NDArray[np.integer]) -> RowNumbers:
    """By needle, distance and row."""
    if needles.min() == needles.max():
        return np.argsort((distances << 40) | rows.astype(np.int64))
    return np.lexsort((rows, distances, needles))


def _lines(state: State[Segment], needles: Words, threshold: int, threads: int) -> Iterator[tuple[int, Lines, Marks]]:
    """From each part and the tail, what is near and still in: number of the first row, lines, marks."""
    first_rows = state.first_rows()
    for first, part in zip(first_rows, state.parts, strict=False):
        near = part.content.near
        lines = near(needles, threshold) if threads < 2 else _shared(near, needles, threshold, threads)
        yield first, _alive(lines, part.roster), part.roster.marks
    if len(state.tail):
        lines = segment.scanned(needles, state.tail.raw, threshold)
        yield first_rows[-1], _alive(lines, state.tail), state.tail.held


def _shared(near: Callable[[Words, int], Lines], needles: Words, threshold: int, threads: int) -> Lines:
    """`near` with the needles in as many pieces as there are threads; the kernels let each other run."""
    pieces = np.array_split(needles, threads)
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda piece: near(table(piece), threshold), pieces))
    firsts = accumulate((len(piece) for piece in pieces), initial=0)
    of = [(lines[0] + np.uint32(first)).astype(np.uint32) for first, lines in zip(firsts, found, strict=False)]
    return np.concatenate(of), np.concatenate([each[1] for each in found]), np.concatenate([each[2] for each in found])


def _alive(lines: Lines, roster: Roster | Tail) -> Lines:
    if not len(lines[0]):
        return lines
    kept = roster.is_in(lines[1])
    return lines if kept.all() else (lines[0][kept], lines[1][kept], lines[2][kept])


def _within(lines: Lines, marks: Marks, limits: Limits) -> Lines:
    within = lines[2] <= limits[marks.groups[lines[1]]]
    return lines[0][within], lines[1][within], lines[2][within]


def _ascend(parts: Sequence[Part[Segment]]) -> bool:
    """Whether the ids do through all parts."""
    ends = [(part.roster.marks.keys[0], part.roster.marks.keys[-1]) for part in parts if len(part)]
    return all(part.roster.ascends for part in parts) and all(last <= first for (_, last), (first, _) in pairwise(ends))


def _batches(parts: Sequence[Part[Segment]], rows: list[RowNumbers]) -> Iterator[tuple[Words, Keys, Groups]]:
    """The kept rows, some at a time."""
    for part, kept in zip(parts, rows, strict=True):
        for start in range(0, len(kept), files.BATCH):
            some = kept[start : start + files.BATCH]
            marks = part.roster.marks.pick(some)
            yield part.content.hashes[some], files.numbers(marks), marks.groups
