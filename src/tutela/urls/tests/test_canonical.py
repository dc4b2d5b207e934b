"""The canonical form: laws for any text, and the ways in which one address is written differently."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, Limited
from tutela.urls import BadAddress, Problem, canonicalise, expressions
from tutela.urls.escapes import escape, unescape

PIECES = st.lists(
    st.sampled_from(
        ["/", "//", "\\", ".", "..", "%", "%2", "%25", "%2f", "%3f", "41", "?", "#", ":", "@", "[", "a", "é"]
    )
    | st.text(max_size=3),
    max_size=12,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(PIECES | st.binary(max_size=30).map(lambda raw: raw.decode("latin-1")))
@example("/%/41")
@example("/.%3f/x")
@example("\uff05" + "41")
def test_canonical_form_is_its_own_canonical_form(tail: str) -> None:
    try:
        once = canonicalise("http://site.example" + tail)
    except BadAddress:
        return
    assert canonicalise(once.text) == once


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | st.binary(max_size=40))
def test_any_input_gives_a_form_or_a_stated_problem(raw: str | bytes) -> None:
    try:
        canonical = canonicalise(raw)
    except BadAddress:
        return
    assert canonical.text.isascii()
    assert canonicalise(canonical.text).text == canonical.text


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_unescaping_undoes_escaping_and_leaves_nothing_to_undo(raw: bytes) -> None:
    bare = unescape(raw)
    assert unescape(escape(bare).encode()) == bare
    assert unescape(bare) == bare


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://USER:word@Site.Example/a", "http://site.example/a"),
        ("http://other.example%2f@site.example/", "http://site.example/"),
        ("http://site.example%2fa@b/", "http://b/"),
        ("https:\\\\site.example\\a\\..\\b", "https://site.example/b"),
        ("https:/site.example", "https://site.example/"),
        ("http://site.example:80/", "http://site.example/"),
        ("https://site.example:443?x", "https://site.example/?x"),
        ("http://site.example:/", "http://site.example/"),
        ("site.example:8080/a", "http://site.example:8080/a"),
        ("http://site.example/%5c%2e%2e/a", "http://site.example/a"),
        ("http://site.example/a//../b/.", "http://site.example/a/b/"),
        ("http://faß.example/", "http://xn--fa-hia.example/"),
        ("http://BÜCHER。example/", "http://xn--bcher-kva.example/"),
        ("http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/"),
        ("http://0300.0250.1/", "http://192.168.0.1/"),
        ("http://0xC0.0xa8.0.01/", "http://192.168.0.1/"),
        ("http://１９２.168.0.1/", "http://192.168.0.1/"),
        ("http://[2001:DB8:0::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("http://[::ffff:192.0.2.1]/", "http://192.0.2.1/"),
        ("http://[64:ff9b::c000:201]/", "http://192.0.2.1/"),
    ],
)
def test_ways_of_writing(text: str, expected: str) -> None:
    assert canonicalise(text).text == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.EMPTY),
        ("#top", Problem.EMPTY),
        ("http:///", Problem.NO_HOST),
        ("http://...:80/", Problem.NO_HOST),
        ("javascript:void(0)", Problem.SCHEME),
        ("data:text/plain,a", Problem.SCHEME),
        ("file:///etc/", Problem.SCHEME),
        ("ftp://site.example/", Problem.SCHEME),
        ("http://site.example:65536/", Problem.PORT),
        ("http://site.example:8a/", Problem.PORT),
        ("http://2001:db8::1/", Problem.HOST),
        ("http://[2001:db8::1/", Problem.HOST),
        ("http://[fe80::1%25en0]/", Problem.HOST),
        ("http://a\u0378b.example/", Problem.HOST),
        ("http://" + "é" * 64 + ".example/", Problem.HOST),
    ],
)
def test_what_is_refused_and_why(text: str, problem: Problem) -> None:
    with pytest.raises(BadAddress) as refusal:
        canonicalise(text)
    assert refusal.value.problem is problem
    assert "example/" not in str(refusal.value).replace("site.example/page", "")


def test_other_schemes_where_the_caller_takes_them() -> None:
    assert canonicalise("ftp://Site.example/a", schemes=None).text == "ftp://site.example/a"
    with pytest.raises(Invalid):
        canonicalise("javascript://site.example/a", schemes=None)


@pytest.mark.parametrize("text", ["a" * 5_000_000, b"%25" * 2_000_000, "é" * 5000])
def test_long_input_is_refused_before_it_is_read(text: str | bytes) -> None:
    with pytest.raises(Limited, match="8192"):
        canonicalise(text)


def test_deep_escapes_end() -> None:
    assert canonicalise("http://site.example/%" + "25" * 4000).path == "/%25"


@pytest.mark.parametrize(
    ("text", "registrable", "suffix"),
    [
        ("http://a.b.co.uk/", "b.co.uk", False),
        ("http://co.uk/", None, True),
        ("http://name.example/", "name.example", False),
        ("http://192.0.2.1/", None, False),
    ],
)
def test_registrable_domain(text: str, registrable: str | None, suffix: bool) -> None:
    canonical = canonicalise(text)
    assert (canonical.registrable_domain, canonical.is_public_suffix) == (registrable, suffix)


def test_onion_services_are_told_apart() -> None:
    canonical = canonicalise("http://www." + "a" * 56 + ".onion/")
    assert canonical.is_onion
    assert canonical.registrable_domain == "a" * 56 + ".onion"


def test_an_address_does_not_reach_a_log_by_its_repr() -> None:
    assert "site" not in repr(canonicalise("http://site.example/a"))


def test_expressions_begin_with_the_address_and_do_not_repeat() -> None:
    found = expressions(canonicalise("http://u@[2001:db8::1]:99/a/b?c"))
    assert found == ("[2001:db8::1]/a/b?c", "[2001:db8::1]/a/b", "[2001:db8::1]/", "[2001:db8::1]/a/")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=9), PIECES)
def test_expressions_contain_the_address_itself(labels: list[str], tail: str) -> None:
    try:
        canonical = canonicalise(f"https://{'.'.join(labels)}.example/{tail}")
    except BadAddress:
        return
    found = expressions(canonical)
    assert canonical.text.removeprefix("https://") == found[0]
    assert len(found) == len(set(found)) <= 30
