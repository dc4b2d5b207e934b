"""Every sort of container, changed and cut in thousands of ways: it ends, raises nothing, and its lines can be sent."""

import bz2
import gzip
import io
import lzma
import zipfile
from base64 import b64encode
from collections.abc import Callable
from functools import partial

import pytest
import rars
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tutela.scanning.containers.libarchives import library
from tutela.scanning.containers.tests.compound import compound
from tutela.scanning.containers.tests.foreign import by_libarchive, cab, file_4, file_5, lha, rar_4, rar_5
from tutela.scanning.containers.tests.samples import drawn, looked, mailed, mutated, paged, sevened, tarred, zipped
from tutela.scanning.lines import Seen, from_wire, to_json, to_wire

CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), max_size=6)
FILES = {"a.png": drawn(1, side=16), "b": b"words" * 100, "l" * 150: zipped({"c": b"x"})}
WRITTEN = ("xar", "ar_svr4", "cpio_newc", "iso9660") if library() is not None else ()


def raring(version: str, solid: bool) -> bytes:
    made = rars.RarBuilder(format=version, solid=solid)
    for name, data in FILES.items():
        made.add_bytes(data, name)
    return made.to_bytes()


MADE: dict[str, Callable[[], bytes]] = {
    "zip": lambda: zipped(FILES),
    "zip, lzma": lambda: zipped(FILES, zipfile.ZIP_LZMA),
    "tar": lambda: tarred(FILES),
    "tar.gz": lambda: gzip.compress(tarred(FILES)),
    "tar.bz2": lambda: bz2.compress(tarred(FILES)),
    "xz": lambda: lzma.compress(FILES["b"]),
    "7z": lambda: sevened(FILES),
    "pdf": lambda: paged(drawn(1, "JPEG", 16), drawing=b"BI /W 1 /H 1 /CS /G /BPC 8 ID x\nEI", attached=FILES),
    "pdf, pixels": lambda: paged(Image.open(io.BytesIO(drawn(1, side=16))).convert("P")),
    "eml": lambda: bytes(mailed(FILES, mailed(FILES))),
    "mbox": lambda: b"From a\n" + bytes(mailed(FILES)) + b"\nFrom b\n" + bytes(mailed(FILES)),
    "rtf": lambda: b"{\\rtf1{\\pict\\pngblip " + drawn(1, side=40).hex().encode() + b"}}",
    "html": lambda: b'<html><img src="data:image/png;base64,' + b64encode(drawn(1, side=40)) + b'">',
    **{
        f"rar {version}{', solid' * solid}": partial(raring, version, solid)
        for version in ("rar20", "rar40", "rar50")
        for solid in (False, True)
    },
    "rar, stored": lambda: rar_4(*(file_4(name.encode(), data) for name, data in FILES.items())),
    "rar behind a picture": lambda: drawn(1, side=16) + rar_5(*(file_5(name, data) for name, data in FILES.items())),
    "cab": lambda: cab(FILES),
    "lha": lambda: lha(FILES, b"-lh5-"),
    **{form: partial(by_libarchive, form, FILES) for form in WRITTEN},
    "ole": lambda: compound({"Data": bytes(100) + drawn(1, side=80), "Workbook": b"\xeb\0\2\0ab", "s": {"t": b"w"}}),
}


def _check(data: bytes) -> None:
    found = looked(data)
    assert len(found) < 500
    for part in found:
        seen = Seen(member=part.name, size=part.size, problem=part.problem)
        assert from_wire(to_wire(seen)) == seen
        assert to_json(b"x", seen)


@pytest.mark.slow
@pytest.mark.parametrize("sort", MADE)
def test_changed_and_cut_it_ends_and_raises_nothing(sort: str) -> None:
    data = MADE[sort]()

    @settings(max_examples=3000, deadline=None)
    @given(cuts=CUTS, begin=st.integers(0, 600), end=st.integers(0, 200_000))
    def changed(cuts: list[tuple[int, bytes]], begin: int, end: int) -> None:
        made = mutated(data, [(at if at % 2 else at % (begin + 1), octets) for at, octets in cuts])
        _check(made if end % 3 else made[: end % len(made)])

    changed()


@pytest.mark.parametrize("sort", MADE)
def test_whole_it_holds_something(sort: str) -> None:
    assert looked(MADE[sort]())
