"""Every index gives exactly the oracle's rows in the oracle's order, on even, clustered and degenerate hashes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.matching import build, search, search_many, search_plain
from tutela.matching.bands import fitting
from tutela.matching.words import Words


def clustered(seed: int, rows: int, centres: int, most_flips: int) -> Words:
    """`rows` hashes, each one of `centres` random hashes with up to `most_flips` random bits flipped."""
    random = np.random.default_rng(seed)
    bits = random.integers(0, 2, (centres, 256), dtype=np.uint8)[random.integers(0, centres, rows)]
    for row in bits:
        row[random.choice(256, random.integers(0, most_flips + 1), replace=False)] ^= 1
    return np.packbits(bits, axis=1).view(">u8").astype(np.uint64).reshape(-1, 4)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 300), st.integers(1, 8), st.integers(0, 40), st.integers(0, 31))
def test_buckets_equal_the_oracle_on_clusters(
    seed: int, rows: int, centres: int, most_flips: int, threshold: int
) -> None:
    haystack = clustered(seed, rows, centres, most_flips)
    segment = build(haystack)
    for needle in haystack[:5]:
        expected = search(needle, haystack, threshold=threshold).pairs()
        assert segment.search(needle, threshold=threshold).pairs() == expected
        assert search_plain(needle, haystack, threshold=threshold).pairs() == expected


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 256))
def test_both_scans_agree_at_any_threshold(seed: int, threshold: int) -> None:
    haystack = np.random.default_rng(seed).integers(0, 2**64, (100, 4), dtype=np.uint64)
    needle = haystack[0]
    expected = search_plain(needle, haystack, threshold=threshold).pairs()
    assert search(needle, haystack, threshold=threshold).pairs() == expected
    assert build(haystack).search(needle, threshold=threshold).pairs() == expected


@pytest.mark.parametrize("threshold", range(32))
def test_every_threshold_on_a_haystack_where_buckets_are_opened(threshold: int) -> None:
    spread = np.random.default_rng(7).integers(0, 2**64, (20_000, 4), dtype=np.uint64)
    haystack = np.concatenate([spread, clustered(threshold, 200, 3, 40)])
    segment = build(haystack)
    for needle in (haystack[0], haystack[-1], haystack[-100]):
        expected = search(needle, haystack, threshold=threshold).pairs()
        assert segment.search(needle, threshold=threshold).pairs() == expected


def test_thirty_one_bits_spread_as_badly_as_possible_are_found() -> None:
    """Two bits differ in each band but one, which differs in one: only a flipped bucket reaches it."""
    haystack = np.random.default_rng(3).integers(0, 2**64, (50_000, 4), dtype=np.uint64)
    worst = np.array([0x0003_0003_0003_0003] * 3 + [0x0003_0003_0003_0001], dtype=np.uint64)
    assert (40_000, 31) in build(haystack).search(haystack[40_000] ^ worst, threshold=31).pairs()


def test_an_empty_haystack_and_one_hash() -> None:
    empty, one = np.empty((0, 4), dtype=np.uint64), np.ones((1, 4), dtype=np.uint64)
    assert build(empty).search(one[0], threshold=31).pairs() == ()
    assert search(one[0], empty, threshold=256).pairs() == ()
    assert search_plain(one[0], empty, threshold=256).pairs() == ()
    assert build(one).search(one[0], threshold=0).pairs() == ((0, 0),)


def test_dense_buckets_of_equal_hashes() -> None:
    haystack = np.zeros((5_000, 4), dtype=np.uint64)
    haystack[10] = 1
    found = build(haystack).search(haystack[0], threshold=31).pairs()
    assert found == search_plain(haystack[0], haystack, threshold=31).pairs()
    assert found[-1] == (10, 4)


def test_more_answers_than_the_first_buffer_holds_through_the_buckets() -> None:
    spread = np.random.default_rng(5).integers(0, 2**64, (60_000, 4), dtype=np.uint64)
    haystack = np.concatenate([spread, np.repeat(spread[:1], 2_000, axis=0)])
    found = build(haystack).search(spread[0], threshold=31).pairs()
    assert found == search(spread[0], haystack, threshold=31).pairs()
    assert len(found) == 2_001


def test_many_needles_are_answered_in_their_order() -> None:
    haystack = clustered(1, 50, 5, 3)
    answers = search_many(haystack[:3], haystack, threshold=10)
    assert [each.pairs() for each in answers] == [search(row, haystack, threshold=10).pairs() for row in haystack[:3]]


@pytest.mark.parametrize("threshold", [-1, 257])
def test_a_threshold_that_is_no_distance_is_refused(threshold: int) -> None:
    haystack = np.zeros((1, 4), dtype=np.uint64)
    for ask in (
        lambda: search(haystack[0], haystack, threshold=threshold),
        lambda: build(haystack).search(haystack[0], threshold=threshold),
    ):
        with pytest.raises(Invalid, match="threshold"):
            ask()


@pytest.mark.parametrize("rows", [200_000, 1_000_000, 10_000_000, 100_000_000])
def test_a_hash_takes_less_than_a_hundred_bytes_with_its_id_group_and_buckets(rows: int) -> None:
    bands = fitting(rows)
    assert 32 + 8 + 2 + 4 + len(bands.table) * bands.octets + 4 * bands.buckets / rows < 100
