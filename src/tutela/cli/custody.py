"""`tutela custody`: check a log, or a proof from it, with nothing but keys that the reader chose beforehand.

Rules:
- keys come from `--key` or a policy file, never from what is checked
- a proof `NAME.tlog-proof` is checked with the leaf in `NAME.leaf` beside it, or in `--leaf`
- a receipt (JSON) holds leaf and proof; `--document` holds the bytes that were sent against it
- a folder is an exported log: `leaves.jsonl` and `checkpoint`
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tutela.custody import (
    Checkpoint,
    Leaf,
    Policy,
    VerifierKey,
    parse_leaf,
    parse_policy,
    parse_proof,
    parse_receipt,
    verify_receipt,
)
from tutela.custody import verify_export as verify_folder
from tutela.custody import verify_proof as verify_one
from tutela.custody.leaf import MAX_LEAF
from tutela.custody.log import CHECKPOINT, read_bounded
from tutela.custody.note import MAX_NOTE
from tutela.custody.policy import MAX_POLICY
from tutela.custody.receipt import MAX_RECEIPT
from tutela.errors import Invalid, Limited, VerificationFailed

MAX_DOCUMENT = 64 << 20

app = typer.Typer(help="Check a custody log or a proof from it.", no_args_is_help=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The keys given on the command line, and the policy file's."""

    keys: tuple[VerifierKey, ...]
    policy: Policy | None

    def of(self, checkpoint: bytes) -> tuple[str | None, tuple[VerifierKey, ...]]:
        """The origin a checkpoint must have (None: any) and the keys of which one must have signed it."""
        return self.policy.log_keys(checkpoint) if self.policy else (None, self.keys)


@app.callback()
def custody() -> None:
    """Check a custody log or a proof from it."""


@app.command()
def verify(
    path: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", help="A .tlog-proof file, a receipt, or the folder of a log.")
    ],
    key: Annotated[list[str] | None, typer.Option(help="A verifier key, name+hash+base64; may be repeated.")] = None,
    policy: Annotated[Path | None, typer.Option(help="A policy file that names the log and its keys.")] = None,
    leaf: Annotated[Path | None, typer.Option(help="The leaf of a proof; default: NAME.leaf beside it.")] = None,
    document: Annotated[Path | None, typer.Option(help="What was sent, to be held against a receipt.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say what was verified as JSON.")] = False,
) -> None:
    """Verify a log or a proof; exit code 1 and the place when something does not hold."""
    trust = _trust(key or [], policy)
    try:
        said = _verify_folder(path, trust) if path.is_dir() else _verify_file(path, leaf, document, trust)
    except (Invalid, Limited) as error:  # a log or proof that is not even well formed has failed its verification
        raise VerificationFailed(error.message, place=error.place) from None
    typer.echo(json.dumps(said) if as_json else "\n".join(f"{name}: {value}" for name, value in said.items()))


def _trust(keys: list[str], policy: Path | None) -> Trust:
    if bool(keys) == bool(policy):
        raise typer.BadParameter("give either --key or --policy: trust never comes from what is checked")
    read = parse_policy(read_bounded(policy, MAX_POLICY)) if policy else None
    return Trust(keys=tuple(VerifierKey.parse(text) for text in keys), policy=read)


def _verify_folder(folder: Path, trust: Trust) -> dict[str, object]:
    origin, keys = trust.of(read_bounded(folder / CHECKPOINT, MAX_NOTE))
    checkpoint = verify_folder(folder, keys, origin=origin)
    return {"verified": "log", **_described(checkpoint)}


def _verify_file(path: Path, leaf_path: Path | None, document: Path | None, trust: Trust) -> dict[str, object]:
    data = read_bounded(path, MAX_RECEIPT)
    if data.lstrip()[:1] == b"{":
        return _verify_receipt(data, document, trust)
    if document is not None:
        raise typer.BadParameter("a document is held against a receipt, and this is a proof")
    proof = parse_proof(data)
    leaf = read_bounded(leaf_path or path.with_suffix(".leaf"), MAX_LEAF + 1).removesuffix(b"\n")
    origin, keys = trust.of(proof.checkpoint)
    checkpoint = verify_one(proof, leaf, keys, origin=origin)
    return {"verified": "event", **_event(parse_leaf(leaf)), "index": proof.index, **_described(checkpoint)}


def _verify_receipt(data: bytes, document: Path | None, trust: Trust) -> dict[str, object]:
    receipt = parse_receipt(data)
    sent = read_bounded(document, MAX_DOCUMENT) if document else None
    origin, keys = trust.of(receipt.proof.checkpoint)
    event, checkpoint = verify_receipt(receipt, keys, origin=origin, document=sent)
    said = {"verified": "receipt", **_event(event), "index": receipt.proof.index, **_described(checkpoint)}
    return said if sent is None else {**said, "document": "these bytes"}


def _event(event: Leaf) -> dict[str, object]:
    return {"event": event.event, "kind": event.kind, "at": event.at.isoformat(timespec="milliseconds")}


def _described(checkpoint: Checkpoint) -> dict[str, object]:
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}
