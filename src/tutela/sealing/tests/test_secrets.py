import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Invalid, VerificationFailed
from tutela.sealing import open_bytes, seal_bytes

KEY, NONCE = bytes(32), bytes(12)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=20))
def test_what_is_sealed_opens(plain: bytes, context: bytes) -> None:
    assert open_bytes(KEY, seal_bytes(KEY, plain, context=context, nonce12=NONCE), context=context) == plain


def test_every_flipped_byte_is_noticed() -> None:
    sealed = seal_bytes(KEY, b"benign", context=b"c", nonce12=NONCE)
    for offset in range(len(sealed)):
        changed = bytearray(sealed)
        changed[offset] ^= 1
        with pytest.raises(VerificationFailed):
            open_bytes(KEY, bytes(changed), context=b"c")


@pytest.mark.parametrize(("key", "context"), [(b"\x01" * 32, b"c"), (KEY, b"d")])
def test_another_key_or_context_is_refused(key: bytes, context: bytes) -> None:
    with pytest.raises(VerificationFailed):
        open_bytes(key, seal_bytes(KEY, b"benign", context=b"c", nonce12=NONCE), context=context)


@pytest.mark.parametrize(("key", "nonce"), [(b"short", NONCE), (KEY, b"short")])
def test_keys_and_nonces_have_their_length(key: bytes, nonce: bytes) -> None:
    with pytest.raises(Invalid):
        seal_bytes(key, b"", context=b"", nonce12=nonce)
