"""Compound files: pictures in streams, packages, workbooks, Outlook messages."""

import os
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.scanning.containers.tests.compound import compound
from tutela.scanning.containers.tests.samples import drawn, looked, mutated, zipped

CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), min_size=1, max_size=6)
LARGE = drawn(1, side=300)


def _attachment(name: str, data: bytes) -> dict[str, bytes]:
    return {"__substg1.0_3707001F": name.encode("utf-16-le"), "__substg1.0_37010102": data}


def _message(**attached: dict[str, bytes]) -> dict[str, object]:
    return {"__properties_version1.0": bytes(32), "__substg1.0_0037001F": b"h\0", **attached}


@pytest.mark.parametrize("picture", [LARGE, drawn(2, "JPEG")])
def test_pictures_in_a_stream_are_found_at_any_octet(picture: bytes) -> None:
    made = compound({"WordDocument": b"words" * 2000, "Data": os.urandom(777) + picture + os.urandom(4000)})
    assert (f"Data/$carved/{777}", picture) in [(each.name, each.data) for each in looked(made)]


def test_a_picture_in_the_records_of_a_workbook_is_found() -> None:
    drawing, records = bytes(50) + LARGE + bytes(20), b""
    pieces = [drawing[at : at + 5000] for at in range(0, len(drawing), 5000)]
    for number, piece in enumerate(pieces):
        records += struct.pack("<HH", 0x3C if number else 0xEB, len(piece)) + piece
    made = compound({"Workbook": struct.pack("<HH", 0x809, 4) + b"abcd" + records + struct.pack("<HH", 0x0A, 0)})
    assert [each.data for each in looked(made)] == [LARGE]


def test_a_package_gives_its_file() -> None:
    inner = zipped({"a.png": drawn(3)})
    package = b"\2\0a.zip\0C:\\a.zip\0\0\0\3\0" + struct.pack("<I", 9) + b"C:\\a.zip\0" + struct.pack("<I", len(inner))
    package += inner
    made = compound({"ObjectPool": {"_1": {"\x01Ole10Native": struct.pack("<I", len(package)) + package}}})
    found = {each.name: each.data for each in looked(made)}
    assert found["ObjectPool/_1/Ole10Native/a.zip"] == inner
    assert found["ObjectPool/_1/Ole10Native/a.zip/a.png"] == drawn(3)


def test_an_outlook_message_gives_its_attachments() -> None:
    inner = _message(**{"__attach_version1.0_#00000000": _attachment("in.png", drawn(2))})
    nested = {"__substg1.0_3707001F": "fwd".encode("utf-16-le"), "__substg1.0_3701000D": inner}
    made = compound(
        _message(
            **{
                "__attach_version1.0_#00000000": _attachment("été.png", LARGE),
                "__attach_version1.0_#00000001": nested,
                "__attach_version1.0_#00000002": {"__substg1.0_37010102": drawn(3)},
            }
        )
    )
    found = {each.name: each.data for each in looked(made)}
    assert found == {"été.png": LARGE, "fwd/in.png": drawn(2), "$part/3": drawn(3)}


_SAMPLE = compound({"Data": bytes(100) + drawn(1, side=100), "Workbook": b"\xeb\0\2\0ab", "s": {"t": b"words"}})


@settings(max_examples=150, deadline=None)
@given(cuts=CUTS, end=st.integers(0, 100_000))
def test_fuzz_a_compound_file_ends_and_never_raises(cuts: list[tuple[int, bytes]], end: int) -> None:
    head = [(at % 2048, octets) for at, octets in cuts]
    for each in (mutated(_SAMPLE, cuts), mutated(_SAMPLE, head), _SAMPLE[: end % len(_SAMPLE)]):
        assert len(looked(each)) < 300


@settings(max_examples=150, deadline=None)
@given(noise=st.binary(max_size=200))
def test_fuzz_noise_in_streams_ends(noise: bytes) -> None:
    assert len(looked(compound({"\x01Ole10Native": noise, "Workbook": b"\xeb\0" + noise, "D": noise}))) < 20
