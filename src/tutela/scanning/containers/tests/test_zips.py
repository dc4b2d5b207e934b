"""Zip archives: whole, cut, hostile."""

import io
import os
import struct
import time
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.scanning.containers import zips
from tutela.scanning.containers.bounds import DAMAGED_MEMBER, DEPTH, ENCRYPTED, REST, TOO_DEEP, TOO_MUCH, UNKNOWN_CODING
from tutela.scanning.containers.tests.samples import drawn, looked, mutated, zipped
from tutela.scanning.options import Options

METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), min_size=1, max_size=6)


class _OneWay(io.BytesIO):
    """A stream that `zipfile` cannot go back in: sizes then come behind the members."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError

    def tell(self) -> int:
        raise OSError


def _streamed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = _OneWay()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return made.getvalue()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("make", [zipped, _streamed])
def test_members_come_whole_in_the_order_of_the_file(make, method: int) -> None:
    files = {"b.png": drawn(1), "a/c.png": drawn(2), "empty": b""}
    assert [(each.name, each.data, each.problem) for each in looked(make(files, method))] == [
        (name, data, "") for name, data in files.items()
    ]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("make", [zipped, _streamed])
def test_without_its_directory_members_are_read_from_their_headers(make, method: int) -> None:
    files = {"a.png": drawn(1), "b.png": drawn(2), "c.png": drawn(3)}
    data = make(files, method)
    found = looked(data[: data.rindex(b"PK\1\2")])
    assert (found[0].name, found[0].problem) == (REST, zips.NO_DIRECTORY)
    assert {each.name: each.data for each in found[1:]} == files


def test_names_may_be_anything() -> None:
    data = zipped({"xxx.png": b"1", "yyyy.png": b"2", "é.png": b"3"})
    data = data.replace(b"xxx.png", b"\xff\xe9x.png").replace(b"yyyy.png", "éé.png".encode())
    names = [each.name for each in looked(data)]
    assert names[1:] == ["éé.png", "é.png"]
    assert all(os.fsencode(name) for name in names)


def test_a_name_that_is_no_utf8_though_it_says_so_loses_no_member() -> None:
    data = zipped({"é.png": drawn(1), "b.png": drawn(2)}).replace("é".encode(), b"\xe9\xe9")
    assert {each.data for each in looked(data) if each.data} == {drawn(1), drawn(2)}


def test_an_encrypted_member_is_told() -> None:
    data = bytearray(zipped({"a.png": drawn(1), "b.png": drawn(2)}))
    data[data.index(b"PK\1\2") + 8] |= 1
    assert [each.problem for each in looked(bytes(data))] == [ENCRYPTED, ""]


def test_an_unknown_method_is_told() -> None:
    data = bytearray(zipped({"a.png": drawn(1)}))
    data[data.index(b"PK\1\2") + 10] = 9
    assert [each.problem for each in looked(bytes(data))] == [UNKNOWN_CODING]


def test_a_wrong_checksum_is_told_and_the_member_given() -> None:
    data = bytearray(zipped({"a.png": drawn(1)}))
    data[data.index(b"PK\1\2") + 16] ^= 1
    (part,) = looked(bytes(data))
    assert (part.data, part.problem) == (drawn(1), zips.BAD_CHECKSUM)


def test_a_cut_member_is_given_as_far_as_it_goes() -> None:
    noise = os.urandom(300_000)
    data = bytearray(zipped({"a": noise}))
    place = data.index(b"PK\1\2")
    data[200_000:place] = bytes(place - 200_000)
    (part,) = looked(bytes(data))
    assert part.problem == DAMAGED_MEMBER
    assert part.data is not None
    assert noise.startswith(part.data[:190_000])


def test_a_member_larger_than_is_decoded_is_not_read() -> None:
    found = looked(zipped({"large": bytes(5000), "small": b"x"}), Options(max_bytes=4096))
    assert [(each.data, each.size) for each in found] == [(None, 5000), (b"x", 1)]
    assert "4,096" in found[0].problem


def test_overlapping_members_are_refused() -> None:
    whole = zipped({"a": bytes(100_000), "b": b"words"})
    data = bytearray(whole)
    place = data.index(b"PK\1\2", data.index(b"PK\1\2") + 4)
    data[place + 42 : place + 46] = bytes(4)  # the second begins where the first does
    assert [each.problem for each in looked(bytes(data))] == [zips.OVERLAP, DAMAGED_MEMBER]


@pytest.mark.parametrize("front", [drawn(5, "JPEG"), b"MZ" + bytes(1000)])
def test_an_archive_behind_a_picture_or_a_program_is_read(front: bytes) -> None:
    assert [(each.name, each.data) for each in looked(front + zipped({"a.png": drawn(1)}))] == [("a.png", drawn(1))]
    assert looked(front + b"PK\5\6 and no directory") == []


def test_ten_gigabytes_of_zeros_end_at_once() -> None:
    squeezed, member = zlib.compressobj(9, zlib.DEFLATED, -15), b""
    for _ in range(300):
        member += squeezed.compress(bytes(1 << 20))
    member += squeezed.flush()
    data = bytearray(zipped({"a": b"x"}))
    local, name = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 8, 8, 0, 0, 0, 0, 0, 1, 0), b"a"
    central = bytearray(data[data.index(b"PK\1\2") : data.index(b"PK\5\6")])
    central[10:12], central[20:28] = struct.pack("<H", 8), struct.pack("<II", len(member), 100_000_000)
    end = bytearray(data[data.index(b"PK\5\6") :])
    end[16:20] = struct.pack("<I", len(local) + 1 + len(member))
    started = time.monotonic()
    (lying,) = looked(bytes(local + name + member + central + end))
    central[24:28] = struct.pack("<I", 0xFFFFFFF0)
    (honest,) = looked(bytes(local + name + member + central + end))
    assert "bytes that are decoded" in lying.problem
    assert "bytes that are decoded" in honest.problem
    assert time.monotonic() - started < 10


def test_containers_inside_are_entered_to_a_bound() -> None:
    data = zipped({"p.png": drawn(1)})
    for level in range(5):
        data = zipped({f"{level}.zip": data})
    names = [(each.name, each.problem) for each in looked(data)]
    assert names[:2] == [("4.zip", ""), ("4.zip/3.zip", "")]
    assert names[-1] == ("4.zip/3.zip/2.zip/1.zip", TOO_DEEP.format(DEPTH))
    assert len(names) == 4


def test_markup_is_no_level_of_its_own() -> None:
    data = zipped({"a.xml": b'<?xml version="1.0"?><a/>'})
    for level in range(3):
        data = zipped({f"{level}.zip": data})
    assert [each.problem for each in looked(data)] == [""] * 4


def test_a_tree_of_archives_ends_at_the_bound() -> None:
    data = bytes(200_000)
    for _ in range(3):
        data = zipped({f"{number}.zip": data for number in range(8)})
    found = looked(data, most_octets=1 << 20)
    assert found[-1].problem == TOO_MUCH
    assert len(found) < 20


@settings(max_examples=200, deadline=None)
@given(cuts=CUTS, end=st.integers(0, 4000))
def test_fuzz_a_zip_ends_and_never_raises(cuts: list[tuple[int, bytes]], end: int) -> None:
    data = _streamed({"a.png": drawn(1, side=16), "b": b"words" * 100}) + zipped({"c": b"x" * 50}, zipfile.ZIP_LZMA)
    for each in (mutated(data, cuts), data[: end % len(data)], mutated(data[: 1 + end % len(data)], cuts)):
        assert len(looked(each)) < 100


@settings(max_examples=200, deadline=None)
@given(noise=st.binary(max_size=600))
def test_fuzz_noise_is_no_archive_or_ends(noise: bytes) -> None:
    assert len(looked(b"PK\3\4" + noise)) < 100
