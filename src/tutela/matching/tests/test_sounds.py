"""Sounds: what is told is the oracle's, an entry is found through shift and noise, and what tells nothing never."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.matching import Sounds, share_of, tells_enough
from tutela.matching.soundkernels import ABOVE_CHANCE, exact
from tutela.matching.sounds import ALIKE, LEAST_CHANGES, LEAST_OVERLAP, WINDOW, Items, sound_of


def items(count: int, seed: int = 0) -> Items:
    return np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32)


def noisy(sound: Items, share: float, seed: int) -> Items:
    """The same with so many of its bits turned over."""
    bits = np.random.default_rng(seed).random((len(sound), 32)) < share
    return sound ^ np.packbits(bits, axis=1, bitorder="little").view(np.uint32).reshape(-1)


def tells(sound: Items) -> np.ndarray:
    """The oracle of what tells something: the changes around each item, counted one by one."""
    changes = [int(sound[max(at, 1)] ^ sound[max(at, 1) - 1]).bit_count() for at in range(len(sound))]
    around = [changes[max(0, at - WINDOW // 2) : at + WINDOW // 2] for at in range(len(sound))]
    return np.array([sum(each) >= LEAST_CHANGES * len(each) for each in around])


def exactly(first: Items, second: Items) -> float:
    """The oracle: every alignment, one after the other, of what tells something on both sides."""
    best, (told, there_told) = 0.0, (tells(first), tells(second))
    for shift in range(LEAST_OVERLAP - len(second), len(first) - LEAST_OVERLAP + 1):
        here, there = max(0, shift), max(0, -shift)
        length = min(len(first) - here, len(second) - there)
        both = told[here : here + length] & there_told[there : there + length]
        if both.sum() >= LEAST_OVERLAP:
            one, other = first[here : here + length][both], second[there : there + length][both]
            share = 1 - int(np.bitwise_count(one ^ other).sum()) / (32 * len(one))
            often, beside = (set_bits(each).mean(axis=0) for each in (one, other))
            chance = (often * beside + (1 - often) * (1 - beside)).mean()
            best = max(best, share if share >= max(ALIKE, chance + ABOVE_CHANCE) else 0.0)
    return best


def set_bits(sound: Items) -> np.ndarray:
    return np.unpackbits(sound.view(np.uint8), bitorder="little").reshape(-1, 32)


def plain(first: Items, second: Items) -> float:
    """The oracle of `share_of`: all items, whatever they tell."""
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


def found(held: Items, asked: Items) -> float:
    sounds = Sounds()
    sounds.add(held, "held")
    return max((hit.share for hit in sounds.match(asked)), default=0.0)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 90), st.integers(0, 90), st.integers(0, 60), st.integers(0, 2**32 - 1), st.integers(0, 9))
def test_the_share_is_the_oracles(first: int, second: int, shift: int, seed: int, noise: int) -> None:
    one, other = items(first, seed), items(second, seed + 1)
    shared = min(len(one) - shift, len(other))
    if shared > 0:
        flips = np.uint32((1 << noise) - 1)
        other[:shared] = one[shift : shift + shared] ^ flips
    assert share_of(one, other) == pytest.approx(plain(one, other), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_found_is_what_the_oracle_finds(data: st.DataObject) -> None:
    """A piece of one in the other, with silence beside it and noise in it up to where they are alike no more."""
    seed, length = data.draw(st.integers(0, 2**31)), data.draw(st.integers(LEAST_OVERLAP, 300))
    whole, before = items(400, seed), data.draw(st.integers(0, 200))
    at = data.draw(st.integers(0, 400 - length))
    piece = noisy(whole[at : at + length], data.draw(st.floats(0, 0.3)), seed)
    asked = np.concatenate([np.full(before, 7, np.uint32), piece, items(data.draw(st.integers(0, 200)), seed + 1)])
    truth = exactly(whole, asked)
    one, other = sound_of(whole), sound_of(asked)
    assert exact((one.items, one.tells), (other.items, other.tells), ALIKE) == pytest.approx(truth, abs=1e-6)
    for held, sought in ((whole, asked), (asked, whole)):
        assert found(held, sought) == pytest.approx(truth, abs=1e-6)


def test_an_entry_is_found_by_a_part_of_it_with_noise() -> None:
    sounds = Sounds()
    for number in range(20):
        sounds.add(items(400, number), number, group=number % 2)
    asked = items(400, 7)[100:300] ^ np.uint32(0b1011)
    (hit,) = sounds.match(asked)
    assert (hit.entry, hit.group, hit.share) == (7, 1, pytest.approx(1 - 3 / 32))
    assert sounds.match(asked, groups=[0]) == ()
    assert sounds.match(items(300, 99)) == ()


def test_a_removed_entry_is_not_found_and_leaves_its_room() -> None:
    sounds = Sounds()
    for number in range(300):
        sounds.add(items(60, number), number)
    sounds.remove([*range(299), "unknown"])
    assert len(sounds) == 1
    assert sounds.match(items(60, 5)) == ()
    assert [hit.entry for hit in sounds.match(items(60, 299))] == [299]
    sounds.add(items(60, 5), 5)
    assert [hit.entry for hit in sounds.match(items(60, 5))] == [5]


@pytest.mark.parametrize(
    "dull", [np.zeros(400, np.uint32), np.full(400, 627964279, np.uint32), items(LEAST_OVERLAP - 1)]
)
def test_what_tells_nothing_is_neither_listed_nor_found(dull: Items) -> None:
    sounds = Sounds()
    with pytest.raises(Invalid, match="too short, or it changes too little"):
        sounds.add(dull, 1)
    assert not tells_enough(dull)
    sounds.add(items(400, 1), 1)
    assert sounds.match(dull) == ()


def test_the_same_silence_in_two_films_is_no_match() -> None:
    silence = np.full(120, 627964279, np.uint32)
    one, other = np.concatenate([items(300, 1), silence]), np.concatenate([silence, items(300, 2)])
    assert share_of(one, other) == 1
    assert found(one, other) == 0


def test_the_same_noise_at_the_end_of_two_films_is_no_match() -> None:
    usual = np.resize(items(1, 5), 120)
    one = np.concatenate([items(300, 1), noisy(usual, 0.11, 6)])
    other = np.concatenate([noisy(usual, 0.11, 7), items(300, 2)])
    assert share_of(one, other) >= ALIKE
    assert found(one, other) == 0


def test_noise_that_is_alike_wherever_it_is_laid_is_no_match() -> None:
    """Items that set the same bits nearly always, each a little otherwise: 0.8 are equal at every alignment."""
    usual = np.resize(items(1, 5), 300)
    one, other = noisy(usual, 0.11, 6), noisy(usual, 0.11, 7)
    assert share_of(one, other) >= ALIKE
    assert found(one, other) == 0
    assert found(one, noisy(one, 0.02, 8)) >= 0.9


def test_other_arrays_are_refused() -> None:
    for wrong in (np.zeros(3), np.zeros((2, 2), np.uint32), np.zeros(5_000, np.uint32)):
        with pytest.raises(Invalid, match="uint32"):
            Sounds().add(wrong, 1)
