"""Hostile XML: bounds, document types, character sets, and that nothing at all makes the reader crash or hang."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, Limited, TutelaError
from tutela.wire import xmltree
from tutela.wire.cybertip import check_file_details, check_report
from tutela.wire.cybertip.saying import file_said, report_said
from tutela.wire.cybertip.tests.documents import FILE, REPORT
from tutela.wire.forms import FORMS, recognise
from tutela.wire.xmltree import parse, root_name

LAUGHS = "<!DOCTYPE a [<!ENTITY b 'ha'>" + "".join(
    f"<!ENTITY b{n} '{'&b' * 1}{'' if n == 0 else n - 1};&b{n - 1 if n else ''};'>" for n in range(1, 10)
)


def test_names_lines_texts_and_attributes_are_kept():
    root = parse(b"<a>\n <b c='1'> x <!-- no -->y</b>\n <b/>z</a>").root
    assert [(each.name, each.line) for each in root.children] == [("b", 2), ("b", 3)]
    assert (root.children[0].text, dict(root.children[0].attributes)) == (" x y", {"c": "1"})
    assert (root.text.strip(), root.said("b")) == ("z", "x y")


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE a><a/>",
        "<?xml version='1.0'?>\n<!-- x --><!DOCTYPE a SYSTEM 'http://pages.example/x.dtd'><a/>",
        LAUGHS + "]><a>&b9;</a>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>",
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(text, charset):
    with pytest.raises(Invalid, match="document type"):
        parse(text.encode(charset))


@pytest.mark.parametrize(
    "text", ["<a>&x;</a>", "<a>", "<a/><b/>", "a", "", " ", "<a b='1' b='2'/>", "<a>\x00</a>", "<a:b/>"]
)
def test_what_is_not_well_formed_is_refused_with_its_place(text):
    with pytest.raises(Invalid) as refused:
        parse(text.encode())
    assert refused.value.place


def test_a_document_type_inside_of_text_is_text():
    assert "DOCTYPE" in parse(b"<a><![CDATA[<!DOCTYPE html>]]></a>").root.text


@pytest.mark.parametrize(
    "raw",
    [
        b"<a>" * 40 + b"</a>" * 40,
        b"<a>" + b"<b/>" * (xmltree.MOST_ELEMENTS + 1) + b"</a>",
        b"<a " + b" ".join(b"a%d='1'" % n for n in range(40)) + b"/>",
        b"<a>" + b"x" * xmltree.MOST_BYTES + b"</a>",
    ],
    ids=["deep", "many", "attributes", "long"],
)
def test_bounds_are_kept(raw):
    with pytest.raises(Limited):
        parse(raw)


@pytest.mark.parametrize(
    ("raw", "text", "notes"),
    [
        ("<a>é</a>".encode(), "é", 0),
        ("<?xml version='1.0' encoding='UTF-8'?><a>é</a>".encode(), "é", 0),
        ("<?xml version='1.0' encoding='utf8'?><a>é</a>".encode(), "é", 0),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1"), "é", 0),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode(), "é", 1),
        ("<?xml version='1.0' encoding='US-ASCII'?><a>é</a>".encode(), "é", 1),
        ("<?xml version='1.0' encoding='UTF-16'?><a>é</a>".encode(), "é", 1),
        ("<?xml version='1.0' encoding='UTF-8'?><a>é</a>".encode("cp1252"), "é", 1),
        ("<?xml version='1.0' encoding='x-unheard'?><a>é</a>".encode(), "é", 1),
        (b"<?xml version='1.0' encoding='punycode'?><a>e</a>", "e", 1),
        ("\ufeff<?xml version='1.0' encoding='UTF-8'?><a>é</a>".encode(), "é", 0),
        ("<?xml version='1.0' encoding='UTF-16'?><a>é</a>".encode("utf-16"), "é", 0),
    ],
)
def test_a_wrong_character_set_is_noted(raw, text, notes):
    tree = parse(raw)
    assert (tree.root.text, len(tree.notes)) == (text, notes)


@pytest.mark.parametrize(
    ("raw", "name"),
    [(b"<a/>", "a"), (b"\xef\xbb\xbf <?x?><!-- <c> --><b >", "b"), (b"<x:b y='1'>", "b"), (b"no", ""), (b"", "")],
)
def test_the_root_is_told_by_the_first_bytes(raw, name):
    assert root_name(raw) == name


def all_of(raw):
    """Everything that reads a document: expected errors alone may leave it."""
    start = time.monotonic()
    with suppress(TutelaError):
        tree = parse(raw)
        report_said(tree)
        file_said(tree)
        for each in (*check_report(raw), *check_file_details(raw)):
            assert str(each)
        recognise(raw)
    assert [form.looks(raw) for form in FORMS]
    assert time.monotonic() - start < 5


def spoilt(draw, raw):
    raw = bytearray(raw)
    for _ in range(draw(st.integers(1, 8))):
        at, count = draw(st.integers(0, len(raw))), draw(st.integers(0, 12))
        raw[at : at + count] = draw(
            st.binary(max_size=12) | st.sampled_from([b"<", b">", b"&", b"]]>", b"<!--", b"\xff"])
        )
    return bytes(raw)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_spoilt_documents_never_crash(data):
    all_of(spoilt(data.draw, data.draw(st.sampled_from([REPORT, FILE]))))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_random_bytes_never_crash(raw):
    all_of(raw)
    all_of(b"<report>" + raw + b"</report>")


@pytest.mark.slow
@settings(max_examples=5_000, deadline=None)
@given(st.data())
def test_thousands_of_spoilt_documents_never_crash(data):
    all_of(spoilt(data.draw, data.draw(st.sampled_from([REPORT, FILE]))))
