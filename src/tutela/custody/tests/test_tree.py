from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.custody import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from tutela.errors import Invalid, VerificationFailed

HASHES = [leaf_hash(bytes([number])) for number in range(80)]
SIZES = st.integers(1, len(HASHES))


def read(start: int, stop: int) -> list[bytes]:
    return HASHES[start:stop]


root_of = partial(tree_root, read=read)


def plain_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 9162, section 2.1.1, word for word."""
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY_ROOT
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(plain_root(hashes[:split]), plain_root(hashes[split:]))


def test_the_frontier_agrees_with_the_definition_at_every_size() -> None:
    frontier = Frontier()
    for size, hashed in enumerate(HASHES):
        assert frontier.root() == plain_root(HASHES[:size]) == root_of(size)
        assert frontier.append(hashed) == size


def test_a_frontier_continues_after_a_stop() -> None:
    first, whole = Frontier(), Frontier()
    for hashed in HASHES:
        first = Frontier(first.size, first.peaks)
        first.append(hashed)
        whole.append(hashed)
    assert (first.root(), first.size) == (whole.root(), whole.size)
    with pytest.raises(Invalid):
        Frontier(3, whole.peaks[:1])


@settings(max_examples=80, deadline=None)
@given(SIZES, st.data())
def test_a_leaf_is_proved_at_its_place_and_nowhere_else(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size))
    proof = inclusion_proof(index, size, read)
    verify_inclusion(HASHES[index], index, size, proof, root_of(size))
    if other != index:
        with pytest.raises(VerificationFailed):
            verify_inclusion(HASHES[index], other, size, proof, root_of(size))


@settings(max_examples=80, deadline=None)
@given(SIZES, SIZES, st.data())
def test_a_tree_that_grew_is_consistent_and_a_rewritten_one_is_not(one: int, two: int, data: st.DataObject) -> None:
    first, second = sorted((one, two))
    proof = consistency_proof(first, second, read)
    verify_consistency((first, root_of(first)), (second, root_of(second)), proof)
    place = data.draw(st.integers(0, first - 1))
    rewritten = plain_root([*HASHES[:place], HASHES[place + 1], *HASHES[place + 1 : first]] if place < 79 else [])
    with pytest.raises(VerificationFailed):
        verify_consistency((first, rewritten), (second, root_of(second)), proof)


@settings(max_examples=60, deadline=None)
@given(SIZES, st.data())
def test_changed_proofs_fail(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, read)
    changed = [[*proof, HASHES[0]], [HASHES[0], *proof], [*proof[:-1]] if proof else [b""], [b"short", *proof[1:]]]
    for bad in changed:
        with pytest.raises(VerificationFailed):
            verify_inclusion(HASHES[index], index, size, bad, root_of(size))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 4), (0, 2**63)])
def test_no_proof_is_made_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(Invalid):
        inclusion_proof(index, size, read)


def test_a_reader_that_answers_too_few_is_noticed() -> None:
    with pytest.raises(Invalid, match="leaf 80"):
        tree_root(100, read)
