"""The decoder process: the same answers, and answers too when it is lost."""

import os
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from tutela.errors import Invalid, Limited
from tutela.media import Isolated, Limits, digest, fingerprint
from tutela.media.tests.drawings import encoded, pattern, png

PICTURE = encoded(pattern(), "JPEG")


@pytest.fixture(scope="module")
def isolated() -> Iterator[Isolated]:
    with Isolated() as started:
        yield started


@pytest.mark.parametrize(
    "data", [PICTURE, PICTURE[:5000], encoded(pattern(4, 9)), png(30_000, 30_000, b""), b"\xff\xd8\xff", b"text", b""]
)
def test_answers_are_those_of_the_same_process(isolated: Isolated, data: bytes) -> None:
    assert isolated.fingerprint(data) == fingerprint(data)
    assert isolated.fingerprint_stream(BytesIO(data)) == fingerprint(data)


def test_a_file_over_time_is_digested_and_the_next_is_asked_again() -> None:
    large = encoded(pattern(4_000, 3_000))
    with Isolated(seconds=0.001) as hurried:
        for _ in range(2):
            found = hurried.fingerprint(large)
            assert found.sha256 == digest(large).sha256
            assert "longer than the 0.001 seconds" in found.problem


def test_a_picture_over_memory_is_a_problem_and_the_next_is_not() -> None:
    large = png(12_000, 8_000, bytes(12_001 * 8_000))
    with Isolated(memory=400 * 1024 * 1024) as small:
        assert small.fingerprint(large).pdq is None
        assert small.fingerprint(PICTURE) == fingerprint(PICTURE)


def test_a_killed_child_is_replaced_and_leaves_no_zombie() -> None:
    with Isolated() as isolated:
        isolated.fingerprint(PICTURE)
        first = isolated.child_id
        assert first is not None
        os.kill(first, 9)
        assert isolated.fingerprint(PICTURE).sha256 == digest(PICTURE).sha256
        assert isolated.fingerprint(PICTURE) == fingerprint(PICTURE)
        second = isolated.child_id
    assert isolated.child_id is None
    for child in (first, second):
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


def test_the_childs_limits_are_the_callers() -> None:
    with Isolated(limits=Limits(max_pixels=1000)) as bounded:
        assert "1,000 allowed" in bounded.fingerprint(PICTURE).problem


def test_a_preview_is_small_grey_and_bare(isolated: Isolated) -> None:
    preview = Image.open(BytesIO(isolated.render_veiled(PICTURE, side=100)))
    assert (preview.format, preview.mode, preview.size) == ("JPEG", "L", (100, 75))
    assert not preview.getexif()


def test_a_preview_has_less_detail_the_more_it_is_blurred(isolated: Isolated) -> None:
    mild, strong = (isolated.render_veiled(PICTURE, blur=blur) for blur in (1.0, 20.0))
    assert fingerprint(strong).pdq_quality < fingerprint(mild).pdq_quality
    assert len(strong) < len(mild)


def test_a_preview_is_upright(isolated: Isolated) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = isolated.render_veiled(encoded(pattern(), "JPEG", exif=exif), side=100)
    assert Image.open(BytesIO(turned)).size == (75, 100)


@pytest.mark.parametrize(("data", "side", "blur"), [(b"text", 100, 6.0), (PICTURE, 5000, 6.0), (PICTURE, 100, 0.0)])
def test_no_preview_without_a_picture_or_a_veil(isolated: Isolated, data: bytes, side: int, blur: float) -> None:
    with pytest.raises(Invalid):
        isolated.render_veiled(data, side=side, blur=blur)


def test_a_preview_over_time_is_limited() -> None:
    with Isolated(seconds=0.001) as hurried, pytest.raises(Limited, match="seconds"):
        hurried.render_veiled(PICTURE)
