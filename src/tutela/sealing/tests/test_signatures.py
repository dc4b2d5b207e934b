import subprocess
from pathlib import Path

import pytest

from tutela.errors import Invalid, VerificationFailed
from tutela.sealing import Ed25519Signer, public_pem, verify_ed25519

SIGNER = Ed25519Signer.from_seed("node.example/log", bytes(range(32)))


def test_a_signature_verifies() -> None:
    verify_ed25519(SIGNER.public, b"message", SIGNER.sign(b"message"))


@pytest.mark.parametrize(("message", "cut"), [(b"other", 64), (b"message", 63)])
def test_a_changed_message_or_signature_is_refused(message: bytes, cut: int) -> None:
    with pytest.raises(VerificationFailed):
        verify_ed25519(SIGNER.public, message, SIGNER.sign(b"message")[:cut])


def test_rfc_8032_vector_1() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert Ed25519Signer.from_seed("vector", seed).public == public


def test_the_seed_never_shows() -> None:
    assert "key" not in repr(SIGNER)
    with pytest.raises(Invalid):
        Ed25519Signer.from_seed("short", b"1")


def test_openssl_verifies_our_signature(tmp_path: Path) -> None:
    for name, content in (("k", public_pem(SIGNER.public)), ("m", b"message"), ("s", SIGNER.sign(b"message"))):
        (tmp_path / name).write_bytes(content)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-rawin", "-inkey", "k", "-in", "m", "-sigfile", "s"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "m").write_bytes(b"other")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0
