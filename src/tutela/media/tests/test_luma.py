"""The same picture in another mode has nearly the same hash."""

import numpy as np
import pytest
from PIL import Image

from tutela.media import fingerprint
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


def test_lab_stays_a_match() -> None:
    found = fingerprint(encoded(Image.merge("LAB", [PLAIN.convert("L")] * 3), "TIFF"))
    assert apart(found.pdq, REFERENCE.pdq) <= 10


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_white(mode: str) -> None:
    disc = Image.radial_gradient("L").resize(PLAIN.size)
    veiled = PLAIN.convert(mode)
    veiled.putalpha(disc)
    white = Image.new("RGB", PLAIN.size, "white")
    white.paste(PLAIN, mask=disc)
    assert apart(fingerprint(encoded(veiled)).pdq, fingerprint(encoded(white)).pdq) <= 10


def test_a_turn_noted_in_exif_is_not_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert fingerprint(encoded(PLAIN, "PNG", exif=exif)).pdq == REFERENCE.pdq
