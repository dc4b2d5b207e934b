"""Checkpoints (C2SP tlog-checkpoint v1.0.0): a log's origin, size and root in a signed note.

Rules:
- sizes are decimal without leading zeros and below 2**63; the root is 32 bytes in base64
- a checkpoint counts only when a key of the log that the reader chose beforehand signed it
- a log never signs two roots for one size; comparing checkpoints is what `verify_consistency` is for
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutela.custody.note import VerifierKey, decode_base64, sign_note, verify_note
from tutela.custody.tree import MAX_SIZE
from tutela.errors import Invalid, VerificationFailed
from tutela.sealing import Signer

DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of a log: `root` (32 bytes) over its first `size` leaves; `extensions` are opaque lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The text of the note, ended by a newline."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> bytes:
    """The signed note of a checkpoint; raises Invalid when its fields cannot stand in one."""
    text = str(checkpoint)
    parse_checkpoint(text)
    return sign_note(text, signers)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in the text of a note; raises Invalid with the line."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise Invalid("a checkpoint has three lines or more, none of them empty, ended by a newline")
    origin, size, root, *extensions = lines[:-1]
    decoded = decode_base64(root, "line 3")
    if len(decoded) != 32:
        raise Invalid(f"a root hash has 32 bytes, not {len(decoded)}", place="line 3")
    return Checkpoint(origin=origin, size=parse_decimal(size, "line 2"), root=decoded, extensions=tuple(extensions))


def verify_checkpoint(data: bytes, keys: Sequence[VerifierKey], *, origin: str | None = None) -> Checkpoint:
    """The checkpoint in a signed note, signed by one of `keys` and, when given, of the log `origin`.

    Raises Invalid when it is no checkpoint, VerificationFailed when it is not signed so or is of another log.
    """
    checkpoint = parse_checkpoint(verify_note(data, keys).text)
    if origin is not None and checkpoint.origin != origin:
        raise VerificationFailed("the checkpoint is of another log than the policy names", place="line 1")
    return checkpoint


def parse_decimal(text: str, place: str) -> int:
    """A whole number from 0 to 2**63 - 1 without sign or leading zeros; raises Invalid otherwise."""
    if not DECIMAL.fullmatch(text) or int(text) >= MAX_SIZE:
        raise Invalid("not a decimal number from 0 to 2**63 - 1 without leading zeros", place=place)
    return int(text)
