"""Fingerprints of whole files: what is always given, what is refused, and that nothing escapes."""

import hashlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tutela.media import Kind, Limits, digest_stream, fingerprint, fingerprint_stream, hash_rgb
from tutela.media.tests.drawings import apart, encoded, pattern, png

WHOLE = {
    "png": encoded(pattern(160, 120)),
    "jpeg": encoded(pattern(160, 120), "JPEG"),
    "gif": encoded(pattern(160, 120), "GIF"),
    "webp": encoded(pattern(160, 120), "WEBP"),
    "tiff": encoded(pattern(160, 120), "TIFF", compression="tiff_lzw"),
    "bmp": encoded(pattern(160, 120), "BMP"),
}


@given(data=st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_have_digests(data: bytes) -> None:
    found = fingerprint(data)
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.size == len(data)
    assert bool(found.problem) == (found.pdq is None)


@given(name=st.sampled_from(sorted(WHOLE)), at=st.floats(0, 1), junk=st.binary(max_size=8), cut=st.booleans())
@settings(max_examples=150, deadline=None)
def test_damaged_pictures_never_raise(name: str, at: float, junk: bytes, cut: bool) -> None:
    data = WHOLE[name]
    place = int(at * len(data))
    found = fingerprint(data[:place] + junk + (b"" if cut else data[place + len(junk) :]))
    assert bool(found.problem) == (found.pdq is None)


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_every_format_gives_nearly_the_hash_of_the_pixels(name: str) -> None:
    found = fingerprint(WHOLE[name])
    assert (found.kind, found.width, found.height, found.truncated) == (Kind.IMAGE, 160, 120, False)
    assert apart(found.pdq, hash_rgb(np.asarray(pattern(160, 120))).hex) <= 10


@given(chunks=st.lists(st.binary(max_size=50)))
def test_a_stream_is_digested_like_its_whole(chunks: list[bytes]) -> None:
    assert digest_stream(chunks) == digest_stream([b"".join(chunks)])


def test_a_long_stream_that_is_no_picture_is_not_held() -> None:
    found = fingerprint_stream(BytesIO(bytes(3_000_000)))
    assert (found.size, found.kind) == (3_000_000, Kind.OTHER)
    assert found == fingerprint(bytes(3_000_000))


def test_a_picture_stream_is_the_same_as_its_bytes() -> None:
    data = encoded(Image.fromarray(np.random.default_rng(3).integers(0, 256, (700, 700, 3), dtype=np.uint8)))
    assert len(data) > 1024 * 1024
    assert fingerprint_stream(BytesIO(data)) == fingerprint(data)


def test_a_picture_file_over_the_bound_is_digested_only() -> None:
    data, limits = encoded(pattern()), Limits(max_bytes=1000)
    for found in (fingerprint(data, limits=limits), fingerprint_stream(BytesIO(data), limits=limits)):
        assert found.sha256 == hashlib.sha256(data).hexdigest()
        assert "1,000 bytes" in found.problem


def test_a_declared_giant_is_refused_before_decoding() -> None:
    found = fingerprint(png(30_000, 30_000, bytes(100)))
    assert "30,000 x 30,000" in found.problem
    assert (found.width, found.pdq) == (30_000, None)


def test_a_declared_giant_webp_is_refused() -> None:
    canvas = b"WEBPVP8X" + b"\x0a\0\0\0" + bytes(4) + b"\xff\x3e\0" * 2
    assert "16,128 x 16,128" in fingerprint(b"RIFF" + b"\x60\0\0\0" + canvas + bytes(60)).problem


@pytest.mark.parametrize(("side", "octets"), [(10, 1_000_000), (2000, 5000), (64, 64 * 65 - 1)])
def test_a_header_that_lies_about_the_size_makes_no_picture(side: int, octets: int) -> None:
    found = fingerprint(png(side, side, bytes(octets)))
    assert "declares another size" in found.problem
    assert (found.width, found.pdq) == (side, None)


def test_a_cut_png_is_hashed_as_far_as_it_goes() -> None:
    data = encoded(pattern())
    found = fingerprint(data[: len(data) // 2])
    assert (found.truncated, found.problem) == (True, "")


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA"])
def test_an_honest_header_is_believed(mode: str) -> None:
    assert fingerprint(encoded(pattern().convert(mode))).problem == ""


def test_a_cut_jpeg_is_hashed_as_far_as_it_goes() -> None:
    data = encoded(pattern(), "JPEG")
    found = fingerprint(data[: len(data) * 9 // 10])
    assert found.truncated
    assert apart(found.pdq, fingerprint(data).pdq) <= 60


def test_a_huge_comment_does_not_hide_a_picture() -> None:
    comment = PngInfo()
    comment.add_text("Comment", "x" * 5_000_000, zip=True)
    picture = pattern(100, 80)
    assert fingerprint(encoded(picture, pnginfo=comment)).pdq == fingerprint(encoded(picture)).pdq


def test_a_sliver_is_too_small_for_pdq() -> None:
    found = fingerprint(encoded(pattern(4, 300)))
    assert "at least 5 x 5" in found.problem
    assert (found.width, found.height) == (4, 300)


def test_the_first_frame_speaks_for_an_animation() -> None:
    still, moving = (
        encoded(pattern(100, 100), "WEBP", lossless=True, save_all=True, append_images=more)
        for more in ([], [pattern(100, 100, seed=2)])
    )
    assert fingerprint(moving).pdq == fingerprint(still).pdq


def test_a_large_jpeg_decoded_small_stays_near() -> None:
    picture = pattern(2400, 2100)
    assert apart(fingerprint(encoded(picture, "JPEG")).pdq, fingerprint(encoded(picture)).pdq) <= 10
