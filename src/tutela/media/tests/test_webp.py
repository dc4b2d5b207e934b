"""Plain WebP files: the hash without their colours is that with them, and what is odd goes to the general decoder."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from tutela.media import Limits, fingerprint, hash_luma
from tutela.media.luma import luma_of_picture
from tutela.media.perception import perceive
from tutela.media.pictures import decode
from tutela.media.tests.drawings import apart, encoded, pattern
from tutela.media.webp import is_plain, stored_luma

WHOLE = encoded(pattern(300, 201), "WEBP", quality=70)


@pytest.mark.parametrize("size", [(300, 201), (513, 64), (1201, 903)])
@pytest.mark.parametrize("quality", [20, 90])
def test_its_luma_gives_nearly_the_hash_of_its_colours(size: tuple[int, int], quality: int) -> None:
    data = encoded(pattern(*size), "WEBP", quality=quality)
    assert is_plain(data)
    colours, _ = decode(data, Limits())
    found = fingerprint(data)
    assert apart(found.pdq, hash_luma(luma_of_picture(colours.convert("RGB"))).hex) <= 4
    assert (found.width, found.height, found.problem) == (*size, "")


def test_other_sorts_are_for_the_general_decoder() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    picture, clear = pattern(300, 201), pattern(300, 201)
    clear.putalpha(100)
    for data in (
        encoded(picture, "WEBP", lossless=True),
        encoded(picture, "WEBP", exif=exif),
        encoded(clear, "WEBP"),
        WHOLE[:-9],
        WHOLE + b"more",
        b"",
    ):
        assert not is_plain(data)
    assert apart(fingerprint(WHOLE[:-9]).pdq, fingerprint(WHOLE).pdq) <= 31


def test_a_size_that_is_too_large_is_said() -> None:
    assert "allowed" in perceive(WHOLE, Limits(max_pixels=100)).problem
    assert "bytes" in perceive(WHOLE, Limits(max_bytes=100)).problem


def test_what_is_no_picture_has_no_luma_here() -> None:
    assert stored_luma(WHOLE[:20] + bytes(len(WHOLE) - 20)) is None


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(12, len(WHOLE) - 1), st.integers(0, 255)), max_size=12))
def test_spoilt_files_never_raise(spoilt: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, octet in spoilt:
        data[place] = octet
    found = fingerprint(bytes(data))
    assert found.pdq or found.problem
    plane = stored_luma(bytes(data))
    assert plane is None or plane.dtype == np.uint8
