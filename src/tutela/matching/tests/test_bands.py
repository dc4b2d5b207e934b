"""The pigeonhole: whatever the layout and the threshold, some band comes near enough."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.matching import search, segment
from tutela.matching.bands import MOST_FLIPS, WIDEST, fitting, flips, laid
from tutela.matching.segment import Segment
from tutela.matching.words import PDQ_BITS, Words, read_only, table


@pytest.mark.parametrize("rows", [5_000, 30_000, 1_000_000, 10_000_000, 100_000_000, 2**32 - 2])
@pytest.mark.parametrize("threshold", range(0, 65, 3))
def test_the_radii_leave_no_room_for_a_hash_within_the_threshold(rows: int, threshold: int) -> None:
    radii = fitting(rows).radii(threshold)
    assert radii is None or int((radii + 1).sum()) == threshold + 1


@pytest.mark.parametrize("rows", [0, 1, 4097, 60_000, 1 << 20, 1 << 24, (1 << 24) + 1, 10**8, 2**32 - 2])
def test_bands_share_no_bit_and_their_members_hold_every_row_number(rows: int) -> None:
    bands = fitting(rows)
    past = 0
    for first, width, _ in bands.table.tolist():
        assert first >= past
        past = first + width + bands.further
        assert width <= WIDEST
        assert past <= PDQ_BITS
    assert rows <= 1 << (8 * bands.octets - bands.further)


def test_masks_are_all_words_with_so_many_ones() -> None:
    masks, choose = flips()
    for width in (1, 5, 12, WIDEST):
        for ones in range(MOST_FLIPS + 1):
            chosen = masks[ones, : choose[width, ones]].tolist()
            assert len(set(chosen)) == choose[width, ones]
            assert all(mask.bit_count() == ones and mask < 1 << width for mask in chosen)


def spread(seed: int, rows: int) -> Words:
    return np.random.default_rng(seed).integers(0, 2**64, (rows, 4), dtype=np.uint64)


def with_bits_flipped(needle: Words, seed: int, bits: int) -> Words:
    made = needle.copy()
    for bit in np.random.default_rng(seed).choice(PDQ_BITS, bits, replace=False).tolist():
        made[bit // 64] ^= np.uint64(1 << (bit % 64))
    return made


def built(hashes: Words, widths: list[int], octets: int, further: int) -> Segment:
    """A segment with a layout of the test's choice."""
    firsts = np.cumsum([0, *(width + further for width in widths)]).tolist()
    bands = laid(len(hashes), list(zip(firsts, widths, strict=False)), octets=octets, further=further)
    return segment.filled(table(hashes), bands)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(st.integers(3, 14), min_size=6, max_size=14),
    st.sampled_from([(3, 0), (3, 2), (4, 5), (4, 0)]),
    st.integers(0, 40),
)
def test_any_layout_finds_what_the_oracle_finds(
    seed: int, widths: list[int], member: tuple[int, int], threshold: int
) -> None:
    base = spread(seed, 3_000)
    near = np.stack([with_bits_flipped(base[0], seed + at, at % 45) for at in range(200)])
    hashes = np.concatenate([base, near])
    made = built(hashes, widths, *member)
    expected = search(base[0], hashes, threshold=threshold).pairs()
    assert made.search(base[0], threshold=threshold).pairs() == expected


def test_read_only_is_a_view() -> None:
    rows = spread(1, 2)
    view = read_only(rows)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 0
    assert np.shares_memory(rows, view)
