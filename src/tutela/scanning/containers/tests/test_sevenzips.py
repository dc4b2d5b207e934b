"""7z archives, and archives that are told and not read."""

import os
import struct
import time
import zlib

import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.scanning.containers import sevenzips
from tutela.scanning.containers.bounds import DAMAGED_MEMBER, ENCRYPTED, REST, UNKNOWN_CODING
from tutela.scanning.containers.tests.samples import drawn, looked, mutated, sevened
from tutela.scanning.options import Options

CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), min_size=1, max_size=6)
FILES = {"b.png": drawn(1), "a/c.png": drawn(2), "empty": b""}
METHODS = [
    [{"id": py7zr.FILTER_LZMA2, "preset": 3}],
    [{"id": py7zr.FILTER_X86}, {"id": py7zr.FILTER_LZMA2, "preset": 3}],
    [{"id": py7zr.FILTER_BZIP2}],
    [{"id": py7zr.FILTER_DEFLATE}],
    [{"id": py7zr.FILTER_ZSTD, "level": 3}],
    [{"id": py7zr.FILTER_COPY}],
]


@pytest.mark.parametrize("filters", METHODS)
def test_members_come_whole_in_the_order_of_the_archive(filters: list[dict[str, int]]) -> None:
    found = looked(sevened(FILES, filters=filters))
    assert [(each.name, each.data, each.problem) for each in found] == [(n, d, "") for n, d in FILES.items()]


def test_a_password_is_told() -> None:
    found = looked(sevened({"a": b"1", "b": b"2"}, password="x"))
    assert [(each.name, each.problem) for each in found] == [("a", ENCRYPTED), ("b", ENCRYPTED)]
    found = looked(sevened({"a": b"1"}, password="x", header_encryption=True))
    assert [(each.name, each.problem) for each in found] == [(REST, ENCRYPTED)]


def test_ppmd_is_told_and_not_decoded() -> None:
    found = looked(sevened({"a": b"words" * 9}, filters=[{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 24}]))
    assert [(each.name, each.problem) for each in found] == [("a", UNKNOWN_CODING)]


def test_a_member_larger_than_is_decoded_is_passed_by() -> None:
    found = looked(sevened({"large": bytes(1 << 20), "small": b"x"}), Options(max_bytes=4096))
    assert [(each.data, each.size) for each in found] == [(None, 1 << 20), (b"x", 1)]


def test_a_damaged_block_is_told() -> None:
    data = bytearray(sevened({"a": os.urandom(100_000), "b": os.urandom(100_000)}))
    data[120_000:150_000] = bytes(30_000)
    found = looked(bytes(data))
    assert [each.name for each in found] == ["a", "b"]
    assert {each.problem for each in found} <= {"", DAMAGED_MEMBER, sevenzips.BAD_CHECKSUM}
    assert found[1].problem


def test_a_gigabyte_of_zeros_ends_at_the_bound() -> None:
    data = sevened({f"{n}": bytes(1 << 26) for n in range(4)}, filters=METHODS[0])
    started = time.monotonic()
    assert looked(data, Options(max_bytes=1 << 20), most_octets=1 << 26)[-1].name == REST
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("head", [b"an old **ACE**", b"!BDN", b"ITSF\3\0"])
def test_what_is_not_read_is_told(head: bytes) -> None:
    (part,) = looked(head + bytes(600))
    assert "not decoded here" in part.problem


@settings(max_examples=150, deadline=None)
@given(cuts=CUTS, end=st.integers(0, 100_000))
def test_fuzz_a_7z_archive_ends_and_never_raises(cuts: list[tuple[int, bytes]], end: int) -> None:
    data = _SAMPLE
    for each in (mutated(data, cuts), data[: end % len(data)]):
        assert len(looked(each)) < 200


@settings(max_examples=200, deadline=None)
@given(cuts=CUTS, filters=st.sampled_from(METHODS))
def test_fuzz_a_header_with_its_checksums_ends(cuts: list[tuple[int, bytes]], filters: list[dict[str, int]]) -> None:
    data = sevened({"a.png": drawn(1, side=16), "b": b"words" * 50}, plain=True, filters=filters)
    offset, size = struct.unpack("<QQ", data[12:28])
    body = 32 + offset
    header = mutated(data[body : body + size], cuts)[:size]
    start = struct.pack("<QQI", offset, size, zlib.crc32(header))
    made = data[:8] + struct.pack("<I", zlib.crc32(start)) + start + data[32:body] + header
    assert len(looked(made)) < 200


_SAMPLE = sevened({"a.png": drawn(1, side=16), "b": b"words" * 50})
