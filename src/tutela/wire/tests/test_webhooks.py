"""A call is verified by its receiver; nothing that was changed, is old, or is another's holds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import Invalid, Limited, TutelaError, VerificationFailed
from tutela.wire.webhooks import Event, sign, verify, write_secret

URL, SECRET, NOW = "https://desk.line.example/hook?a=1", write_secret(bytes(32)), datetime(2026, 1, 31, tzinfo=UTC)
EVENT = Event(id="1", kind="report.state_changed", report="100001", state="open", at=NOW)
BODY = EVENT.to_bytes()
HEADERS = sign(url=URL, body=BODY, key_id="k", secret=SECRET, at=NOW)


def verified(**changes):
    return verify(**{"url": URL, "headers": HEADERS, "body": BODY, "secret": SECRET, "now": NOW, **changes})


def test_a_call_is_verified():
    assert verified() == EVENT
    assert verified(headers={name.lower(): value for name, value in HEADERS.items()}) == EVENT


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY.replace(b"open", b"shut")},
        {"url": URL + "2"},
        {"secret": write_secret(bytes(31) + b"1")},
        {"now": NOW + timedelta(minutes=6)},
        {"now": NOW - timedelta(minutes=6)},
        {"headers": {}},
        {"headers": {**HEADERS, "Content-Type": "text/plain"}},
        {"headers": {name: value for name, value in HEADERS.items() if name != "Content-Digest"}},
        {"headers": {**HEADERS, "Signature-Input": HEADERS["Signature-Input"].replace('"@method" ', "")}},
    ],
)
def test_what_was_changed_does_not_hold(change):
    with pytest.raises(VerificationFailed):
        verified(**change)


def test_what_is_no_event_and_too_much_are_refused():
    for body in (b"{}", b"[]", b"x", b'{"id": 1}'):
        with pytest.raises(Invalid):
            verified(body=body, headers=sign(url=URL, body=body, key_id="k", secret=SECRET, at=NOW))
    with pytest.raises(Limited):
        verified(body=bytes(70_000))
    with pytest.raises(Invalid):
        verified(secret="whsec_x")


@given(st.dictionaries(st.sampled_from(sorted(HEADERS)), st.text(max_size=60)))
def test_no_headers_break_the_verifier(headers):
    with pytest.raises(TutelaError):
        verified(headers={**HEADERS, "Signature": "", **headers})
