"""Sounds: the kernel is the plain comparison, and an entry is found through shift and noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.matching import Sounds, share_of
from tutela.matching.sounds import ALIKE, LEAST_OVERLAP, Items


def items(count: int, seed: int = 0) -> Items:
    return np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32)


def plain(first: Items, second: Items) -> float:
    """The oracle: every alignment, one after the other."""
    shortest, best = min(len(first), len(second)), 0.0
    least = min(LEAST_OVERLAP, shortest)
    if not shortest:
        return 0.0
    for shift in range(least - len(second), len(first) - least + 1):
        here, there = first[max(0, shift) :], second[max(0, -shift) :]
        length = min(len(here), len(there))
        share = 1 - int(np.bitwise_count(here[:length] ^ there[:length]).sum()) / (32 * length)
        best = max(best, share if share >= ALIKE else share - 0.25 * (1 - min(1.0, length / shortest)))
    return best


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 90), st.integers(0, 90), st.integers(0, 60), st.integers(0, 2**32 - 1), st.integers(0, 9))
def test_the_share_is_the_oracles(first: int, second: int, shift: int, seed: int, noise: int) -> None:
    one, other = items(first, seed), items(second, seed + 1)
    shared = min(len(one) - shift, len(other))
    if shared > 0:
        flips = np.uint32((1 << noise) - 1)
        other[:shared] = one[shift : shift + shared] ^ flips
    assert share_of(one, other) == pytest.approx(plain(one, other), abs=1e-12)


def test_an_entry_is_found_by_a_part_of_it_with_noise() -> None:
    sounds = Sounds()
    for number in range(20):
        sounds.add(items(400, number), number, group=number % 2)
    asked = items(400, 7)[100:300] ^ np.uint32(0b1011)
    (hit,) = sounds.match(asked)
    assert (hit.entry, hit.group, hit.share) == (7, 1, pytest.approx(1 - 3 / 32))
    assert sounds.match(asked, groups=[0]) == ()
    assert sounds.match(items(300, 99)) == ()


def test_other_arrays_are_refused() -> None:
    for wrong in (np.zeros(3), np.zeros((2, 2), np.uint32), np.zeros(5_000, np.uint32)):
        with pytest.raises(Invalid, match="uint32"):
            Sounds().add(wrong, 1)
