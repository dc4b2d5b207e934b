"""Digests of one length in ascending order, found by their first bits and a binary search.

Rules:
- equal digests stand in the order of adding
- a digest matches when all its bytes are equal
- many digests with the same first bits cost a few steps more, never a walk through all
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutela.matching import kernels
from tutela.matching.kernels import Octets, Offsets
from tutela.matching.words import read_only

MOST_BITS = 24
ROWS_A_BUCKET = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sorted:
    """hashes: uint8[n, octets] ascending; offsets: uint32[2^bits + 1], where rows with the same first bits begin."""

    hashes: Octets
    offsets: Offsets

    @property
    def octets(self) -> int:
        """Bytes held by the arrays."""
        return self.hashes.nbytes + self.offsets.nbytes

    @property
    def bits(self) -> int:
        """First bits that `offsets` goes by."""
        return (len(self.offsets) - 1).bit_length() - 1

    def find(self, wanted: Octets) -> range:
        """The rows equal to `wanted` (uint8[octets])."""
        return range(*kernels.equal(wanted, self.hashes, self.offsets))


def build(digests: Octets) -> tuple[Sorted, npt.NDArray[np.int64]]:
    """`digests` (uint8[n, octets]) sorted, and where each row stood before."""
    prefixes = np.ascontiguousarray(digests[:, :8]).view(">u8").reshape(-1).astype(np.uint64)
    order = np.argsort(prefixes, kind="stable")
    _settle_ties(digests, prefixes[order], order)
    bits = min(MOST_BITS, max(0, (len(digests) // ROWS_A_BUCKET).bit_length()))
    counts = np.bincount((prefixes >> np.uint64(63 - bits) >> np.uint64(1)).astype(np.int64), minlength=1 << bits)
    offsets = np.concatenate([np.zeros(1, np.uint32), np.cumsum(counts).astype(np.uint32)])
    hashes = np.ascontiguousarray(digests[order])
    return Sorted(hashes=read_only(hashes), offsets=read_only(offsets)), order


def _settle_ties(digests: Octets, prefixes: npt.NDArray[np.uint64], order: npt.NDArray[np.int64]) -> None:
    """Sort by the later bytes too where the first eight are equal; almost always such digests are equal as a whole."""
    tied = np.flatnonzero(prefixes[1:] == prefixes[:-1])
    differ = (digests[order[tied]] != digests[order[tied + 1]]).any(axis=1)
    for prefix in np.unique(prefixes[tied[differ]]):
        first, past = np.searchsorted(prefixes, prefix, "left"), np.searchsorted(prefixes, prefix, "right")
        rows = order[first:past].tolist()
        order[first:past] = sorted(rows, key=lambda row: digests[row].tobytes())
