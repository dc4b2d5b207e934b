"""age files (age-encryption.org/v1), the form in which packages leave the node, through `pyrage`.

Rules:
- `pyrage` writes plain bytes before the end of the file is authenticated (measured: a truncated file leaves almost
  all of it behind), so a file is opened into a private temporary file beside its target and renamed after success
- a file that does not open leaves nothing behind
- recipients are X25519 (`age1...`); at least one, at most 64
"""

import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

import pyrage

from tutela.errors import Invalid, Limited, TutelaError, VerificationFailed

MAX_RECIPIENTS = 64
PIECE = 1024 * 1024
MAX_IN_MEMORY = 64 * 1024 * 1024
FAULTS = (pyrage.DecryptError, OSError, ValueError)


def seal_age(plain: bytes, recipients: Sequence[str]) -> bytes:
    """The age file of up to 64 MiB; raises Invalid with the number of a recipient that is none, Limited above."""
    if len(plain) > MAX_IN_MEMORY:
        raise Limited(f"{len(plain)} bytes are too many to seal in memory; seal the file")
    return bytes(pyrage.encrypt(plain, _recipients(recipients)))


def open_age(sealed: bytes, identity: str) -> bytes:
    """The plain bytes, in memory; `identity` is the text of an age key file.

    Raises Invalid when the identity is none, VerificationFailed when the file is not for it or was changed.
    """
    if len(sealed) > MAX_IN_MEMORY + 65536:
        raise Limited(f"{len(sealed)} bytes are too many to open in memory; open the file")
    try:
        return bytes(pyrage.decrypt(sealed, _identities(identity)))
    except FAULTS as error:
        raise _refused(error) from None


def seal_age_file(source: Path, target: Path, recipients: Sequence[str]) -> None:
    """Seals a file of any size in constant memory; raises Invalid as `seal_age`, OSError when a file fails."""
    with source.open("rb") as plain:
        seal_age_pieces(iter(lambda: plain.read(PIECE), b""), target, recipients)


def seal_age_pieces(pieces: Iterable[bytes], target: Path, recipients: Sequence[str]) -> None:
    """Seals a stream as it comes, so that its plain bytes never rest on a disk.

    `target` appears only once it is whole. What the pieces raise is raised here as it was; else as `seal_age_file`.
    """
    known = _recipients(recipients)
    source = _Source(pieces)
    descriptor, partial = tempfile.mkstemp(dir=target.parent, prefix=".sealing-")
    try:
        with os.fdopen(descriptor, "wb") as sealed:
            _encrypt(source, sealed, known)
            sealed.flush()
            os.fsync(sealed.fileno())
        Path(partial).replace(target)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


class _Source(io.RawIOBase):
    """Pieces as a file to read from. `pyrage` hides what a reader raises, so it is kept here."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = memoryview(b"")
        self.fault: TutelaError | OSError | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._held:
                self._held = memoryview(next(self._pieces))
        except StopIteration:
            return b""
        except (TutelaError, OSError) as error:
            self.fault = error
            raise
        end = len(self._held) if size < 0 else size
        taken, self._held = bytes(self._held[:end]), self._held[end:]
        return taken


def _encrypt(source: _Source, sealed: BinaryIO, recipients: list[object]) -> None:
    try:
        pyrage.encrypt_io(source, sealed, recipients)
    except (pyrage.EncryptError, OSError):
        if source.fault is not None:
            raise source.fault from None
        raise


def open_age_file(source: Path, target: Path, identity: str) -> None:
    """Opens a file of any size into `target`, which appears only once the whole file is authenticated.

    Raises as `open_age`; the folder of `target` must be private, for the plain bytes pass through it.
    """
    known = _identities(identity)
    descriptor, partial = tempfile.mkstemp(dir=target.parent, prefix=".opening-")
    try:
        with source.open("rb") as sealed, os.fdopen(descriptor, "wb") as plain:
            try:
                pyrage.decrypt_io(sealed, plain, known)
            except FAULTS as error:
                raise _refused(error) from None
        Path(partial).replace(target)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def _recipients(texts: Sequence[str]) -> list[object]:
    if not 1 <= len(texts) <= MAX_RECIPIENTS:
        raise Invalid(f"an age file has 1 to {MAX_RECIPIENTS} recipients, not {len(texts)}", place="recipients")
    return [_recipient(number, text) for number, text in enumerate(texts, 1)]


def _recipient(number: int, text: str) -> object:
    try:
        recipient: object = pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise Invalid("not an age recipient (age1...)", place=f"recipient {number}") from None
    return recipient


def _identities(text: str) -> list[object]:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise Invalid("no age identity (AGE-SECRET-KEY-1...) in this text", place="identity")
    try:
        return [pyrage.x25519.Identity.from_str(line) for line in lines]
    except pyrage.IdentityError:
        raise Invalid("not an age identity (AGE-SECRET-KEY-1...)", place="identity") from None


def _refused(error: Exception) -> Exception:
    if isinstance(error, OSError) and error.errno is not None:
        return error  # the disk's own fault, not the file's
    if "matching" in str(error).lower():
        return VerificationFailed("the age file is not for this identity")
    return VerificationFailed("the age file is damaged, cut short or not an age file")
