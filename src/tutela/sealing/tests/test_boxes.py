import os

import pytest

from tutela.errors import Invalid, VerificationFailed
from tutela.sealing import BoxKey, mailbox_from_code, new_code, open_with, seal_to

HYBRID = BoxKey.generate()
CLASSIC = BoxKey.from_private_bytes(bytes(range(32)))
SALT = bytes(16)


@pytest.mark.parametrize("key", [HYBRID, CLASSIC])
@pytest.mark.parametrize("plain", [b"", b"a benign answer" * 1000])
def test_only_the_key_opens(key: BoxKey, plain: bytes) -> None:
    box = seal_to(key.public, plain, info=b"answer")
    assert open_with(key.private, box, info=b"answer") == plain
    assert box != seal_to(key.public, plain, info=b"answer")


def test_a_key_comes_back_from_its_bytes() -> None:
    again = BoxKey.from_private_bytes(HYBRID.private)
    assert again.public == HYBRID.public
    assert HYBRID.private.hex() not in repr(again)


@pytest.mark.parametrize("key", [HYBRID, CLASSIC])
def test_changed_or_misdirected_boxes_are_refused(key: BoxKey) -> None:
    box = seal_to(key.public, b"benign", info=b"answer")
    changed = [box[:-1], box[:20], b"", b"\x09" + box[1:], box[:-1] + bytes([box[-1] ^ 1])]
    for bad in changed:
        with pytest.raises(VerificationFailed):
            open_with(key.private, bad, info=b"answer")
    with pytest.raises(VerificationFailed):
        open_with(key.private, box, info=b"draft")
    with pytest.raises(VerificationFailed):
        open_with(BoxKey.generate().private, box, info=b"answer")


@pytest.mark.parametrize("size", [0, 31, 33, 1215])
def test_keys_have_their_length(size: int) -> None:
    with pytest.raises(Invalid):
        seal_to(bytes(size), b"", info=b"")
    with pytest.raises(Invalid):
        BoxKey.from_private_bytes(bytes(size))


def test_a_weak_public_key_is_refused() -> None:
    with pytest.raises(Invalid):
        seal_to(bytes(32), b"benign", info=b"")


def test_a_code_always_makes_the_same_mailbox() -> None:
    code = new_code(os.urandom)
    private, public = mailbox_from_code(code, SALT)
    assert mailbox_from_code(code.lower().replace("-", " "), SALT) == (private, public)
    assert open_with(private, seal_to(public, b"benign", info=b"mail"), info=b"mail") == b"benign"
    assert mailbox_from_code(code, bytes(15) + b"1")[1] != public
