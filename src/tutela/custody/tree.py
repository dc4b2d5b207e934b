"""The Merkle tree of RFC 9162 (and RFC 6962): hashes, roots, inclusion and consistency proofs.

Rules:
- a leaf hash is SHA-256 of 0x00 and the leaf, a node hash of 0x01 and its children; all hashes are 32 bytes
- roots grow in a frontier of at most 64 hashes; nothing holds the whole tree
- proofs are made from a reader of leaf hashes, `read(start, stop)`, so that a database streams a range
- verifying follows RFC 9162 section 2.1.3.2 and 2.1.4.2 and raises; a proof that is too long fails like one too short
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence

from tutela.errors import Invalid, VerificationFailed

EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_SIZE = 2**63

LeafHashes = Callable[[int, int], Iterable[bytes]]
"""Answers the hashes of the leaves from `start` (included) to `stop` (excluded), in order."""


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its perfect subtrees, largest first.

    It is rebuilt from `size` and `peaks` (32 bytes each, one per one-bit of the size), so a log continues after a stop.
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)
        if not 0 <= size < MAX_SIZE or len(self._peaks) != size.bit_count():
            raise Invalid(f"a tree of {size} leaves has {max(size, 0).bit_count()} peaks, not {len(self._peaks)}")

    @property
    def peaks(self) -> tuple[bytes, ...]:
        return tuple(self._peaks)

    def append(self, hashed: bytes) -> int:
        """Adds a leaf hash and answers its index."""
        index, carry = self.size, hashed
        for _ in range((~index & (index + 1)).bit_length() - 1):
            carry = node_hash(self._peaks.pop(), carry)
        self._peaks.append(carry)
        self.size += 1
        return index

    def root(self) -> bytes:
        """The root over all leaves so far; the hash of nothing for an empty tree."""
        if not self._peaks:
            return EMPTY_ROOT
        folded = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            folded = node_hash(peak, folded)
        return folded


def tree_root(size: int, read: LeafHashes) -> bytes:
    """The root of the first `size` leaves, in constant memory; raises Invalid when the reader answers fewer."""
    return _range_root(0, size, read)


def inclusion_proof(index: int, size: int, read: LeafHashes) -> list[bytes]:
    """The path from the leaf's sibling to the root's child (RFC 9162, 2.1.3.1). Reads the `size` leaf hashes once.

    Raises Invalid when `index` is not below `size`.
    """
    if not 0 <= index < size < MAX_SIZE:
        raise Invalid(f"there is no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_range_root(middle, stop, read))
            stop = middle
        else:
            path.append(_range_root(start, middle, read))
            start = middle
    return path[::-1]


def consistency_proof(first: int, second: int, read: LeafHashes) -> list[bytes]:
    """What shows that the tree of `second` leaves continues that of `first` (RFC 9162, 2.1.4.1).

    Raises Invalid unless 0 < first <= second.
    """
    if not 0 < first <= second < MAX_SIZE:
        raise Invalid(f"no consistency proof leads from {first} to {second} leaves")
    path: list[bytes] = []
    start, stop, is_whole = 0, second, True
    while first != stop:
        middle = start + _split(stop - start)
        if first <= middle:
            path.append(_range_root(middle, stop, read))
            stop = middle
        else:
            path.append(_range_root(start, middle, read))
            start, is_whole = middle, False
    if not is_whole:
        path.append(_range_root(start, stop, read))
    return path[::-1]


def verify_inclusion(hashed: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises VerificationFailed unless the leaf hash is at `index` of the tree with this size and root."""
    _check_hashes([hashed, *proof, root])
    if not 0 <= index < size < MAX_SIZE:
        raise VerificationFailed(f"there is no leaf {index} in a tree of {size}")
    place, last, folded = index, size - 1, hashed
    for step in proof:
        if last == 0:
            raise VerificationFailed("the inclusion proof is too long", place=f"leaf {index}")
        if place & 1 or place == last:
            folded = node_hash(step, folded)
            place, last = _skip_right_edge(place, last)
        else:
            folded = node_hash(folded, step)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise VerificationFailed("the inclusion proof is too short", place=f"leaf {index}")
    _check_same(folded, root, f"leaf {index}", "the inclusion proof does not lead to the root of the checkpoint")


def verify_consistency(
    first: tuple[int, bytes],
    second: tuple[int, bytes],
    proof: Sequence[bytes],
) -> None:
    """Raises VerificationFailed unless the tree `second` (size, root) continues the tree `first` (size, root).

    A first tree of no leaves proves nothing and is refused.
    """
    (size1, root1), (size2, root2) = first, second
    _check_hashes([root1, root2, *proof])
    if not 0 < size1 <= size2 < MAX_SIZE:
        raise VerificationFailed(f"no consistency proof leads from {size1} to {size2} leaves")
    if size1 == size2:
        if proof:
            raise VerificationFailed("the consistency proof is too long")
        return _check_same(root1, root2, f"size {size1}", "two roots for one size")
    old, new = _fold_both(size1, size2, [root1, *proof] if size1.bit_count() == 1 else list(proof))
    _check_same(old, root1, f"size {size1}", "the consistency proof does not lead to the first root")
    _check_same(new, root2, f"size {size2}", "the consistency proof does not lead to the second root")
    return None


def _fold_both(size1: int, size2: int, proof: list[bytes]) -> tuple[bytes, bytes]:
    if not proof:
        raise VerificationFailed("the consistency proof is too short")
    place, last = size1 - 1, size2 - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = proof[0]
    for step in proof[1:]:
        if last == 0:
            raise VerificationFailed("the consistency proof is too long")
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            place, last = _skip_right_edge(place, last)
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise VerificationFailed("the consistency proof is too short")
    return old, new


def _skip_right_edge(place: int, last: int) -> tuple[int, int]:
    """On the right edge of an incomplete tree, levels without a sibling have no step in the proof."""
    while not place & 1 and place:
        place, last = place >> 1, last >> 1
    return place, last


def _range_root(start: int, stop: int, read: LeafHashes) -> bytes:
    frontier = Frontier()
    for hashed in _exactly(start, stop, read):
        frontier.append(hashed)
    return frontier.root()


def _exactly(start: int, stop: int, read: LeafHashes) -> Iterator[bytes]:
    count = 0
    for count, hashed in enumerate(read(start, stop), 1):  # noqa: B007  # counted for the check below
        yield hashed
    if count != stop - start:
        raise Invalid(f"{stop - start} leaf hashes were asked for and {count} came", place=f"leaf {start + count}")


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << (width - 1).bit_length() - 1


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if len(hashes) > 200 or any(len(value) != 32 for value in hashes):
        raise VerificationFailed("a proof is made of at most 128 hashes of 32 bytes")


def _check_same(found: bytes, wanted: bytes, place: str, message: str) -> None:
    if not hmac.compare_digest(found, wanted):
        raise VerificationFailed(message, place=place)
