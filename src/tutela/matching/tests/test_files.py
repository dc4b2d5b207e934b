"""Index files: what the text of the format says, what was written is read again, and no bytes bring a process down."""

import hashlib
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutela.errors import Conflict, Invalid
from tutela.matching import ExactTable, Index, Near, search, write_segment
from tutela.matching.words import Words

ROWS = 9_000


def hashes(rows: int, seed: int = 0) -> Words:
    return np.random.default_rng(seed).integers(0, 2**64, (rows, 4), dtype=np.uint64)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "pdq.index"
    Index(hashes(ROWS), np.arange(ROWS)[::-1], group=7).write(path)
    return path


def test_a_file_can_be_read_by_the_text_of_its_format_alone(written: Path) -> None:
    raw = written.read_bytes()
    magic, version, kind, rows, size, octets = struct.unpack_from("<8sIIQQI", raw)
    member, further, bands, sections = struct.unpack_from("<4I", raw, 36)
    assert (magic, version, kind, rows, size, octets, sections) == (b"TUTELAIX", 1, 1, ROWS, len(raw), 32, 6)
    assert hashlib.sha256(raw[:4064]).digest() == raw[4064:4096]
    found = {}
    for number in range(sections):
        name, first, length, digest = struct.unpack_from("<16sQQ32s", raw, 256 + 64 * number)
        assert first % 4096 == 0
        assert hashlib.sha256(raw[first : first + length]).digest() == digest
        found[name.rstrip(b"\0").decode()] = raw[first : first + length]
    assert struct.unpack_from("<4Q", found["hashes"]) == tuple(hashes(ROWS)[0].tolist())
    assert struct.unpack_from("<2q", found["ids"]) == (ROWS - 1, ROWS - 2)
    assert struct.unpack_from("<H", found["groups"], 2) == (7,)
    assert struct.unpack_from("<2I", found["order"]) == (ROWS - 1, ROWS - 2)
    assert first_bucket(raw, found, (member, further, bands)) == expected_first_bucket(raw)


def first_bucket(raw: bytes, found: dict[str, bytes], head: tuple[int, int, int]) -> list[tuple[int, int]]:
    """Rows and further bits in bucket 5 of the second band, after the text."""
    member, further, bands = head
    widths = [struct.unpack_from("<2H", raw, 64 + 4 * band)[1] for band in range(bands)]
    begin, end = struct.unpack_from("<2I", found["offsets"], 4 * ((1 << widths[0]) + 1 + 5))
    values = [
        int.from_bytes(found["members"][at : at + member], "little")
        for at in range((ROWS + begin) * member, (ROWS + end) * member, member)
    ]
    shift = 8 * member - further
    return [(value & ((1 << shift) - 1), value >> shift) for value in values]


def expected_first_bucket(raw: bytes) -> list[tuple[int, int]]:
    (further,) = struct.unpack_from("<I", raw, 40)
    first, width = struct.unpack_from("<2H", raw, 68)
    numbers = [sum(int(word) << (64 * at) for at, word in enumerate(row)) >> first for row in hashes(ROWS).tolist()]
    mask = (1 << width) - 1
    return [(row, (number >> width) & ((1 << further) - 1)) for row, number in enumerate(numbers) if number & mask == 5]


def test_a_written_index_answers_as_the_one_in_memory_and_goes_on_changing(written: Path) -> None:
    index, rows = Index.open(written, verify=True), hashes(ROWS)
    assert index.search(rows[10], threshold=31) == (Near(id=ROWS - 11, distance=0, group=7),)
    assert index.remove([ROWS - 11, 5, ROWS]) == 2
    index.add(rows[10:11], [70_000], group=1)
    assert index.search(rows[10], threshold=31) == (Near(id=70_000, distance=0, group=1),)
    assert len(index) == ROWS - 1


def test_settling_keeps_answers_and_what_changed(tmp_path: Path) -> None:
    rows = hashes(500)
    index = Index(rows, list(range(500)))
    index.remove([3])
    index.settle(tmp_path / "one")
    index.add(rows[3:4], [503])
    index.settle(tmp_path / "two")
    assert [[near.id for near in index.search(rows[at], threshold=9)] for at in (2, 3, 4)] == [[2], [503], [4]]
    assert (index.tail_length, len(Index.open(tmp_path / "two"))) == (0, 500)
    index.verify()


