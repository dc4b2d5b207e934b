"""Pages with anything wrong in them: the place is told and the rest is read; what is dangerous is refused."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, Limited
from tutela.hashlists import ListEntry, MediaKind, Page, Problem
from tutela.hashlists.ncmec import NAMESPACE
from tutela.hashlists.ncmec_write import write

GOOD = "<image><id>{}</id><fingerprints><md5>" + "ab" * 16 + "</md5></fingerprints></image>"


def page(body: str, *, before: str = "") -> bytes:
    return f'{before}<queryResult xmlns="{NAMESPACE}">\n<images>{body}</images></queryResult>'.encode()


def read(data: bytes) -> tuple[list[str], list[Problem]]:
    """Ids of the entries, and the problems."""
    found = list(Page(io.BytesIO(data)))
    return [each.id for each in found if isinstance(each, ListEntry)], [x for x in found if isinstance(x, Problem)]


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        ("<image><fingerprints><md5>" + "ab" * 16 + "</md5></fingerprints></image>", "image 2, id"),
        ("<image><id>x</id></image>", "image 2"),
        ("<image><id>x</id><fingerprints><md5>ab</md5></fingerprints></image>", "image 2, md5"),
        ("<image><id>x</id><fingerprints><md5/></fingerprints></image>", "image 2, md5"),
        ("<image/>", "image 2, id"),
        ("<image><id>" + "x" * 9000 + "</id></image>", "image 2, id"),
    ],
)
def test_a_bad_entry_is_named_and_the_others_are_read(bad: str, place: str) -> None:
    ids, problems = read(page(GOOD.format(1) + bad + GOOD.format(3)))
    assert ids == ["1", "3"]
    assert problems[0].place == place


@pytest.mark.parametrize(
    "bad",
    [
        "<image><id>x</id><fingerprints><md5>" + "cd" * 16 + "</image>",
        "<image><id>x</id>&undeclared;<fingerprints><md5>" + "cd" * 16 + "</md5></fingerprints></image>",
        "<image a=1><id>x</id><fingerprints><md5>" + "cd" * 16 + "</md5></fingerprints></image>",
        "<image><id>x & y</id><fingerprints><md5>" + "cd" * 16 + "</md5></fingerprints></image>",
        "<image><id>\x01x</id><fingerprints><md5>" + "cd" * 16 + "</md5></fingerprints></image>",
        "<image><id>x</id><fingerprints><md5>" + "cd" * 16 + "</sha1></fingerprints></image>",
        "</images>",
    ],
)
def test_xml_that_is_not_well_formed_costs_its_own_entry(bad: str) -> None:
    ids, problems = read(page(GOOD.format(1) + bad + GOOD.format(3) + GOOD.format(4)))
    assert ids == ["1", "3", "4"]
    assert problems[0].place.startswith("line 2, column ")


def test_bytes_outside_the_encoding_cost_their_entry() -> None:
    ids, problems = read(page(GOOD.format(1) + GOOD.format("x?x") + GOOD.format(3)).replace(b"x?x", b"x\xffx"))
    assert "1" in ids
    assert not any("x" in each for each in ids)
    assert problems


def test_a_page_that_was_cut_keeps_what_came_before() -> None:
    whole = page(GOOD.format(1) + GOOD.format(2))
    ids, problems = read(whole[: whole.rindex(b"</md5>")])
    assert ids == ["1"]
    assert problems


def test_fingerprints_of_two_entries_are_never_mixed() -> None:
    inner = "<image><id>outer</id><fingerprints>" + GOOD.format("inner")
    ids, _ = read(page(inner + GOOD.format(3)))
    assert "outer" not in ids


BOMB = '<!DOCTYPE q [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "doctype",
    [
        BOMB,
        '<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE q SYSTEM "http://lists.example/q.dtd">',
        "<!DOCTYPE q>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_entities_are_refused(doctype: str, encoding: str) -> None:
    data = page(GOOD.format("&a;"), before=doctype).decode().encode(encoding)
    with pytest.raises(Invalid, match="DOCTYPE"):
        read(data)


@pytest.mark.parametrize("data", [b"", b"junk", b"<a/>", b"\x00" * 100, b"<queryResult/>", b'{"json": true}'])
def test_what_is_no_page_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="queryResult"):
        read(data)


def test_depth_is_bounded() -> None:
    with pytest.raises(Limited, match="nested"):
        read(page(GOOD.format(1) + "<a>" * 100))


def test_so_many_repairs_that_they_might_go_unreported_end_the_page() -> None:
    bad = "<image><id>x & y</id><fingerprints><md5>" + "cd" * 16 + "</md5></fingerprints></image>"
    found = iter(Page(io.BytesIO(page(GOOD.format(1) + bad * 300 + GOOD.format(3)))))
    assert next(found) == ListEntry(id="1", kind=MediaKind.IMAGE, hashes=(("md5", "ab" * 16),))
    with pytest.raises(Limited, match="well-formed"):
        assert all(isinstance(each, Problem) for each in found)


def test_size_is_bounded() -> None:
    class Endless(io.RawIOBase):
        """A page that begins well and then goes on with white space."""

        def __init__(self) -> None:
            self.begun = io.BytesIO(page(GOOD.format(1)).removesuffix(b"</images></queryResult>"))

        def read(self, size: int = -1) -> bytes:
            return self.begun.read(size) or b" " * size

    with pytest.raises(Limited, match="64 MiB"):
        list(Page(Endless()))  # type: ignore[arg-type]  # a raw stream reads like a file


def numbered(number: int) -> str:
    return f"<image><id>{number}</id>\n<fingerprints><md5>{number:032x}</md5></fingerprints></image>"


@settings(max_examples=200, deadline=None)
@given(st.text('<>/!-&;imaged?[]= "\n\0\xe9', max_size=12), st.integers(0, 96), st.integers(0, 12))
def test_damage_to_one_entry_never_changes_another(noise: str, at: int, length: int) -> None:
    whole = numbered(3)
    damaged = whole[:at] + noise + whole[at + length :]
    found = list(Page(io.BytesIO(page(numbered(1) + numbered(2) + damaged + numbered(4) + numbered(5)))))
    read_entries = {each.id: each.hashes for each in found if isinstance(each, ListEntry)}
    assert {"1", "2"} <= read_entries.keys()
    for number in (1, 2, 4, 5):
        assert read_entries.get(str(number), (("md5", f"{number:032x}"),)) == (("md5", f"{number:032x}"),)
    if not {"4", "5"} <= read_entries.keys():
        assert any(isinstance(each, Problem) for each in found)


def test_other_namespaces_hold_no_entries() -> None:
    ids, _ = read(page(f'<image xmlns="urn:other"><id>x</id></image>{GOOD.format(2)}'))
    assert ids == ["2"]


def test_what_is_written_is_read_again_and_what_has_no_place_is_counted() -> None:
    entry = ListEntry(id="1", kind=MediaKind.VIDEO, hashes=(("md5", "ab" * 16), ("sha256", "cd" * 32)))
    out = io.BytesIO()
    left_out = write([entry, ListEntry(id="2", hashes=entry.hashes)], out, next_page="/v2/entries?start=1001")
    assert left_out == {"sha256 values": 1, "entries that are neither image nor video": 1}
    read_again = Page(io.BytesIO(out.getvalue()))
    assert list(read_again) == [ListEntry(id="1", kind=MediaKind.VIDEO, hashes=(("md5", "ab" * 16),))]
    assert read_again.next == "/v2/entries?start=1001"
