"""Forms of pictures: each finds the picture that it was made for, and none is made without reason."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import ExifTags, Image, ImageDraw, ImageOps

from tutela.errors import Invalid
from tutela.media import DEFAULT_VARIANTS, Form, Isolated, fingerprint, forms_of, hash_luma, hash_turned
from tutela.media.borders import borders_of
from tutela.media.loops import share_near_median
from tutela.media.tests.drawings import apart, encoded, noise, pattern
from tutela.media.variants import hash_forms

PICTURE = pattern(640, 420, seed=9)
PLAIN = fingerprint(encoded(PICTURE)).pdq


def _distances(changed: Image.Image, forms: frozenset[str] = frozenset(Form), **options: object) -> dict[str, int]:
    found = fingerprint(encoded(changed, "JPEG", quality=85, **options), variants=forms)
    return {"plain": apart(found.pdq, PLAIN), **{each.via: apart(each.pdq, PLAIN) for each in found.variants}}


@pytest.mark.parametrize(
    ("turn", "via"),
    [
        (Image.Transpose.FLIP_LEFT_RIGHT, "mirror"),
        (Image.Transpose.FLIP_TOP_BOTTOM, "flip"),
        (Image.Transpose.ROTATE_90, "rotate270"),
        (Image.Transpose.ROTATE_180, "rotate180"),
        (Image.Transpose.ROTATE_270, "rotate90"),
        (Image.Transpose.TRANSPOSE, "transpose"),
        (Image.Transpose.TRANSVERSE, "transverse"),
    ],
)
def test_a_turned_picture_is_found_by_the_turn_that_undoes_it(turn: Image.Transpose, via: str) -> None:
    distances = _distances(PICTURE.transpose(turn))
    assert distances["plain"] > 60
    assert distances[via] <= 10
    assert min(distances, key=lambda name: distances[name]) == via


def test_a_negative_is_found() -> None:
    distances = _distances(ImageOps.invert(PICTURE))
    assert distances["plain"] > 200
    assert distances["invert"] <= 6


@pytest.mark.parametrize("shade", ["black", "white", "#203040"])
@pytest.mark.parametrize("border", [(0, 60), (70, 0), (40, 40)])
def test_a_border_is_cut_away(shade: str, border: tuple[int, int]) -> None:
    distances = _distances(ImageOps.expand(PICTURE, border, shade))
    assert distances["plain"] > 31
    assert min(distances["unletterbox"], distances.get("unletterbox tighter", 256)) <= 12


@pytest.mark.parametrize("top", [True, False])
def test_a_bar_with_words_is_cut_away(top: bool) -> None:
    changed = Image.new("RGB", (640, 500), "white")
    changed.paste(PICTURE, (0, 80 if top else 0))
    ImageDraw.Draw(changed).text((40, 20 if top else 440), "WORDS ON A BAR", fill="black", font_size=40)
    distances = _distances(changed)
    assert distances["plain"] > 31
    assert distances["uncaption"] <= 12


def test_a_bar_that_lies_over_the_picture_is_painted_over() -> None:
    plain, painted = list[int](), list[int]()
    for seed in range(8):
        whole = pattern(1300, 900, seed=seed).crop((0, 0, 640, 420))
        sought = fingerprint(encoded(whole)).pdq
        ImageDraw.Draw(whole).rectangle((0, 360, 640, 420), fill="white")
        found = fingerprint(encoded(whole), variants=frozenset({Form.UNCOVERED}))
        plain.append(apart(found.pdq, sought))
        painted.append(apart(found.variants[0].pdq, sought))
    assert sum(painted) < sum(plain)


def test_a_margin_stands_for_what_was_cropped() -> None:
    distances = _distances(PICTURE.crop((13, 8, 627, 412)))
    assert distances["uncrop 2%"] < distances["plain"]


def test_a_picture_whose_file_notes_a_turn_is_looked_up_as_it_is_stored_too() -> None:
    noted = Image.Exif()
    noted[ExifTags.Base.Orientation] = 6
    distances = _distances(PICTURE, exif=noted)
    assert distances["stored"] <= 4 < distances["plain"]


def test_forms_without_a_reason_are_not_made() -> None:
    assert set(_distances(PICTURE, DEFAULT_VARIANTS)) == {
        "plain", "mirror", "flip", "rotate90", "rotate180", "rotate270", "transpose", "transverse", "invert",
    }  # fmt: skip
    assert set(_distances(PICTURE, frozenset())) == {"plain"}


def test_the_child_process_makes_the_same_forms() -> None:
    data = encoded(PICTURE)
    with Isolated(variants=DEFAULT_VARIANTS) as isolated:
        assert isolated.fingerprint(data) == fingerprint(data, variants=DEFAULT_VARIANTS)


@pytest.mark.parametrize("shape", [(5, 9), (64, 64), (129, 700), (200, 384), (256, 256), (512, 512)])
def test_a_turn_of_the_hash_is_the_hash_of_the_turned(shape: tuple[int, int]) -> None:
    luma = noise(3, *shape)
    turned = hash_turned(luma)
    assert turned["original"] == hash_luma(luma)
    for name, really in (
        ("flipx", luma[::-1]), ("flipy", luma[:, ::-1]), ("rotate180", luma[::-1, ::-1]), ("flipplus1", luma.T),
        ("rotate90", np.rot90(luma)), ("rotate270", np.rot90(luma, -1)), ("flipminus1", luma[::-1, ::-1].T),
    ):  # fmt: skip
        assert apart(turned[name].hex, hash_luma(np.ascontiguousarray(really)).hex) <= 2


@settings(max_examples=80, deadline=None)
@given(
    arrays.arrays(np.float32, st.tuples(st.integers(5, 40), st.integers(5, 40)), elements=st.sampled_from([0, 9, 255]))
)
def test_any_picture_has_its_forms(luma: np.ndarray) -> None:
    for box in (*borders_of(luma).plain, *borders_of(luma).written):
        assert 0 <= box.top < box.bottom <= luma.shape[0]
        assert 0 <= box.left < box.right <= luma.shape[1]
    assert all(len(each.pdq) == 64 for each in hash_forms(luma, frozenset(Form), stored=luma.T)[1])


def test_words_for_forms() -> None:
    assert forms_of("all") == frozenset(Form)
    assert forms_of("default, uncropped") == DEFAULT_VARIANTS | {Form.UNCROPPED}
    assert forms_of("none") == frozenset()
    with pytest.raises(Invalid, match="turned"):
        forms_of("sideways")


def test_a_plain_picture_has_no_border() -> None:
    out = BytesIO()
    Image.new("RGB", (300, 200), "white").save(out, "PNG")
    assert "unletterbox" not in {each.via for each in fingerprint(out.getvalue(), variants=frozenset(Form)).variants}


@given(st.lists(st.floats(0, 255, width=32), min_size=1, max_size=70), st.sampled_from([5.0, 16.0]))
def test_the_share_of_a_shade_is_that_of_the_median(samples: list[float], tolerance: float) -> None:
    line = np.array(samples, np.float32)
    assert share_near_median(line, tolerance) == np.mean(np.abs(line - np.median(line)) <= tolerance)
