"""Which addresses a service may have, and which of its links are followed."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Invalid
from tutela.exchanges.addresses import base_address, below

BASE = "https://service.example/hashsharing"


@pytest.mark.parametrize(
    "text", ["https://service.example/hashsharing/", "http://127.0.0.1:8080/x", "http://localhost", "http://[::1]:80/y"]
)
def test_an_address(text: str) -> None:
    assert base_address(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "service.example",
        "ftp://service.example",
        "http://service.example",
        "http://10.0.0.1/x",
        "https://",
        "https://user:word@service.example",
        "https://service.example/?a",
        "https://service.example/#a",
        "https://service.example:port",
        "https://a b.example",
        "https://[",
        "http://localhost.example/",
    ],
)
def test_no_address(text: str) -> None:
    with pytest.raises(Invalid):
        base_address(text)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("/v2/entries?from=a&start=3", f"{BASE}/v2/entries?from=a&start=3"),
        ("/hashsharing/v2/entries", f"{BASE}/v2/entries"),
        ("https://service.example/hashsharing/v2", f"{BASE}/v2"),
        ("https://service.example:443/hashsharing/v2", f"{BASE}/v2"),
    ],
)
def test_a_link_below(link: str, found: str) -> None:
    assert below(BASE, link) == found


@pytest.mark.parametrize(
    "link",
    [
        "https://other.example/hashsharing/v2",
        "//other.example/hashsharing/v2",
        "http://service.example/hashsharing/v2",
        "https://service.example:8443/hashsharing/v2",
        "https://service.example/other",
        "/../v2",
        "/%2e%2e/v2",
        "v2",
        "https://user@other.example/hashsharing/",
        "\\\\other.example\\x",
        "/v2\nHost: x",
        "?from=1",
        "",
        "/v2?ä",
    ],
)
def test_a_link_elsewhere(link: str) -> None:
    with pytest.raises(Invalid) as caught:
        below(BASE, link)
    assert "other" not in str(caught.value).replace("another", "")


@given(st.text(max_size=60))
def test_a_link_is_below_or_refused(link: str) -> None:
    with contextlib.suppress(Invalid):
        assert below(BASE, link).startswith(BASE + "/")
