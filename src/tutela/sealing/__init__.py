"""Sealing: who signed this, who may open this, and is it whole.

Job: canonical JSON, key ids, Ed25519 signatures, sealed bytes and streams, public-key boxes, age files, receipt codes.
Words: signer, sealed, context (what a sealed thing is, bound into it), box key, mailbox, code, locator.
Verbs: `canonical`, `verify_ed25519`, `seal_bytes`, `open_bytes`, `seal_chunks`, `open_chunks`, `seal_to`, `open_with`,
`seal_age`, `open_age`, `new_code`, `normalise_code`, `locator`.
Does not know: what it seals, where keys are kept, what time it is. Opening and verifying raise VerificationFailed.
"""

from tutela.sealing.age import open_age, open_age_file, seal_age, seal_age_file, seal_age_pieces
from tutela.sealing.boxes import BoxKey, mailbox_from_code, open_with, seal_to
from tutela.sealing.canonical import canonical, key_id, parse_canonical
from tutela.sealing.chunks import CHUNK, OVERHEAD, ChunkReader, ChunkSealer, open_chunks, seal_chunks
from tutela.sealing.receipts import locator, new_code, normalise_code
from tutela.sealing.secrets import open_bytes, seal_bytes
from tutela.sealing.signatures import Ed25519Signer, Signer, public_pem, verify_ed25519

__all__ = [
    "CHUNK",
    "OVERHEAD",
    "BoxKey",
    "ChunkReader",
    "ChunkSealer",
    "Ed25519Signer",
    "Signer",
    "canonical",
    "key_id",
    "locator",
    "mailbox_from_code",
    "new_code",
    "normalise_code",
    "open_age",
    "open_age_file",
    "open_bytes",
    "open_chunks",
    "open_with",
    "parse_canonical",
    "public_pem",
    "seal_age",
    "seal_age_file",
    "seal_age_pieces",
    "seal_bytes",
    "seal_chunks",
    "seal_to",
    "verify_ed25519",
]
