from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.custody import event_key, make_leaf, open_leaf, parse_leaf
from tutela.errors import Invalid, TutelaError, VerificationFailed

AT = datetime(2026, 1, 31, 9, 5, 0, 123456, tzinfo=UTC)
EVENT, SUBJECT = "0123456789abcdef0123456789abcdef", "f" * 32
KEY = event_key(bytes(range(32)), EVENT)
DETAILS = {"actor": "7", "note": "pattern shown"}
LEAF = make_leaf(event=EVENT, subject=SUBJECT, at=AT, kind="item.viewed", event_key=KEY, details=DETAILS)


def test_the_bytes_of_a_leaf_are_frozen() -> None:
    """Both values were computed with `openssl dgst -mac HMAC`, not by this code."""
    assert KEY.hex() == "60e55c124641722d8e2e066446008217b69dbd9259d5be75b320824f72780c57"
    assert LEAF == (
        b'{"at":"2026-01-31T09:05:00.123Z","commitment":"059bb4e1029133a04e1be7eb12b693509c35af5e290d40ce22013ec631dfcc8f",'
        b'"event":"0123456789abcdef0123456789abcdef","kind":"item.viewed",'
        b'"subject":"ffffffffffffffffffffffffffffffff","v":1}'
    )


def test_a_leaf_opens_with_its_own_key_and_details_only() -> None:
    leaf = parse_leaf(LEAF)
    assert leaf.to_bytes() == LEAF
    open_leaf(leaf, KEY, DETAILS)
    for key, details in ((bytes(32), DETAILS), (KEY, {**DETAILS, "actor": "8"}), (KEY, {})):
        with pytest.raises(VerificationFailed, match=EVENT):
            open_leaf(leaf, key, details)


def test_events_of_one_subject_have_unrelated_keys() -> None:
    assert event_key(bytes(32), EVENT) != event_key(bytes(32), SUBJECT)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(LEAF) - 1), st.integers(1, 255))
def test_a_flipped_byte_breaks_the_leaf_or_its_commitment(offset: int, flip: int) -> None:
    changed = LEAF[:offset] + bytes([LEAF[offset] ^ flip]) + LEAF[offset + 1 :]
    try:
        leaf = parse_leaf(changed)
    except TutelaError:
        return
    assert leaf.to_bytes() == changed != LEAF


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":2'),
        (b'"v":1', b'"v":true'),
        (b'"v":1', b'"url":"x","v":1'),
        (b".123Z", b"Z"),
        (b".123Z", b".123456Z"),
        (b"item.viewed", b"Item viewed"),
        (b'"ffff', b'"FFFF'),
        (b'"v":1}', b'"v":1}\n'),
    ],
)
def test_other_forms_are_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(Invalid):
        parse_leaf(LEAF.replace(old, new))


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"[" * 900, b"{" * 5000])
def test_hostile_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(TutelaError):
        parse_leaf(data)


def test_a_time_needs_its_zone() -> None:
    with pytest.raises(Invalid, match="at"):
        make_leaf(event=EVENT, subject=SUBJECT, at=AT.replace(tzinfo=None), kind="a.b", event_key=KEY, details={})
