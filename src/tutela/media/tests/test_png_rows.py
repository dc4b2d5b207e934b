"""The quick way to a PNG's pixels gives what the general decoder gives, or nothing."""

import random
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tutela.media import fingerprint
from tutela.media.loops import compiled
from tutela.media.png_kernels import paeth, unfilter
from tutela.media.png_rows import pixels_of
from tutela.media.tests.drawings import apart, encoded, pattern, png

MODES = {"L": (0, 1), "LA": (4, 2), "RGB": (2, 3), "RGBA": (6, 4)}


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_filter_is_undone_as_the_general_decoder_does(mode: str, data: st.DataObject) -> None:
    colour, channels = MODES[mode]
    width, height = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 6))
    rows = b"".join(
        bytes([data.draw(st.integers(0, 4))])
        + data.draw(st.binary(min_size=width * channels, max_size=width * channels))
        for _ in range(height)
    )
    made = png(width, height, rows, colour=colour)
    pixels = pixels_of(made)
    assert pixels is not None
    assert np.array_equal(pixels.squeeze(2) if channels == 1 else pixels, np.asarray(Image.open(BytesIO(made))))


FILTERS = {
    "Paeth": lambda row: 4 if row % 37 else row % 5,
    "average": lambda row: 3,
    "all": lambda row: (4, 3, 4, 1, 3, 4, 2, 4, 0)[row % 9],  # most wait for themselves: they go through in waves
    "easy": lambda row: (1, 2, 0, 4, 2)[row % 5],
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize(("width", "height"), [(1, 40), (2, 17), (40, 8), (15, 16), (16, 33), (33, 100), (65_600, 17)])
def test_many_rows_are_undone_as_the_general_decoder_does(mode: str, filters: str, width: int, height: int) -> None:
    colour, channels = MODES[mode]
    chance = random.Random(width * height)
    lines = [bytes([FILTERS[filters](row)]) + chance.randbytes(width * channels) for row in range(height)]
    made = png(width, height, b"".join(lines), colour=colour)
    pixels = pixels_of(made)
    assert pixels is not None
    assert np.array_equal(pixels.squeeze(2) if channels == 1 else pixels, np.asarray(Image.open(BytesIO(made))))


@pytest.mark.parametrize("mode", MODES)
def test_a_picture_has_the_hash_that_the_general_decoder_leads_to(mode: str) -> None:
    picture = pattern(700, 500).convert(mode)
    quick = fingerprint(encoded(picture)).pdq
    assert apart(quick, fingerprint(encoded(picture, compress_level=1, pnginfo=None)).pdq) == 0
    assert apart(quick, fingerprint(encoded(picture, "TIFF")).pdq) == 0


def test_what_is_not_plain_or_not_whole_is_left_to_the_general_decoder() -> None:
    whole = encoded(pattern(64, 48))
    assert pixels_of(whole) is not None
    for other in (
        encoded(pattern().convert("P")), encoded(pattern().convert("1")), encoded(pattern(), "GIF"),
        whole[:-40], whole[:100], b"", whole[:33], png(3, 3, bytes(29), colour=2),
        png(3, 3, bytes(31), colour=2), png(3, 3, b"\x05" + bytes(29), colour=2), png(0, 0, b"", colour=2),
        png(2**31 - 1, 2**31 - 1, b"", colour=6),
    ):  # fmt: skip
        assert pixels_of(other) is None


def test_the_guess_is_that_of_the_standard_for_every_left_above_and_upper_left() -> None:
    assert _differing() == 0


@compiled
def _differing() -> int:
    """For how many of all 2 ** 24 the distances as the standard writes them (clause 9.4) say something else."""
    found = 0
    for left in range(256):
        for over in range(256):
            for corner in range(256):
                guess = left + over - corner
                away, above, across = abs(guess - left), abs(guess - over), abs(guess - corner)
                said = left if away <= above and away <= across else over if above <= across else corner
                found += said != paeth(left, over, corner)
    return found


def test_rows_in_a_wave_come_out_as_rows_alone() -> None:
    """16 rows of 60,000 pixels by chance: nearly a million lefts, aboves and upper lefts of each channel."""
    chance, octets = np.random.default_rng(4), 60_000 * 3
    rows = chance.integers(0, 256, (16, octets + 1), dtype=np.uint8)
    rows[:, 0] = 4
    together, _ = unfilter(rows.reshape(-1), 16, octets, 3)
    alone = np.concatenate([unfilter(rows[:each].reshape(-1), each, octets, 3)[0][-1:] for each in range(1, 16)])
    assert np.array_equal(together[:15], alone)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_spoilt_files_never_break_the_reader(data: st.DataObject) -> None:
    spoilt = bytearray(WHOLE)
    for at in data.draw(st.lists(st.integers(0, len(spoilt) - 1), max_size=20)):
        spoilt[at] = data.draw(st.integers(0, 255))
    given_bytes = bytes(spoilt[: data.draw(st.integers(0, len(spoilt)))])
    pixels = pixels_of(given_bytes)
    assert pixels is None or pixels.ndim == 3
    assert fingerprint(given_bytes).size == len(given_bytes)


WHOLE = encoded(pattern(48, 40))
