"""The same picture in another mode has nearly the same hash."""

from io import BytesIO

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

from tutela.media import Form, fingerprint, luma_of
from tutela.media.luma import luma_of_picture
from tutela.media.orientation import upright
from tutela.media.tests.drawings import apart, encoded, pattern

PLAIN = pattern(1200, 900)
REFERENCE = fingerprint(encoded(PLAIN))


def _wide(dtype: type, full: float) -> Image.Image:
    return Image.fromarray((np.asarray(PLAIN.convert("L")) / 255 * full).astype(dtype))


@pytest.mark.parametrize(
    ("picture", "name"),
    [
        (PLAIN.convert("L"), "PNG"),
        (PLAIN.convert("LA"), "PNG"),
        (PLAIN.convert("RGBA"), "PNG"),
        (PLAIN.convert("P"), "PNG"),
        (PLAIN.quantize(64), "GIF"),
        (PLAIN.convert("1"), "PNG"),
        (PLAIN.convert("CMYK"), "JPEG"),
        (PLAIN.convert("CMYK"), "TIFF"),
        (PLAIN.convert("YCbCr"), "TIFF"),
        (_wide(np.uint16, 65535), "PNG"),
        (_wide(np.int32, 65535), "TIFF"),
        (_wide(np.float32, 1), "TIFF"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.mode,
)
def test_other_modes_stay_within_ten_bits(picture: Image.Image, name: str) -> None:
    found = fingerprint(encoded(picture, name))
    assert found.pdq_quality == 100
    assert apart(found.pdq, REFERENCE.pdq) <= 10


@pytest.mark.parametrize("mode", ["1", "P"])
@pytest.mark.parametrize("size", [(400, 300), (700, 700), (1500, 1100), (9000, 700)])
def test_dithered_pictures_stay_within_ten_bits_at_any_size(mode: str, size: tuple[int, int]) -> None:
    whole = pattern(*size, seed=3)
    found = fingerprint(encoded(whole.convert(mode)))
    assert apart(found.pdq, fingerprint(encoded(whole)).pdq) <= 10


def test_a_palette_is_sampled_like_its_colours() -> None:
    for picture in (pattern(1100, 700).quantize(200), pattern(300, 200).quantize(200)):
        assert fingerprint(encoded(picture)).pdq == fingerprint(encoded(picture.convert("RGB"))).pdq
        clear = encoded(picture, transparency=7)
        assert fingerprint(clear).pdq == fingerprint(encoded(Image.open(BytesIO(clear)).convert("RGBA"))).pdq


def through(target: object, mode: str) -> Image.Image:
    found = ImageCms.profileToProfile(PLAIN, ImageCms.createProfile("sRGB"), target, outputMode=mode)
    assert found is not None
    return found


def test_lab_stays_within_ten_bits() -> None:
    found = fingerprint(encoded(through(ImageCms.createProfile("LAB"), "LAB"), "TIFF"))
    assert apart(found.pdq, REFERENCE.pdq) <= 10


def swapped() -> bytes:
    """A profile whose red is sRGB's blue: without it the picture looks quite different."""
    known = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = known.index(b"rXYZ"), known.index(b"bXYZ")
    known[red : red + 4], known[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(known).replace(b"sRGB", b"swap").replace(b"s\0R\0G\0B", b"s\0w\0a\0p")


@pytest.mark.parametrize(("name", "options"), [("PNG", {}), ("TIFF", {}), ("JPEG", {"quality": 92}), ("WEBP", {})])
def test_a_colour_profile_is_honoured(name: str, options: dict[str, object]) -> None:
    other = Image.merge("RGB", PLAIN.split()[::-1])
    tagged = fingerprint(encoded(other, name, icc_profile=swapped(), **options))
    assert apart(tagged.pdq, REFERENCE.pdq) <= 10


@pytest.mark.parametrize("profile", [b"", b"x" * 200, swapped()[:300], b"\0" * 16 + b"RGB " + b"\xff" * 500])
def test_a_broken_profile_changes_nothing(profile: bytes) -> None:
    assert fingerprint(encoded(PLAIN, icc_profile=profile)).pdq == REFERENCE.pdq


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_white(mode: str) -> None:
    disc = Image.radial_gradient("L").resize(PLAIN.size)
    veiled = PLAIN.convert(mode)
    veiled.putalpha(disc)
    white = Image.new("RGB", PLAIN.size, "white")
    white.paste(PLAIN, mask=disc)
    assert apart(fingerprint(encoded(veiled)).pdq, fingerprint(encoded(white)).pdq) <= 10


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", TURNS)
def test_a_turn_noted_in_exif_is_undone(orientation: int, name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(PLAIN.transpose(TURNS[orientation]), name, exif=exif)
    assert apart(fingerprint(data).pdq, REFERENCE.pdq) <= 10


@pytest.mark.parametrize("noted", [0, 9, 65535])
def test_a_turn_that_is_none_is_ignored(noted: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = noted
    assert fingerprint(encoded(PLAIN, "PNG", exif=exif)).pdq == REFERENCE.pdq


def test_large_pictures_are_sampled_as_the_reference_does() -> None:
    pixels = np.asarray(pattern(1333, 777, seed=3))
    steps = np.arange(512)
    expected = pixels[steps * 777 // 512][:, steps * 1333 // 512]
    assert (luma_of_picture(Image.fromarray(pixels)) == luma_of(expected)).all()


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize(
    ("name", "mode"), [("PNG", "RGB"), ("PNG", "L"), ("PNG", "P"), ("TIFF", "I;16"), ("WEBP", "RGB")]
)
def test_a_turned_file_has_the_hash_of_the_picture_that_it_shows(orientation: int, name: str, mode: str) -> None:
    """Fine texture, larger than is sampled, of sides that 512 does not divide: every sample counts."""
    texture = np.random.default_rng(4).integers(0, 256, (701, 933), dtype=np.uint8)
    inverse = {6: 8, 8: 6}.get(orientation, orientation)
    pixels = texture.astype(np.uint16) * 257 if mode == "I;16" else texture
    shown, stored = (Image.fromarray(np.ascontiguousarray(each)) for each in (pixels, upright(pixels, inverse)))
    if mode != "I;16":
        shown, stored = shown.convert(mode), stored.convert(mode)
    noted = Image.Exif()
    noted[ExifTags.Base.Orientation] = orientation
    options = {"lossless": True} if name == "WEBP" else {}
    found = fingerprint(encoded(stored, name, exif=noted, **options), variants=frozenset({Form.STORED}))
    assert apart(found.pdq, fingerprint(encoded(shown, name, **options)).pdq) == 0
    told = {each.via: each.pdq for each in found.variants}
    if name != "TIFF":  # that decoder turns the picture itself, and takes the note away
        assert apart(told["stored"], fingerprint(encoded(stored, name, **options)).pdq) == 0


@pytest.mark.parametrize("colours", [1, 10, 200, 256])
def test_a_number_beyond_the_palette_is_black(colours: int) -> None:
    picture = Image.frombytes("P", (16, 16), bytes(range(256)))
    picture.putpalette(bytes((7 * each + 3) % 256 for each in range(3 * colours)))
    shown = np.asarray(picture.convert("RGB"))
    assert np.array_equal(luma_of_picture(picture, 1), luma_of(shown))
    assert not luma_of_picture(picture, 1).reshape(-1)[colours:].any()
