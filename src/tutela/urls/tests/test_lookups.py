"""Keyed hashes and the short form."""

import pytest

from tutela.errors import Invalid
from tutela.urls import canonicalise, keyed_hash, redact


def test_keyed_hash_is_rfc_4231_hmac() -> None:
    found = keyed_hash(b"\x0b" * 20 + b"\x00" * 12, "Hi There")  # HMAC pads keys with zeros: RFC 4231, case 1
    assert found == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_keys_of_other_length_are_refused(size: int) -> None:
    with pytest.raises(Invalid, match="not 32"):
        keyed_hash(bytes(size), "a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://img4.example.net/a/b/c/20931", "img4.example.net/a/…/20931"),
        ("https://site.example/", "site.example/"),
        ("https://site.example:8080/a/b?token=1", "site.example:8080/a/b?…"),
        ("https://site.example/a/b/" + "x" * 40, "site.example/a/…/" + "x" * 15 + "…"),
    ],
)
def test_short_form(text: str, expected: str) -> None:
    assert redact(canonicalise(text)) == expected
