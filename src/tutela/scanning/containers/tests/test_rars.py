"""RAR archives of version 4 and 5: what is in them, what is told of the rest, and bytes made to break the reader."""

import os
import random
import subprocess
import sys
import time
import zlib
from base64 import b64encode

import pytest
import rars as maker
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.scanning.containers import rarheads, rars
from tutela.scanning.containers.bounds import (
    DAMAGED_MEMBER,
    ENCRYPTED,
    REST,
    SEARCHED,
    TOO_MUCH,
    UNDECODED,
    UNKNOWN_CODING,
    VOLUMES,
)
from tutela.scanning.containers.libarchives import library
from tutela.scanning.containers.recognition import is_archive
from tutela.scanning.containers.tests.foreign import (
    END_4,
    block_4,
    block_5,
    file_4,
    file_5,
    number,
    rar_4,
    rar_5,
)
from tutela.scanning.containers.tests.samples import drawn, looked, mutated, zipped
from tutela.scanning.options import Options

WORDS = b" ".join(random.Random(5).choices([b"a", b"test", b"message", b"pattern", b"grey"], k=9000))
FILES = {"a.png": drawn(1), "dir/b.png": drawn(2), "words.txt": WORDS, "empty": b""}
CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), min_size=1, max_size=6)


def packed(files: dict[str, bytes] = FILES, **how: object) -> bytes:
    """As a program that compresses would write it."""
    made = maker.RarBuilder(**how)
    for name, data in files.items():
        made.add_bytes(data, name)
    return made.to_bytes()


def told(data: bytes) -> list[tuple[str, str]]:
    return [(each.name, each.problem) for each in looked(data)]


needs_libarchive = pytest.mark.skipif(library() is None, reason="needs libarchive")


@pytest.mark.parametrize(
    "data",
    [
        rar_4(*(file_4(name.encode(), data) for name, data in FILES.items())),
        rar_5(*(file_5(name, data) for name, data in FILES.items())),
        pytest.param(packed(format="rar40", compression=3), marks=needs_libarchive),
        pytest.param(packed(format="rar50", compression=5), marks=needs_libarchive),
        pytest.param(packed(format="rar50", compression=5, solid=True), marks=needs_libarchive),
    ],
)
def test_every_member_is_given_as_it_was(data: bytes) -> None:
    found = looked(data)
    assert {each.name: each.data for each in found} == FILES
    assert [each.problem for each in found] == [""] * len(FILES)
    assert is_archive(data, data)


@pytest.mark.parametrize("version", ["rar40", "rar50"])
def test_encrypted_members_are_told_by_their_names(version: str) -> None:
    data = packed({"a.png": drawn(1), "b.png": drawn(2)}, format=version, password="x")
    assert told(data) == [("a.png", ENCRYPTED), ("b.png", ENCRYPTED)]


@pytest.mark.parametrize("version", ["rar40", "rar50"])
def test_an_archive_whose_headers_are_encrypted_is_told(version: str) -> None:
    data = packed(format=version, password="x", encrypt_headers=True)
    assert told(data) == [(REST, ENCRYPTED)]


@pytest.mark.parametrize("solid", [False, True])
@pytest.mark.parametrize("version", ["rar15", "rar20", "rar29", "rar40", "rar50", "rar70"])
def test_whoever_wrote_it_every_member_is_decoded(version: str, solid: bool) -> None:
    """Of the older ones libarchive decodes the first members, or none."""
    files = {f"{number}.txt": bytes(range(256)) + WORDS[number * 50 :][:9000] for number in range(12)}
    found = looked(packed(files, format=version, solid=solid))
    assert {each.name: each.data for each in found} == files
    assert {each.problem for each in found} == {""}


def test_a_damaged_member_among_those_that_are_compressed_together_is_told() -> None:
    files = {f"{number}.txt": WORDS[number * 1000 :][:5000] for number in range(6)}
    data = bytearray(packed(files, format="rar40", solid=True))
    data[-800:-790] = os.urandom(10)
    found = looked(bytes(data))
    whole = [each.name for each in found if not each.problem]
    assert len(whole) < len(files)
    assert all(each.data == files[each.name] for each in found if each.name in whole)


@needs_libarchive
def test_without_the_second_decoder_what_libarchive_lacks_is_told(tmp_path) -> None:
    for version, solid, said in (("rar40", True, ["", UNKNOWN_CODING]), ("rar20", False, [UNKNOWN_CODING] * 2)):
        data = packed({"1.txt": WORDS, "2.txt": WORDS[5:]}, format=version, solid=solid)
        (tmp_path / "data").write_bytes(data)
        code = (
            "import sys; from pathlib import Path; sys.modules['rars'] = None\n"
            "from tutela.scanning.containers.tests.samples import looked\n"
            "for each in looked(Path(sys.argv[1]).read_bytes()): print(each.problem)"
        )
        run = (sys.executable, "-c", code, str(tmp_path / "data"))
        assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines() == said


