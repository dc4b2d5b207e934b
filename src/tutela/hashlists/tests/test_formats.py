"""A format is known by its first bytes."""

import io
from datetime import UTC, datetime

import pytest

from tutela.errors import Invalid
from tutela.hashlists import FORMATS, Header, ListEntry, MediaKind, sniff

HEADER = Header(name="demo", number=1, created=datetime(2026, 1, 1, tzinfo=UTC))
ENTRY = ListEntry(id="1", kind=MediaKind.IMAGE, hashes=(("md5", "ab" * 16),))


@pytest.mark.parametrize("name", ["native", "ncmec", "csv"])
def test_what_a_format_writes_it_is_known_by_and_reads(name: str) -> None:
    write, out = FORMATS[name].write, io.BytesIO()
    assert write is not None
    write([ENTRY], out, HEADER)
    assert sniff(out.getvalue()[:4096]).name == name
    assert list(FORMATS[name].read(io.BytesIO(out.getvalue()))) == [ENTRY]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("id\tsha1\n", "tsv"),
        ('"MD5";"other"\r\n', "semicolon"),
        (f"md5,{'ab' * 16}\n", "pairs"),
        ("\ufeffpdq\n", "csv"),
        ("MD5;SHA1;PhotoDNA;Image ID;Media Type\n", "icse"),
    ],
)
def test_tables_are_known_by_their_first_line(head: str, name: str) -> None:
    assert sniff(head.encode()).name == name
    assert sniff(head.lstrip("\ufeff").encode("utf-16")).name == name


@pytest.mark.parametrize("head", [b"", b"\x89PNG", b"<html>", b"{}", b"a,b,c\n"])
def test_what_is_no_list_is_refused(head: bytes) -> None:
    with pytest.raises(Invalid, match="native, ncmec"):
        sniff(head)