def test_a_file_is_never_written_over_and_nothing_is_left_of_one_that_failed(tmp_path: Path) -> None:
    path = tmp_path / "index"
    path.write_bytes(b"kept")
    with pytest.raises(Conflict):
        Index(hashes(2), [1, 2]).write(path)
    with pytest.raises(Invalid, match="not text"):
        Index(hashes(2), ["a", "b"]).write(tmp_path / "text")
    batch = (hashes(2), np.arange(2), np.zeros(2, np.uint16))
    for told in (1, 3):
        with pytest.raises(Invalid, match="told"):
            write_segment(tmp_path / "short", told, [batch])
    assert [each.name for each in tmp_path.iterdir()] == ["index"]


def test_what_a_killed_process_left_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / f".index.part-{os.getpid()}").write_bytes(b"half")
    Index(hashes(2), [1, 2]).write(tmp_path / "index")
    assert (tmp_path / "index").stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir()] == ["index"]


def test_empty_and_single_files(tmp_path: Path) -> None:
    for rows in (0, 1):
        Index(hashes(rows), list(range(rows))).write(tmp_path / f"pdq{rows}")
        assert len(Index.open(tmp_path / f"pdq{rows}", verify=True).search(hashes(1)[0], threshold=256)) == rows
        ExactTable(20, [b"\7" * 20] * rows, list(range(rows))).write(tmp_path / f"sha1{rows}")
        assert len(ExactTable.open(20, tmp_path / f"sha1{rows}", verify=True).find(b"\7" * 20)) == rows


@pytest.mark.parametrize("at", [0, 8, 12, 16, 24, 32, 36, 40, 44, 48, 64, 66, 256, 272, 280, 300, 4000, 4070])
def test_a_changed_first_page_is_refused_with_its_byte(written: Path, tmp_path: Path, at: int) -> None:
    raw = bytearray(written.read_bytes())
    raw[at] ^= 1
    with pytest.raises(Invalid, match="byte"):
        opened(tmp_path, bytes(raw))


@pytest.mark.parametrize("at", [8, 12, 16, 24, 32, 36, 41, 45, 48, 67, 68, 272, 280])
def test_a_first_page_that_lies_is_refused_though_its_digest_holds(written: Path, tmp_path: Path, at: int) -> None:
    raw = bytearray(written.read_bytes())
    raw[at] ^= 0x40 if at == 67 else 2
    with pytest.raises(Invalid, match="byte"):
        opened(tmp_path, signed(raw))


@pytest.mark.parametrize("size", [0, 1, 63, 4095, 4096, 5000, -4096, -1])
def test_a_cut_file_is_refused(written: Path, tmp_path: Path, size: int) -> None:
    with pytest.raises(Invalid):
        opened(tmp_path, written.read_bytes()[:size])


def test_swapped_sections_are_refused(written: Path, tmp_path: Path) -> None:
    raw = bytearray(written.read_bytes())
    raw[256:320], raw[320:384] = raw[320:384], raw[256:320]
    with pytest.raises(Invalid, match="expected the section hashes"):
        opened(tmp_path, signed(raw))


def test_an_exact_table_is_not_an_index_and_has_its_own_length(written: Path, tmp_path: Path) -> None:
    ExactTable(20, [b"\7" * 20], [1]).write(tmp_path / "sha1")
    with pytest.raises(Invalid, match="kind"):
        Index.open(tmp_path / "sha1")
    with pytest.raises(Invalid, match="kind"):
        ExactTable.open(32, written)
    with pytest.raises(Invalid, match="20 bytes, expected 16"):
        ExactTable.open(16, tmp_path / "sha1")


QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(st.data())
def test_damage_behind_the_first_page_crashes_nothing(written: Path, tmp_path: Path, data: st.DataObject) -> None:
    ask_damaged(written, tmp_path, data)