def test_a_volume_gives_the_begin_of_what_goes_on_and_tells_what_lies_elsewhere() -> None:
    end = file_4(b"end.png", drawn(1)[100:], flags=1, size=len(drawn(1)))
    begin = file_4(b"big.png", drawn(2)[:200], flags=2, size=len(drawn(2)))
    found = looked(rar_4(end, file_4(b"c.png", drawn(3)), begin, flags=1))
    assert [(each.name, each.data, each.problem) for each in found] == [
        ("end.png", None, rars.EARLIER),
        ("c.png", drawn(3), ""),
        ("big.png", drawn(2)[:200], rars.LATER),
        (REST, None, VOLUMES),
    ]


def test_a_volume_of_version_5_does_the_same() -> None:
    end = file_5("end.png", drawn(1)[100:], flags=8, size=len(drawn(1)))
    begin = file_5("big.png", drawn(2)[:200], flags=0x10, size=len(drawn(2)))
    found = looked(rar_5(end, file_5("c.png", drawn(3)), begin, flags=1))
    assert [each.problem for each in found] == [rars.EARLIER, "", rars.LATER, VOLUMES]
    assert [each.data for each in found] == [None, drawn(3), drawn(2)[:200], None]


@needs_libarchive
@pytest.mark.parametrize(("version", "least"), [("rar40", 0), ("rar50", 50_000)])
def test_of_a_compressed_member_is_given_what_the_first_volume_has(version: str, least: int, tmp_path) -> None:
    """libarchive gives blocks of megabytes of version 4 or nothing."""
    text = b64encode(random.Random(1).randbytes(300_000))
    made = maker.RarBuilder(format=version, compression=3, volume_size=200_000)
    made.add_bytes(text, "noise.txt")
    first = made.write_volumes(str(tmp_path / "v.rar"))[0]
    whole, rest = looked(first.read_bytes())
    assert text.startswith(whole.data or b"")
    assert len(whole.data or b"") >= least
    assert (whole.problem, rest.problem) == (rars.LATER, VOLUMES)


def test_links_and_folders_are_no_members() -> None:
    link = file_4(b"link", b"a.png", mode=0o120777).replace(b"\x02", b"\x03", 1)
    unix = block_4(0x74, 0x8000, link[7:32] + link[32:36])  # the same with the system Unix
    assert looked(rar_4(file_4(b"dir", b"", flags=0xE0), unix + b"a.png", end=END_4)) == []
    redirection = number(8) + number(5) + number(1) + number(0) + number(4) + b"a.pn"
    assert looked(rar_5(file_5("link", b"", extra=redirection))) == []


@pytest.mark.parametrize(
    ("coded", "name"),
    [
        (b"a?.png\0\x04\x1c\x61\x3e\x02", "aо.png"),
        ("ü.png".encode(), "ü.png"),
        (b"dir\\a.png", "dir/a.png"),
        (b"\xff.png", "\udcff.png"),
    ],
)
def test_names_are_read_in_whatever_way_they_are_written(coded: bytes, name: str) -> None:
    (found,) = looked(rar_4(file_4(coded, b"x", flags=0x200 if b"\0" in coded else 0)))
    assert found.name == name


def test_who_owned_a_file_in_an_old_archive_is_passed_by() -> None:
    owner = bytes.fromhex("7700801200080000000101000400040075736572726f6f74")  # its checksum is of the names as well
    block = (zlib.crc32(owner) & 0xFFFF).to_bytes(2, "little") + owner
    assert told(rar_4(file_4(b"a", b"x"), block, file_4(b"b", b"x"))) == [("a", ""), ("b", "")]


def test_a_member_without_its_checksum_is_given_and_told() -> None:
    data = rar_4(file_4(b"a", b"words")).replace(b"words", b"sword")
    assert [(each.data, each.problem) for each in looked(data)] == [(b"sword", rars.BAD_CHECKSUM)]


def test_a_cut_archive_gives_what_came_before() -> None:
    data = rar_5(file_5("a.png", drawn(1)), file_5("b.png", drawn(2)))
    found = looked(data[:-60])
    assert [each.problem for each in found] == ["", DAMAGED_MEMBER, SEARCHED]
    assert found[1].data == drawn(2)[:-52]
    assert told(data[:-8]) == [("a.png", ""), ("b.png", ""), (REST, SEARCHED)]


@pytest.mark.parametrize("version", ["rar40", "rar50"])
def test_behind_a_damaged_header_others_are_searched_for(version: str) -> None:
    files = {f"{number}.txt": WORDS[number * 3000 :][:3000] + os.urandom(300_000) for number in range(4)}
    data = bytearray(packed(files, format=version))
    data[data.index(b"1.txt")] ^= 1
    found = looked(bytes(data))
    assert [(each.name, each.problem) for each in found] == [
        ("0.txt", ""),
        (REST, SEARCHED),
        ("2.txt", ""),
        ("3.txt", ""),
    ]
    assert all(each.data == files[each.name] for each in found if each.data)


