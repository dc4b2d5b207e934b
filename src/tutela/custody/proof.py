"""Log proofs (C2SP tlog-proof): one file that shows, offline, that a leaf is in the log.

Rules:
- the file holds the index, the inclusion path and the signed checkpoint; the leaf travels beside it
- the text has exactly one form: parsing refuses what is not identical to its own re-serialisation
- `extra` is opaque and not authenticated
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from tutela.custody.checkpoint import Checkpoint, parse_decimal, verify_checkpoint
from tutela.custody.note import MAX_NOTE, VerifierKey, decode_base64, parse_note
from tutela.custody.tree import leaf_hash, verify_inclusion
from tutela.errors import Invalid, Limited

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF = MAX_NOTE + 16 * 1024
MAX_PATH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`path` holds 32-byte hashes from the leaf's sibling upwards; `checkpoint` is the signed note, verbatim."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def to_bytes(self) -> bytes:
        """The content of a `.tlog-proof` file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines += [f"index {self.index}", *(base64.b64encode(step).decode() for step in self.path), "", ""]
        return "\n".join(lines).encode() + self.checkpoint


def parse_proof(data: bytes) -> Proof:
    """Raises Limited or Invalid with the line when the bytes are not a log proof. Verifies nothing."""
    if len(data) > MAX_PROOF:
        raise Limited(f"a log proof has at most {MAX_PROOF} bytes, not {len(data)}")
    head, gap, checkpoint = data.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if not gap or lines[0] != HEADER:
        raise Invalid(f"a log proof starts with “{HEADER}”", place="line 1")
    parse_note(checkpoint)
    has_extra = lines[1:2] != [] and lines[1].startswith("extra ")
    extra = decode_base64(lines[1].removeprefix("extra "), "line 2") if has_extra else None
    number = 2 if has_extra else 1
    if not "".join(lines[number : number + 1]).startswith("index "):
        raise Invalid("the index line is missing", place=f"line {number + 1}")
    index = parse_decimal(lines[number].removeprefix("index "), f"line {number + 1}")
    path = _parse_path(lines[number + 1 :], number + 2)
    proof = Proof(index=index, path=path, checkpoint=checkpoint, extra=extra)
    if proof.to_bytes() != data:
        raise Invalid("a log proof has exactly one form, and this is another")
    return proof


def verify_proof(proof: Proof, leaf: bytes, keys: Sequence[VerifierKey], *, origin: str | None = None) -> Checkpoint:
    """The checkpoint under which `leaf` is proved to be in the log; raises VerificationFailed or Invalid."""
    checkpoint = verify_checkpoint(proof.checkpoint, keys, origin=origin)
    verify_inclusion(leaf_hash(leaf), proof.index, checkpoint.size, proof.path, checkpoint.root)
    return checkpoint


def _parse_path(lines: Sequence[str], first: int) -> tuple[bytes, ...]:
    if len(lines) > MAX_PATH:
        raise Limited(f"an inclusion path has at most {MAX_PATH} hashes, not {len(lines)}")
    path = tuple(decode_base64(line, f"line {first + offset}") for offset, line in enumerate(lines))
    for offset, step in enumerate(path):
        if len(step) != 32:
            raise Invalid(f"a hash has 32 bytes, not {len(step)}", place=f"line {first + offset}")
    return path
