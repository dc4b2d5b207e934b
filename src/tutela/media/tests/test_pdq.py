"""PDQ: laws of the hash and of its eight forms, on generated arrays."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.media import dihedral, hash_luma, hash_rgb, luma_of
from tutela.media.loops import luma_of_rgb
from tutela.media.pdq import hash_turned
from tutela.media.pdq_kernels import cells, centres, plain_form, transform, turned_forms
from tutela.media.tests.drawings import apart, noise, pattern

SEEDS = st.integers(0, 2**32 - 1)
TURNED = {
    "original": lambda luma: luma,
    "rotate90": lambda luma: np.rot90(luma, 1),
    "rotate180": lambda luma: np.rot90(luma, 2),
    "rotate270": lambda luma: np.rot90(luma, 3),
    "flipx": np.flipud,
    "flipy": np.fliplr,
    "flipplus1": np.transpose,
    "flipminus1": lambda luma: np.rot90(luma, 2).T,
}


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_each_form_is_the_hash_of_the_turned_array(seed: int) -> None:
    luma = noise(seed)
    forms = dihedral(luma)
    assert list(forms) == list(TURNED)
    for name, turn in TURNED.items():
        # no filter at 64 x 64, so only the last place of a sum may differ; two coefficients then change sides
        assert apart(forms[name], hash_luma(np.ascontiguousarray(turn(luma))).hex) <= 2, name


@given(seed=SEEDS, height=st.integers(5, 90), width=st.integers(5, 90))
@settings(max_examples=30, deadline=None)
def test_hash_is_64_digits_with_at_most_half_the_bits_set_and_quality_in_range(
    seed: int, height: int, width: int
) -> None:
    found = hash_luma(noise(seed, height, width))
    assert found.hex == bytes.fromhex(found.hex).hex()
    assert int(found.hex, 16).bit_count() <= 128  # fewer where coefficients tie with the median
    assert 0 <= found.quality <= 100


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_grey_pixels_hash_like_their_luma(seed: int) -> None:
    rgb = np.repeat(noise(seed).astype(np.uint8)[:, :, np.newaxis], 3, axis=2)
    assert hash_rgb(rgb) == hash_luma(luma_of(rgb))
    assert apart(hash_rgb(rgb).hex, hash_luma(noise(seed)).hex) <= 2


def box(luma: npt.NDArray[np.float32], window: int) -> npt.NDArray[np.float32]:
    """The running mean down each column as the reference takes it: enter one, leave one, divide."""
    height, ahead = len(luma), (window + 2) // 2 - 1
    sums, count, shown = np.zeros(luma.shape[1], np.float32), 0, []
    for entering in range(height + ahead):
        if entering < height:
            sums, count = sums + luma[entering], count + 1
        if entering >= window:
            sums, count = sums - luma[entering - window], count - 1
        if entering >= ahead:
            shown.append(sums / np.float32(count))
    return np.stack(shown)


@given(seed=SEEDS, height=st.integers(5, 600), width=st.integers(5, 600), whole=st.booleans())
@settings(max_examples=50, deadline=None)
def test_cells_are_those_of_two_passes_of_the_box_filter_bit_for_bit(
    seed: int, height: int, width: int, whole: bool
) -> None:
    luma = noise(seed, height, width) * np.float32(1 if whole else 0.7)
    windows, done = [-(-side // 128) for side in (width, height)], luma
    for _ in range(2):
        done = box(box(done.T, windows[0]).T, windows[1])
    rows, columns = centres(height, False), centres(width, False)
    assert np.array_equal(cells(luma, rows, columns), done[np.ix_(rows, columns)])


@given(seed=SEEDS, height=st.integers(32, 400), width=st.integers(32, 400))  # smaller ones have ties of their own
@settings(max_examples=25, deadline=None)
def test_turned_hashes_are_those_of_the_turned_picture_but_for_rounding(seed: int, height: int, width: int) -> None:
    luma = noise(seed, height, width)
    for name, found in hash_turned(luma).items():
        assert apart(found.hex, hash_luma(np.ascontiguousarray(TURNED[name](luma))).hex) <= 2, name


def test_nothing_to_see_has_no_quality() -> None:
    assert hash_luma(np.full((100, 200), 128, np.float32)).quality == 0


def test_scaling_a_picture_keeps_its_hash_near() -> None:
    large, small = (hash_rgb(np.asarray(pattern(*size))) for size in ((1000, 700), (300, 210)))
    assert large.quality == small.quality == 100
    assert apart(large.hex, small.hex) <= 10


def test_a_view_of_other_strides_hashes_like_its_copy() -> None:
    rgb = np.asarray(pattern(300, 200))[:, ::-1]
    assert hash_rgb(rgb) == hash_rgb(np.ascontiguousarray(rgb))


def test_kernels_are_compiled_for_one_layout_only() -> None:
    frozen = np.asarray(pattern(100, 80))
    assert not frozen.flags.writeable
    for array in (frozen, frozen[::-1].copy()):
        hash_rgb(array)
        hash_turned(luma_of(array))
        dihedral(luma_of(array))
    kernels = (cells, luma_of_rgb, transform, plain_form, turned_forms)
    assert all(len(kernel.signatures) == 1 for kernel in kernels)


@pytest.mark.parametrize(
    "array", [np.zeros((4, 80), np.float32), np.zeros((80, 80), np.float64), np.zeros((9, 9, 3), np.float32)]
)
def test_other_shapes_and_types_are_refused(array: np.ndarray) -> None:
    with pytest.raises(Invalid):
        hash_luma(array)


def test_colours_need_three_bytes() -> None:
    with pytest.raises(Invalid, match="uint8"):
        hash_rgb(np.zeros((80, 80, 4), np.uint8))