@needs_libarchive
def test_a_damaged_member_costs_no_other() -> None:
    data = bytearray(packed({"1.txt": WORDS, "2.txt": WORDS[::-1]}, format="rar50"))
    data[2000:2100] = os.urandom(100)
    first, second = looked(bytes(data))
    assert first.problem in (DAMAGED_MEMBER, UNDECODED, rars.BAD_CHECKSUM)
    assert (second.data, second.problem) == (WORDS[::-1], "")


@needs_libarchive
def test_after_a_member_that_is_too_large_the_next_one_is_decoded() -> None:
    files = {"large": bytes(3_000_000), "small": b"words"}
    for solid in (False, True):
        found = looked(packed(files, format="rar50", solid=solid), Options(max_bytes=4096))
        assert [(each.data, each.size) for each in found] == [(None, 3_000_000), (b"words", 5)]


@needs_libarchive
def test_a_bomb_ends_at_the_bound() -> None:
    data = packed({f"{n}": bytes(16 << 20) for n in range(4)}, format="rar50", solid=True)
    started = time.monotonic()
    assert looked(data, Options(max_bytes=1 << 20), most_octets=20 << 20)[-1].problem == TOO_MUCH
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("before", [b"MZ" + bytes(300_000), drawn(5), drawn(5, "JPEG")])
def test_an_archive_behind_a_program_or_a_picture_is_looked_into(before: bytes) -> None:
    for archive in (rar_4(file_4(b"a.png", drawn(1))), rar_5(file_5("a.png", drawn(1)))):
        data = before + b"Rar!\x1a\x07\1\0" + before[:50] + archive
        assert [(each.name, each.data) for each in looked(data)] == [("a.png", drawn(1))]
    assert looked(before) == looked(before + rarheads.END) == []


@pytest.mark.parametrize("flags", [0, 1])
def test_any_end_mark_tells_an_archive_behind_something(flags: int) -> None:
    end_4 = block_4(0x7B, 0x4000 | 0x8 | flags, b"\1\0")
    end_5 = block_5(5, 0, number(flags))
    for archive in (rar_4(file_4(b"a", b"x"), end=end_4), rar_5(file_5("a", b"x"), end=end_5)):
        assert [each.data for each in looked(drawn(5) + archive)] == [b"x"]


def test_what_lies_in_an_archive_in_it_is_found() -> None:
    inner = rar_4(file_4(b"a.png", drawn(1)))
    found = looked(zipped({"in.rar": rar_5(file_5("inner.rar", inner))}))
    assert found[-1].name == "in.rar/inner.rar/a.png"


def test_headers_without_end_are_counted() -> None:
    data = rar_4(block_4(0x75, 0, b"") * 1_100_000, end=b"")
    assert told(data) == [(REST, TOO_MUCH)]


@settings(max_examples=150, deadline=None)
@given(cuts=CUTS, end=st.integers(0, 100_000), which=st.integers(0, 5))
def test_fuzz_a_rar_archive_ends_and_never_raises(cuts: list[tuple[int, bytes]], end: int, which: int) -> None:
    data = _SAMPLES[which]
    for each in (mutated(data, cuts), data[: end % len(data)]):
        assert len(looked(each)) < 200


@settings(max_examples=200, deadline=None)
@given(cuts=CUTS, flags=st.integers(0, 0xFFFF), extra=st.binary(max_size=30))
def test_fuzz_headers_that_have_their_checksums_end(cuts: list[tuple[int, bytes]], flags: int, extra: bytes) -> None:
    body = file_4(b"a?.png\0\x04\x1c\x61\x3e\x02", b"", flags=0x200)[7:]
    made_4 = block_4(0x74, flags, mutated(body, cuts)) + WORDS[:500]
    made_5 = block_5(2, flags & 0x7F, mutated(extra + body, cuts)) + WORDS[:500]
    for each in (rar_4(made_4, flags=flags), rar_5(made_5, flags=flags & 7), rar_5(block_5(flags % 7, flags, extra))):
        assert len(looked(each)) < 200


_SMALL = {"a.png": drawn(1, side=16), "b": b"words " * 100, "c": b"words " * 99}
_SAMPLES = [
    packed(_SMALL, format=version, solid=solid, store=store)
    for version in ("rar40", "rar50")
    for solid, store in ((False, False), (True, False), (False, True))
]


@pytest.mark.parametrize("mark", [b"", b"PK\5\6" + bytes(18)])
def test_an_archive_behind_a_picture_is_not_hidden_by_the_mark_of_another(mark: bytes) -> None:
    hidden = drawn(9) + rar_4(file_4(b"a.png", drawn(1))) + mark
    assert [each.name for each in looked(hidden) if each.data] == ["a.png"]


def test_more_signatures_than_are_followed_are_told() -> None:
    found = looked(drawn(9) + b"Rar!\x1a\x07" * 80 + rar_4(file_4(b"a.png", drawn(1))))
    assert [(each.name, each.problem[:13]) for each in found] == [(REST, "a RAR archive")]
