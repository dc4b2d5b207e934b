import pytest

from tutela.custody import (
    Checkpoint,
    VerifierKey,
    parse_checkpoint,
    parse_note,
    sign_checkpoint,
    sign_note,
    verifier_key,
    verify_checkpoint,
    verify_note,
)
from tutela.errors import Invalid, Limited, TutelaError, VerificationFailed
from tutela.sealing import Ed25519Signer

ALICE = Ed25519Signer.from_seed("node.example/log", bytes(32))
BOB = Ed25519Signer.from_seed("other.example/log", bytes([1]) * 32)
KEY = verifier_key(ALICE)
TEXT = "one line\n\nand another\n"
SIGNED = sign_note(TEXT, [ALICE, BOB])
# The verifier key in the documentation of the Go package golang.org/x/mod/sumdb/note, which wrote the format first.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
CHECKPOINT = Checkpoint(origin="node.example/log", size=7, root=bytes(32))


def test_a_key_of_another_program_is_read() -> None:
    assert str(VerifierKey.parse(GO_KEY)) == GO_KEY


def test_our_note_verifies_under_either_key() -> None:
    for signer in (ALICE, BOB):
        assert verify_note(SIGNED, [verifier_key(signer)]).text == TEXT


def test_a_note_without_a_known_key_is_refused() -> None:
    same_name = Ed25519Signer.from_seed(ALICE.name, bytes([2]) * 32)
    for keys in ([], [verifier_key(same_name)]):
        with pytest.raises(VerificationFailed, match="no signature"):
            verify_note(SIGNED, keys)


def test_one_bad_signature_of_a_known_key_refuses_the_note() -> None:
    other = sign_note("other\n", [BOB]).split(b"\n\n")[1]
    with pytest.raises(VerificationFailed, match=r"other\.example"):
        verify_note(sign_note(TEXT, [ALICE]) + other, [KEY, verifier_key(BOB)])


def test_every_flipped_byte_is_noticed() -> None:
    signed = sign_note(TEXT, [ALICE])
    for offset in range(len(signed)):
        changed = signed[:offset] + bytes([signed[offset] ^ 1]) + signed[offset + 1 :]
        with pytest.raises(TutelaError):
            verify_note(changed, [KEY])


@pytest.mark.parametrize("data", [b"", b"text\n", b"text\n\n", b"a\n\n- name AAAAAAA=\n", b"a\n\n\xff\n", b"a\t\n\n"])
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        parse_note(data)


@pytest.mark.parametrize("data", [b"x" * 70_000, TEXT.encode() + b"\n" + SIGNED.rpartition(b"\n\n")[2] * 20])
def test_large_notes_are_bounded(data: bytes) -> None:
    with pytest.raises(Limited):
        parse_note(data)


@pytest.mark.parametrize("text", ["", "a+b", f"{KEY}x", str(KEY).replace("node", "mode"), "a+00000000+AgAA"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        VerifierKey.parse(text)


def test_a_checkpoint_comes_back() -> None:
    signed = sign_checkpoint(CHECKPOINT, [ALICE])
    assert verify_checkpoint(signed, [KEY], origin="node.example/log") == CHECKPOINT
    with pytest.raises(VerificationFailed, match="another log"):
        verify_checkpoint(signed, [KEY], origin="other.example/log")


@pytest.mark.parametrize("size", ["07", "-1", "1.0", str(2**63), "٣", ""])
def test_sizes_have_one_spelling(size: str) -> None:
    with pytest.raises(Invalid):
        parse_checkpoint(f"origin\n{size}\n{'A' * 43}=\n")


@pytest.mark.parametrize("root", ["AAAA", "A" * 43, "A" * 42 + "B=", "!" * 44])
def test_roots_are_32_bytes(root: str) -> None:
    with pytest.raises(Invalid, match="line 3"):
        parse_checkpoint(f"origin\n1\n{root}\n")