@pytest.mark.slow
@settings(QUICK, max_examples=2_000)
@given(st.data())
def test_much_damage_behind_the_first_page_crashes_nothing(written: Path, tmp_path: Path, data: st.DataObject) -> None:
    ask_damaged(written, tmp_path, data)


def ask_damaged(written: Path, folder: Path, data: st.DataObject) -> None:
    raw = bytearray(written.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        first = data.draw(st.integers(4096, len(raw) - 1))
        length = data.draw(st.sampled_from([1, 4, 4096, 200_000]))
        fill = data.draw(st.sampled_from([b"\xff", b"\x00", b"\x80\xfe\x01"]))
        raw[first : first + length] = (fill * length)[: len(raw[first : first + length])]
    index = opened(folder, bytes(raw))
    for needle in (*hashes(ROWS)[:20], *hashes(20, seed=3)):
        for near in index.search(needle, threshold=31):
            assert near.distance <= 31
    index.search_many(hashes(3), threshold=40)
    index.remove(range(0, ROWS, 100))
    index.remove([2**62, -(2**62)])


@settings(QUICK, max_examples=400)
@given(st.lists(st.tuples(st.integers(8, 639), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_first_page_with_any_lies_is_refused_or_crashes_nothing(
    written: Path, tmp_path: Path, lies: list[tuple[int, int]]
) -> None:
    ask_lying(written, tmp_path, lies)


@pytest.mark.slow
@settings(QUICK, max_examples=4_000)
@given(st.lists(st.tuples(st.integers(8, 140), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_first_page_with_many_lies_is_refused_or_crashes_nothing(
    written: Path, tmp_path: Path, lies: list[tuple[int, int]]
) -> None:
    ask_lying(written, tmp_path, lies)


def ask_lying(written: Path, folder: Path, lies: list[tuple[int, int]]) -> None:
    raw = bytearray(written.read_bytes())
    for at, value in lies:
        raw[at] = value
    try:
        index = opened(folder, signed(raw))
    except Invalid:
        return
    index.search_many(hashes(20), threshold=31)
    index.remove(range(0, ROWS, 100))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=9_000), st.booleans())
def test_any_bytes_are_refused(tmp_path: Path, raw: bytes, has_magic: bool) -> None:
    with pytest.raises(Invalid):
        opened(tmp_path, (b"TUTELAIX" if has_magic else b"") + raw)


def test_verify_names_the_section(written: Path, tmp_path: Path) -> None:
    raw = bytearray(written.read_bytes())
    raw[4096] ^= 1
    with pytest.raises(Invalid, match="byte 4096: the section hashes"):
        opened(tmp_path, bytes(raw)).verify()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_exact_table_crashes_nothing(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "whole"
    if not path.exists():
        ExactTable(20, [hashlib.sha1(bytes([each])).digest() for each in range(200)], range(200)).write(path)
    raw = bytearray(path.read_bytes())
    first = data.draw(st.integers(4096, len(raw) - 1))
    raw[first : first + 500] = b"\xff" * len(raw[first : first + 500])
    (tmp_path / "damaged").write_bytes(raw)
    table = ExactTable.open(20, tmp_path / "damaged")
    for each in range(0, 200, 7):
        table.find(hashlib.sha1(bytes([each])).digest())
    table.remove(range(200))


def test_a_mapped_index_equals_the_oracle(written: Path) -> None:
    index, rows = Index.open(written), hashes(ROWS)
    for threshold in (0, 15, 31, 45, 64, 100):
        needle = rows[77] ^ np.array([2**threshold - 1 if threshold < 64 else 0, 0, 0, 0], dtype=np.uint64)
        expected = [(ROWS - 1 - row, apart) for row, apart in search(needle, rows, threshold=threshold).pairs()]
        assert [(near.id, near.distance) for near in index.search(needle, threshold=threshold)] == expected


def opened(folder: Path, raw: bytes) -> Index:
    path = folder / "damaged"
    path.unlink(missing_ok=True)
    path.write_bytes(raw)
    return Index.open(path)


def signed(raw: bytearray) -> bytes:
    return bytes(raw[:4064]) + hashlib.sha256(raw[:4064]).digest() + bytes(raw[4096:])
