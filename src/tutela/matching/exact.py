"""Exact digests (SHA-256, SHA-1, MD5) to ids.

Rules:
- most digests sit in sorted arrays (8 bytes more than the digest itself); new ones in a dictionary, found at once
- a prefix of eight bytes only narrows the search: a digest matches when all its bytes are equal
- a removed id never matches again; one digest may stand for several ids, answered in the order of adding
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tutela.errors import Invalid
from tutela.matching.roster import Id, Roster

DIGEST_OCTETS = {"sha256": 32, "sha1": 20, "md5": 16}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _State:
    """Rows 0..n-1 in `digests` (uint8[n, octets]) sorted by `prefixes` (uint64[n]); then one row per `later` digest."""

    prefixes: npt.NDArray[np.uint64]
    digests: npt.NDArray[np.uint8]
    roster: Roster
    later: list[bytes] = field(default_factory=list)
    rows: dict[bytes, list[int]] = field(default_factory=dict)


class ExactTable:
    """Digests of one length by caller-chosen ids. Any number of threads may ask, add and remove."""

    __slots__ = ("_octets", "_rebuilding", "_state", "_writing")

    def __init__(self, octets: int, digests: Sequence[bytes] = (), ids: Sequence[Id] = ()) -> None:
        """Start with raw `digests` of `octets` bytes (8 or more) and one id for each. Raises Invalid."""
        self._octets = octets
        self._check(digests, ids)
        self._writing = threading.Lock()
        self._rebuilding = threading.Lock()
        self._state = _settled(octets, b"".join(digests), list(ids))

    def __len__(self) -> int:
        """Rows that can match."""
        return self._state.roster.count()

    def find(self, digest: bytes) -> tuple[Id, ...]:
        """The ids of `digest` (raw bytes), in the order of adding. Raises Invalid for another length."""
        self._check((digest,), ("",))
        state = self._state
        prefix = np.frombuffer(digest[:8], dtype=">u8").astype(np.uint64)[0]
        first = int(np.searchsorted(state.prefixes, prefix, "left"))
        past = int(np.searchsorted(state.prefixes, prefix, "right"))
        rows = [row for row in range(first, past) if state.digests[row].tobytes() == digest]
        rows += state.rows.get(digest, ())
        return tuple(state.roster[row] for row in rows if state.roster.is_in(row))

    def add(self, digests: Sequence[bytes], ids: Sequence[Id]) -> None:
        """Append raw digests with one id each; they match when this returns. Raises Invalid."""
        self._check(digests, ids)
        with self._writing:
            _append(self._state, digests, ids)

    def remove(self, ids: Iterable[Id]) -> int:
        """Take out every row of `ids`; returns how many rows went. Unknown ids are ignored."""
        with self._writing:
            return self._state.roster.drop(ids)

    def rebuild(self) -> None:
        """Sort what was added into the arrays and forget removed rows. Questions go on; writers wait."""
        with self._rebuilding, self._writing:
            state = self._state
            kept = state.roster.kept(0, len(state.roster))
            added = np.frombuffer(b"".join(state.later), dtype=np.uint8).reshape(-1, self._octets)
            digests = np.concatenate([state.digests, added])[kept]
            self._state = _settled(self._octets, digests.tobytes(), state.roster.pick(kept))

    def _check(self, digests: Sequence[bytes], ids: Sequence[Id]) -> None:
        if len(digests) != len(ids):
            raise Invalid(f"{len(digests)} digests with {len(ids)} ids; each digest needs one id", place="ids")
        for position, digest in enumerate(digests):
            if len(digest) != self._octets:
                raise Invalid(f"{len(digest)} bytes, expected {self._octets}", place=f"digest {position}")


def _settled(octets: int, joined: bytes, ids: list[Id]) -> _State:
    digests = np.frombuffer(joined, dtype=np.uint8).reshape(-1, octets)
    prefixes = np.ascontiguousarray(digests[:, :8]).view(">u8").reshape(-1).astype(np.uint64)
    order = np.argsort(prefixes, kind="stable")
    roster = Roster([ids[row] for row in order.tolist()])
    return _State(prefixes=prefixes[order], digests=digests[order], roster=roster)


def _append(state: _State, digests: Sequence[bytes], ids: Sequence[Id]) -> None:
    first = len(state.roster)
    state.roster.extend(ids)  # the ids come first: a reader who finds the row finds its id
    for row, digest in enumerate(digests, start=first):
        state.later.append(digest)
        state.rows.setdefault(digest, []).append(row)
