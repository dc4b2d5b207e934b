"""Custody: a log that nobody can rewrite without being seen, checked by outsiders with nothing of ours.

Job: the Merkle tree of RFC 9162 in the C2SP formats (signed-note, tlog-checkpoint, tlog-proof) and leaf format v1.
Words: leaf, event, subject, commitment, frontier, checkpoint, proof, receipt, verifier key, policy.
Verbs: `make_leaf`, `parse_leaf`, `open_leaf`, `sign_note`, `verify_note`, `sign_checkpoint`, `verify_checkpoint`,
`inclusion_proof`, `verify_inclusion`, `consistency_proof`, `verify_consistency`, `verify_proof`, `verify_receipt`,
`verify_log`.
Does not know: what an event means, who may read it, where leaves are stored. Verifying raises VerificationFailed.
"""

from tutela.custody.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint, verify_checkpoint
from tutela.custody.leaf import Leaf, event_key, make_leaf, open_leaf, parse_leaf
from tutela.custody.log import LogSummary, read_leaves, verify_export, verify_log, write_log
from tutela.custody.note import Note, VerifierKey, parse_note, sign_note, verifier_key, verify_note
from tutela.custody.policy import Policy, parse_policy
from tutela.custody.proof import Proof, parse_proof, verify_proof
from tutela.custody.receipt import Receipt, parse_receipt, verify_receipt
from tutela.custody.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "EMPTY_ROOT",
    "Checkpoint",
    "Frontier",
    "Leaf",
    "LogSummary",
    "Note",
    "Policy",
    "Proof",
    "Receipt",
    "VerifierKey",
    "consistency_proof",
    "event_key",
    "inclusion_proof",
    "leaf_hash",
    "make_leaf",
    "node_hash",
    "open_leaf",
    "parse_checkpoint",
    "parse_leaf",
    "parse_note",
    "parse_policy",
    "parse_proof",
    "parse_receipt",
    "read_leaves",
    "sign_checkpoint",
    "sign_note",
    "tree_root",
    "verifier_key",
    "verify_checkpoint",
    "verify_consistency",
    "verify_export",
    "verify_inclusion",
    "verify_log",
    "verify_note",
    "verify_proof",
    "verify_receipt",
    "write_log",
]
