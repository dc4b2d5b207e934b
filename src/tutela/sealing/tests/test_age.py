import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from tutela.errors import Invalid, VerificationFailed
from tutela.sealing import open_age, open_age_file, seal_age, seal_age_file, seal_age_pieces

ALICE, BOB = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
KEY_FILE = f"# a comment, as age-keygen writes it\n{ALICE}\n"


def test_every_recipient_opens_and_nobody_else() -> None:
    sealed = seal_age(b"benign", [str(ALICE.to_public())])
    assert open_age(sealed, KEY_FILE) == b"benign"
    with pytest.raises(VerificationFailed, match="not for this identity"):
        open_age(sealed, str(BOB))


@pytest.mark.parametrize("recipients", [[], ["age1none"], [str(ALICE.to_public())] * 65])
def test_recipients_are_checked(recipients: list[str]) -> None:
    with pytest.raises(Invalid, match="recipient"):
        seal_age(b"benign", recipients)


@pytest.mark.parametrize("identity", ["", "# only a comment", "AGE-SECRET-KEY-1NONE"])
def test_identities_are_checked(identity: str) -> None:
    with pytest.raises(Invalid, match="identity"):
        open_age(b"", identity)


def test_files_of_any_size_open(tmp_path: Path) -> None:
    plain, sealed, again = tmp_path / "plain", tmp_path / "sealed", tmp_path / "again"
    plain.write_bytes(bytes(range(256)) * 1000)
    seal_age_file(plain, sealed, [str(ALICE.to_public()), str(BOB.to_public())])
    open_age_file(sealed, again, str(BOB))
    assert again.read_bytes() == plain.read_bytes()


@pytest.mark.parametrize("cut", [-1, 150_000, 100, 0])
def test_a_cut_file_leaves_nothing_behind(tmp_path: Path, cut: int) -> None:
    sealed, target = tmp_path / "sealed", tmp_path / "out"
    sealed.write_bytes(seal_age(bytes(200_000), [str(ALICE.to_public())])[:cut])
    with pytest.raises(VerificationFailed, match="damaged"):
        open_age_file(sealed, target, KEY_FILE)
    assert list(tmp_path.iterdir()) == [sealed]


def test_a_stream_that_fails_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield bytes(200_000)
        raise VerificationFailed("not what was recorded", place="exhibit 1")

    with pytest.raises(VerificationFailed, match="exhibit 1: not what was recorded"):
        seal_age_pieces(pieces(), tmp_path / "out", [str(ALICE.to_public())])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.system
def test_the_age_program_opens_our_file(tmp_path: Path) -> None:
    seal_age_pieces([b"benign ", b"", b"pattern"], tmp_path / "sealed", [str(ALICE.to_public())])
    (tmp_path / "key").write_text(KEY_FILE)
    command = ["age", "--decrypt", "-i", str(tmp_path / "key"), str(tmp_path / "sealed")]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"benign pattern"
