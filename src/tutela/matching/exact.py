"""Exact digests (SHA-256, SHA-1, MD5) to ids, asked while they change.

Rules:
- most digests stand sorted in parts; new ones in a short tail, found at once
- a digest matches when all its bytes are equal
- a removed id never matches again; one digest may stand for several ids, answered in the order of adding
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tutela.errors import Invalid
from tutela.matching import digests as sorting
from tutela.matching import files
from tutela.matching.digests import Sorted
from tutela.matching.kernels import Octets
from tutela.matching.marks import Id, Keys, Marks, marked
from tutela.matching.pile import Made, Part, Pile, State, Written
from tutela.matching.roster import Roster, RowNumbers

DIGEST_OCTETS = {"sha256": 32, "sha1": 20, "md5": 16}

Owner = tuple[Id, int]


class ExactTable(Pile[Sorted]):
    """Digests of one length by caller-chosen ids. Any number of threads may ask, add and remove."""

    __slots__ = ("_octets",)

    def __init__(self, octets: int, digests: Sequence[bytes] = (), ids: Sequence[Id] = (), group: int = 0) -> None:
        """Start with raw `digests` of `octets` bytes (8 or more) and one id for each. Raises Invalid."""
        super().__init__(np.empty((0, octets), dtype=np.uint8))
        self._octets = octets
        self.add(digests, ids, group)
        self.rebuild()

    @classmethod
    def open(cls, octets: int, path: Path, *, verify: bool = False) -> "ExactTable":
        """The table that `write` left in a file, mapped. Raises Invalid and OSError."""
        opened = cls(octets)
        part = files.mapped_digests(path, octets, verify=verify)
        opened._state = State(parts=(part,), settled=1, tail=opened._state.tail)
        return opened

    def write(self, path: Path) -> Written:
        """Write every row that can match into one new file, which appears whole or not at all; ids are numbers.

        Raises Invalid for ids that are text, Conflict when the file is there, and OSError.
        """
        with self._pinned() as (parts, rows):
            made = self._made(*self._together(parts, rows)).part
        return files.write_digests(path, made.content, made.roster.marks)

    def find(self, digest: bytes) -> tuple[Id, ...]:
        """The ids of `digest` (raw bytes), in the order of adding. Raises Invalid for another length."""
        return tuple(owner for owner, _ in self.owners(digest))

    def owners(self, digest: bytes) -> list[Owner]:
        """The ids of `digest` and their groups, in the order of adding. Raises Invalid for another length."""
        if len(digest) != self._octets:
            raise Invalid(f"{len(digest)} bytes, expected {self._octets}", place="digest 0")
        wanted, state, found = np.frombuffer(digest, dtype=np.uint8), self._state, []
        for part in state.parts:
            rows = np.array(part.content.find(wanted), dtype=np.int64)
            if len(rows):
                found += _owners(part.roster.marks, rows[part.roster.is_in(rows)])
        if len(state.tail):
            rows = np.flatnonzero((state.tail.raw == wanted).all(axis=1))
            found += _owners(state.tail.held, rows[state.tail.is_in(rows)])
        return found

    def add(self, digests: Sequence[bytes], ids: Sequence[Id] | Keys, group: int = 0) -> None:
        """Append raw digests with one id each; they match when this returns. Raises Invalid."""
        if set(map(len, digests)) - {self._octets}:
            position, length = next((at, len(each)) for at, each in enumerate(digests) if len(each) != self._octets)
            raise Invalid(f"{length} bytes, expected {self._octets}", place=f"digest {position}")
        self.add_rows(np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, self._octets), ids, group)

    def add_rows(self, digests: Octets, ids: Sequence[Id] | Keys, group: int = 0) -> None:
        """`add` for uint8[n, octets]. Raises Invalid."""
        if digests.dtype != np.uint8 or digests.ndim != 2 or digests.shape[1] != self._octets:
            raise Invalid(f"expected uint8[n, {self._octets}]", place="digests")
        self._add(digests, marked(ids, group))

    def _made(self, raw: Octets, marks: Marks) -> Made[Sorted]:
        content, order = sorting.build(raw)
        return Made(part=Part(content=content, roster=Roster(marks.pick(order))), order=order)

    def _filed(
        self, path: Path, parts: tuple[Part[Sorted], ...], rows: list[RowNumbers]
    ) -> tuple[Written, Made[Sorted]]:
        made = self._made(*self._together(parts, rows))
        written = files.write_digests(path, made.part.content, made.part.roster.marks)
        return written, Made(part=files.mapped_digests(path, self._octets), order=made.order)


def _owners(marks: Marks, rows: RowNumbers) -> list[Owner]:
    return list(zip(marks.ids(rows), marks.groups[rows].tolist(), strict=True)) if len(rows) else []
