"""What libarchive reads: cabinets, LHA, XAR, ar, cpio, ISO 9660."""

import os
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.scanning.containers.bounds import DAMAGED, REST, TOO_MUCH, UNKNOWN_CODING, VOLUMES
from tutela.scanning.containers.libarchives import library
from tutela.scanning.containers.recognition import TAIL, is_archive, reader_of
from tutela.scanning.containers.squeezed import CONTENT
from tutela.scanning.containers.tests.samples import drawn, looked, mutated, tarred
from tutela.scanning.options import Options

if library() is None:
    pytest.skip("needs libarchive", allow_module_level=True)

from tutela.scanning.containers.tests.foreign import by_libarchive, cab, lha

FILES = {"a.png": drawn(1), "b.png": drawn(2), "empty": b"", "noise": os.urandom(100_000) + bytes(50_000)}
CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), min_size=1, max_size=6)
WRITTEN = ("xar", "ar_bsd", "ar_svr4", "cpio", "cpio_newc", "iso9660")
MADE = {
    "cab": cab(FILES),
    "cab, stored": cab(FILES, compressed=False),
    "lha": lha(FILES),
    **{f"lha, {method}": lha(FILES, f"-{method}-".encode()) for method in ("lh5", "lh6", "lh7")},
    **{form: by_libarchive(form, FILES) for form in WRITTEN},
}


@pytest.mark.parametrize("sort", MADE)
def test_every_member_is_given_as_it_was(sort: str) -> None:
    found = looked(MADE[sort])
    assert {each.name: each.data for each in found} == FILES
    assert [each.problem for each in found] == [""] * len(FILES)
    assert is_archive(MADE[sort], MADE[sort][-TAIL:])


@pytest.mark.parametrize("form", ["xar", "cpio", "cpio_newc", "iso9660"])
def test_names_outside_of_ascii_and_folders_are_kept(form: str) -> None:
    found = looked(by_libarchive(form, {"föld/pö.png": drawn(1)}))
    assert [(each.name, each.data) for each in found] == [("föld/pö.png", drawn(1))]


def test_links_are_no_members() -> None:
    assert looked(by_libarchive("cpio_newc", {"link": b"a.png"}, mode=0o120777)) == []


def test_one_cabinet_of_several_says_so() -> None:
    found = looked(cab(FILES, flags=2))
    assert [each.name for each in found] == [*FILES, REST]
    assert found[-1].problem == VOLUMES


def test_compression_that_is_not_decoded_is_told() -> None:
    assert [each.problem for each in looked(lha({"a": b"words"}, b"-lh1-"))] == [UNKNOWN_CODING]


@pytest.mark.parametrize("through", ["compress", "lzip", "lz4"])
def test_a_compressed_file_gives_its_content_or_the_tape_archive_in_it(through: str) -> None:
    whole = by_libarchive("raw", {"noise": FILES["noise"]}, through=through)
    assert [(each.name, each.data, each.problem) for each in looked(whole)] == [(CONTENT, FILES["noise"], "")]
    found = looked(by_libarchive("pax", FILES, through=through))
    assert {each.name: each.data for each in found} == FILES
    assert is_archive(whole, whole)
    cut = looked(whole[: len(whole) // 2])
    assert [FILES["noise"].startswith(each.data or b"") for each in cut] == [True]
    assert cut[0].problem or through == "compress"  # which has no end mark


def test_a_file_whose_header_is_damaged_holds_not_itself() -> None:
    for head in (b"LZIP\1\0", b"\x04\x22\x4d\x18\0\0"):
        assert [(each.name, each.problem) for each in looked(head + b"words" * 99)] == [(REST, DAMAGED)]


@pytest.mark.parametrize("sort", MADE)
def test_a_cut_archive_gives_what_came_before(sort: str) -> None:
    data = MADE[sort]
    found = looked(data[: -120_000 if "iso" in sort else len(data) // 2])
    assert any(each.problem for each in found) or "iso" in sort
    assert all(FILES[each.name].startswith(each.data) for each in found if each.data is not None)
    if sort != "xar":
        assert found[0].data == drawn(1)


def test_a_member_larger_than_is_decoded_is_passed_by() -> None:
    for data in (cab({"large": bytes(1 << 20), "small": b"x"}), lha({"large": bytes(1 << 20), "small": b"x"})):
        found = looked(data, Options(max_bytes=4096))
        assert [(each.data, each.size) for each in found] == [(None, 1 << 20), (b"x", 1)]


def test_a_bomb_ends_at_the_bound() -> None:
    data = cab({f"{n}": bytes(1 << 24) for n in range(4)})
    started = time.monotonic()
    assert looked(data, Options(max_bytes=1 << 20), most_octets=1 << 24)[-1].problem == TOO_MUCH
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "head", [b"0707010000000z", b"ab-lh5-" + b"x" * 30, b"070707 words", b"!<arch>", b"MSCF", b"\x1f\x9d"]
)
def test_what_only_looks_like_one_is_none(head: bytes) -> None:
    assert reader_of(head + b"words " * 50, b"") is None


@pytest.mark.parametrize("sort", ["cab", "lha", "cpio"])
def test_without_the_library_it_is_told(sort: str, tmp_path) -> None:
    """As on a machine that has no libarchive: the binding then fails in one of several ways."""
    (tmp_path / "data").write_bytes(MADE[sort])
    code = (
        "import io, sys; from tutela.scanning.containers.tests.samples import looked\n"
        "for each in looked(open(sys.argv[1], 'rb').read()): print(each.name, each.problem)"
    )
    environment = {**os.environ, "LIBARCHIVE": str(tmp_path / "none.so")}
    run = (sys.executable, "-c", code, str(tmp_path / "data"))
    said = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout
    assert said.startswith("$rest a")
    assert "it is not decoded here" in said


@settings(max_examples=150, deadline=None)
@given(cuts=CUTS, end=st.integers(0, 1_000_000), sort=st.sampled_from([*MADE, "compress", "lzip", "lz4"]))
def test_fuzz_an_archive_ends_and_never_raises(cuts: list[tuple[int, bytes]], end: int, sort: str) -> None:
    data = _SMALL[sort]
    for each in (mutated(data, [(at % 400 if at % 3 else at, octets) for at, octets in cuts]), data[: end % len(data)]):
        assert len(looked(each)) < 500


_FEW = {"a.png": drawn(1, side=16), "b": b"words" * 50}
_SMALL = {
    "cab": cab(_FEW),
    "cab, stored": cab(_FEW, compressed=False),
    "lha": lha(_FEW),
    **{f"lha, {method}": lha(_FEW, f"-{method}-".encode()) for method in ("lh5", "lh6", "lh7")},
    **{form: by_libarchive(form, _FEW) for form in WRITTEN},
    **{through: by_libarchive("pax", _FEW, through=through) for through in ("compress", "lzip", "lz4")},
}


def test_what_was_an_archive_before_stays_one_whatever_stands_where_a_disc_image_has_its_mark() -> None:
    pad = bytearray(40_000)
    made = bytearray(tarred({"pad": bytes(pad), "a.png": FILES["a.png"]}))
    made[0x8001:0x8006] = b"CD001"
    assert [each.name for each in looked(bytes(made))] == ["pad", "a.png"]


@pytest.mark.parametrize("text", [b"070707", b"070701abc", b"070707" + b"0" * 60])
def test_a_short_text_of_digits_is_no_archive(text: bytes) -> None:
    assert reader_of(text, text) is None
