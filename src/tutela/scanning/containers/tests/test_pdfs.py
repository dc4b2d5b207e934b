"""PDF: pictures in every place, attached files, hostile ones."""

import io
import time
import zlib

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tutela.media import fingerprint
from tutela.scanning.containers import pdfs
from tutela.scanning.containers.bounds import DAMAGED_MEMBER, ENCRYPTED
from tutela.scanning.containers.tests.samples import drawn, looked, mutated, paged
from tutela.scanning.options import Options

CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), min_size=1, max_size=6)


def _near(data: bytes | None, other: bytes) -> bool:
    one, two = fingerprint(data or b"").pdq, fingerprint(other).pdq
    return one is not None and two is not None and (int(one, 16) ^ int(two, 16)).bit_count() <= 10


def test_a_jpeg_comes_as_it_is_stored_and_once() -> None:
    stored = drawn(1, "JPEG")
    (part,) = looked(paged(stored, pages=3))
    assert (part.data, part.name) == (stored, "$image/" + part.name.removeprefix("$image/"))


@pytest.mark.parametrize("mode", ["L", "RGB", "1", "P", "CMYK"])
def test_other_pictures_are_made_anew(mode: str) -> None:
    with Image.open(io.BytesIO(drawn(2))) as picture:
        turned = picture.convert(mode)
    (part,) = looked(paged(turned))
    shown = io.BytesIO()
    (turned if mode == "1" else turned.convert("RGB")).save(shown, "PNG")  # dots of a raster are no picture in colours
    assert _near(part.data, shown.getvalue())


def test_a_picture_in_a_form_and_one_among_the_instructions_are_found() -> None:
    with Image.open(io.BytesIO(drawn(3))) as picture:
        raw = picture.tobytes()
    inline = b"q 96 0 0 96 0 0 cm BI /W 96 /H 96 /CS /G /BPC 8 ID " + raw + b"\nEI Q"
    found = looked(paged(drawn(1, "JPEG"), drawing=inline))
    assert any(each.data == drawn(1, "JPEG") for each in found)
    assert any(each.name.startswith("$inline/") and _near(each.data, drawn(3)) for each in found)


def test_an_attached_file_is_a_member_and_looked_into() -> None:
    inner = paged(drawn(4, "JPEG"))
    found = looked(paged(drawn(1, "JPEG"), attached={"inner.pdf": inner}))
    names = {each.name: each.data for each in found}
    assert names["inner.pdf"] == inner
    assert drawn(4, "JPEG") in [data for name, data in names.items() if name.startswith("inner.pdf/$image/")]


def test_a_password_that_is_needed_is_told() -> None:
    assert [each.problem for each in looked(paged(drawn(1, "JPEG"), password="x"))] == [ENCRYPTED]
    assert [each.data for each in looked(paged(drawn(1, "JPEG"), owner="x"))] == [drawn(1, "JPEG")]


@pytest.mark.parametrize(("side", "data"), [(100_000, b""), (100_000, bytes(1 << 20)), (3, bytes(1 << 20))])
def test_a_picture_that_is_too_large_ends_at_once(side: int, data: bytes) -> None:
    squeezed = zlib.compressobj()
    stored = b"".join(squeezed.compress(data) for _ in range(1500)) + squeezed.flush()
    pdf = pikepdf.new()
    pdf.Root.Picture = pikepdf.Stream(
        pdf, stored, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=side, Height=side,
        ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8, Filter=pikepdf.Name.FlateDecode,
    )  # fmt: skip
    made = io.BytesIO()
    pdf.save(made)
    started = time.monotonic()
    (part,) = looked(made.getvalue())
    assert part.problem in (pdfs.TOO_MANY_PIXELS.format(Options().max_pixels), DAMAGED_MEMBER)
    assert time.monotonic() - started < 5


def test_a_cut_file_gives_what_is_there() -> None:
    data = paged(drawn(1, "JPEG"))
    assert [each.data for each in looked(data[: data.rindex(b"xref")]) if each.data] == [drawn(1, "JPEG")]


@settings(max_examples=100, deadline=None)
@given(cuts=CUTS, end=st.integers(0, 100_000))
def test_fuzz_a_pdf_ends_and_never_raises(cuts: list[tuple[int, bytes]], end: int) -> None:
    data = paged(drawn(1, "JPEG", 16), drawing=b"BI /W 1 /H 1 /CS /G /BPC 8 ID x\nEI", attached={"a": b"words"})
    for each in (mutated(data, cuts), data[: end % len(data)]):
        assert len(looked(each)) < 200
