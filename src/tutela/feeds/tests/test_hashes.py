"""Keyed-hash lists: read by look-up with the key, read by nobody without it."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, VerificationFailed
from tutela.feeds import is_listed, key_id, read_hashes, render_hashes
from tutela.urls import canonicalise

KEY = bytes(range(32))
SITE, PAGE = canonicalise("http://blocked.example"), canonicalise("http://other.example/page?id=7")
RENDERED = render_hashes([PAGE, SITE], key32=KEY, version=3)
PATHS = st.text("ab/?", max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(PATHS, max_size=5), PATHS)
def test_what_is_listed_is_found(tails: list[str], other: str) -> None:
    listed = [canonicalise(f"http://site.example/{tail}") for tail in tails]
    rendered = render_hashes(listed, key32=KEY, version=1)
    assert render_hashes(listed[::-1], key32=KEY, version=1) == rendered
    keyed = read_hashes(rendered)
    assert all(is_listed(canonical, keyed, key32=KEY) for canonical in listed)
    assert is_listed(canonicalise("http://else.example/" + other), keyed, key32=KEY) is False


def test_a_site_covers_what_is_below_it_and_a_page_only_itself() -> None:
    keyed = read_hashes(RENDERED)
    found = [
        is_listed(canonicalise(url), keyed, key32=KEY)
        for url in ("https://www.blocked.example:8443/a", "http://other.example/page?id=7", "http://other.example/page")
    ]
    assert found == [True, True, False]


def test_the_header() -> None:
    first = RENDERED.split(b"\n")[0].decode()
    assert first == (
        f'{{"count":2,"format":"tutela-keyed-hashes-1","key_id":"{key_id(KEY)}",'
        '"method":"HMAC-SHA-256 of Safe Browsing v4 expressions","version":3}'
    )


def test_another_key_is_told_rather_than_answered() -> None:
    with pytest.raises(VerificationFailed, match=key_id(KEY)):
        is_listed(SITE, read_hashes(RENDERED), key32=bytes(32))


def test_a_public_suffix_as_a_whole_is_never_listed() -> None:
    with pytest.raises(Invalid, match=r"^entry 2: .*public suffix"):
        render_hashes([SITE, canonicalise("http://co.uk/")], key32=KEY, version=1)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda raw: raw.replace(b"\n", b"\r\n"), "line 2"),
        (lambda raw: raw[:-1], "line 3"),
        (lambda raw: raw + raw[-76:], "line 4"),
        (lambda raw: raw[:-76], "line 1"),
        (lambda raw: raw.replace(b'"version":3', b'"version":4 '), "line 1"),
        (lambda raw: b"[" * 1000 + b"\n", "line 1"),
        (lambda raw: b"", "line 1"),
        (lambda raw: b"\n", "line 1"),
    ],
)
def test_anything_out_of_form_is_refused_with_its_line(change: Callable[[bytes], bytes], place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_hashes(change(RENDERED))
    assert refusal.value.place == place
