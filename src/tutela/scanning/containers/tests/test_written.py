"""Pictures written as text."""

import binascii
from base64 import b64encode
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.scanning.containers.tests.compound import compound
from tutela.scanning.containers.tests.samples import drawn, looked, mailed, mutated, zipped

CUTS = st.lists(st.tuples(st.integers(0, 10_000_000), st.binary(max_size=6)), max_size=6)
PICTURE = drawn(1, side=40)
HTML = b'<!DOCTYPE html><p>;base64,<img src="data:image/png;base64,' + b64encode(PICTURE) + b'"><p>data:,x'
HEX = binascii.hexlify(PICTURE, "\n", 60)
RTF = b"{\\rtf1 words {\\pict\\pngblip\\picw40 " + HEX + b"}{\\object{\\*\\objdata "
RTF += binascii.hexlify(bytes(40) + compound({"Data": drawn(2, "JPEG")})) + b"}}}"


def _uu(data: bytes, name: bytes) -> bytes:
    lines = (binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return b"begin 644 " + name + b"\n" + b"".join(lines) + b"`\nend\n"


def _yenc(data: bytes, name: bytes) -> bytes:
    made = bytearray()
    for at, value in enumerate(data):
        sign = (value + 42) % 256
        made += bytes([sign]) if sign not in b"\0\r\n=" else b"=" + bytes([(sign + 64) % 256])
        made += b"\r\n" if at % 128 == 127 else b""
    return b"=ybegin line=128 size=%d name=" % len(data) + name + b"\r\n" + made + b"\r\n=yend size=1\r\n"


@pytest.mark.parametrize(
    "made", [HTML, HTML.replace(b64encode(PICTURE), quote_from_bytes(b64encode(PICTURE), safe="").encode())]
)
def test_a_picture_in_an_address_is_a_member(made: bytes) -> None:
    assert [(each.name, each.data) for each in looked(made)] == [("$data/1", PICTURE)]


def test_pictures_and_documents_in_rtf_are_members() -> None:
    data = [each.data for each in looked(RTF)]
    assert data[0] == PICTURE
    assert drawn(2, "JPEG") in data


@pytest.mark.parametrize("code", [_uu, _yenc])
def test_files_in_text_are_members(code) -> None:
    inner = zipped({"b.png": PICTURE})
    found = looked(code(PICTURE, b"a.png") + b"words\n" + code(inner, b"b.zip"))
    assert [each.name for each in found] == ["a.png", "b.zip", "b.zip/b.png"]
    assert [each.data for each in found] == [PICTURE, inner, PICTURE]


def test_what_is_written_in_a_message_is_found() -> None:
    made = mailed({"other.png": drawn(2)})
    body = b"From: a@site.example\nTo: b@site.example\n\nwords\n" + _uu(PICTURE, b"a.png")
    assert [(each.name, each.data) for each in looked(body)] == [("a.png", PICTURE)]
    made.get_body().set_content(HTML.decode(), subtype="html")
    assert PICTURE in [each.data for each in looked(bytes(made))]


@settings(max_examples=200, deadline=None)
@given(
    sample=st.sampled_from([HTML, RTF, _uu(PICTURE, b"a"), _yenc(PICTURE, b"a")]), cuts=CUTS, end=st.integers(0, 9999)
)
def test_fuzz_text_ends_and_never_raises(sample: bytes, cuts: list[tuple[int, bytes]], end: int) -> None:
    for each in (mutated(sample, cuts), sample[: end % len(sample)]):
        assert len(looked(each)) < 100
