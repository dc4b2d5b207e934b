"""Tape archives and compressed files: whole, cut, hostile."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.scanning.containers import squeezed, zstandard
from tutela.scanning.containers.bounds import DAMAGED_MEMBER, REST, SEARCHED
from tutela.scanning.containers.tests.samples import drawn, looked, mutated, tarred
from tutela.scanning.options import Options

CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), min_size=1, max_size=6)
SQUEEZERS = [lambda data: data, gzip.compress, bz2.compress, lzma.compress]
FORMS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
FILES = {"a.png": drawn(1), "a/" + "long" * 40 + "/b.png": drawn(2), "empty": b"", "even": bytes(1024)}


@pytest.mark.parametrize("squeeze", SQUEEZERS)
@pytest.mark.parametrize("form", FORMS)
def test_members_come_whole_in_the_order_of_the_file(squeeze, form: int) -> None:
    found = looked(squeeze(tarred({n.replace("long" * 40, "l" * 80): d for n, d in FILES.items()}, form)))
    assert [(each.data, each.problem) for each in found] == [(data, "") for data in FILES.values()]


def test_long_names_and_names_that_are_no_text_are_kept() -> None:
    found = looked(tarred(FILES))
    assert list(FILES)[1] in {each.name for each in found}
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as archive:
        archive.addfile(tarfile.TarInfo("\udcff.png"))
    assert [os.fsencode(each.name) for each in looked(data.getvalue())] == [b"\xff.png"]


def test_links_are_no_members() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo("../../etc")
            info.type, info.linkname = kind, "/dev/zero"
            archive.addfile(info)
    assert looked(made.getvalue()) == []


def test_what_a_sparse_file_leaves_out_is_zeros() -> None:
    info = tarfile.TarInfo("sparse")
    info.size = 512
    info.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.map": "1024,512",
        "GNU.sparse.size": "1536",
    }
    made = info.tobuf(tarfile.PAX_FORMAT) + b"x" * 512 + bytes(1024)
    assert [(each.data, each.problem) for each in looked(made)] == [(bytes(1024) + b"x" * 512, "")]


def test_behind_damage_it_goes_on() -> None:
    data = bytearray(tarred({"a": b"1" * 600, "b": b"2" * 600, "c": b"3" * 600}, tarfile.USTAR_FORMAT))
    data[1536 + 148] ^= 0xFF
    found = looked(bytes(data))
    assert [(each.name, each.problem) for each in found] == [("a", ""), (REST, SEARCHED), ("c", "")]


def test_what_only_looks_like_a_header_ends() -> None:
    data = tarred({"a": b"1"}) + (bytes(257) + b"ustar" + bytes(250)) * 20_000
    assert looked(data)[0].name == "a"


@pytest.mark.parametrize("squeeze", SQUEEZERS)
def test_a_second_archive_behind_the_first_is_read(squeeze) -> None:
    found = looked(squeeze(tarred({"a": b"1"})) + squeeze(tarred({"b": b"2"})))
    assert [each.name for each in found] == ["a", "b"]


def test_a_cut_archive_gives_what_is_there() -> None:
    noise = os.urandom(100_000)
    data = gzip.compress(tarred({"a": b"1", "b": noise}))
    found = looked(data[: len(data) // 2])
    assert [(each.name, each.problem) for each in found[:2]] == [("a", ""), ("b", DAMAGED_MEMBER)]
    assert found[1].data
    assert noise.startswith(found[1].data)


@pytest.mark.parametrize("squeeze", SQUEEZERS[1:])
def test_a_compressed_file_is_one_member(squeeze) -> None:
    (part,) = looked(squeeze(drawn(1)) + squeeze(b"more"))
    assert (part.name, part.data, part.problem) == (squeezed.CONTENT, drawn(1) + b"more", "")


@pytest.mark.skipif(zstandard.module is None, reason="needs Zstandard")
def test_zstandard_is_read_where_it_is_there() -> None:
    assert [each.data for each in looked(zstandard.module.compress(drawn(1)))] == [drawn(1)]
    assert [each.name for each in looked(zstandard.module.compress(tarred(FILES)))] == list(FILES)


def test_a_gzip_file_has_its_name() -> None:
    made = io.BytesIO()
    with gzip.GzipFile("holiday.png", "wb", fileobj=made) as stream:
        stream.write(drawn(1))
    assert [each.name for each in looked(made.getvalue())] == ["holiday.png"]


def test_ten_gigabytes_of_zeros_end_soon() -> None:
    chunk = gzip.compress(bytes(64 << 20), 9)
    started = time.monotonic()
    (part,) = looked(chunk * 160)
    assert part.data is None
    assert "bytes that are decoded" in part.problem
    info = tarfile.TarInfo("large")
    info.size = 10 << 30
    head = gzip.compress(info.tobuf())
    found = looked(head + chunk * 3 + gzip.compress(tarred({"b": b"2"})), Options(max_bytes=1 << 20))
    assert [each.name for each in found] == ["large", REST]
    found = looked(gzip.compress(tarred({"a": b"1"})) + chunk * 160, most_octets=1 << 30)
    assert [each.name for each in found] == ["a", REST]
    assert time.monotonic() - started < 20


@settings(max_examples=200, deadline=None)
@given(cuts=CUTS, end=st.integers(0, 100_000), which=st.sampled_from(SQUEEZERS))
def test_fuzz_an_archive_ends_and_never_raises(cuts: list[tuple[int, bytes]], end: int, which) -> None:
    data = tarred({"a.png": drawn(1, side=16), "long" * 50: b"words" * 100, "c": b"x" * 50})
    for each in (which(mutated(data, cuts)), mutated(which(data), cuts), which(data)[: end % len(which(data))]):
        assert len(looked(each)) < 100


@settings(max_examples=200, deadline=None)
@given(noise=st.binary(max_size=600), head=st.sampled_from([b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", zstandard.MAGIC]))
def test_fuzz_noise_ends(noise: bytes, head: bytes) -> None:
    assert len(looked(head + noise)) < 100
