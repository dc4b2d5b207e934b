import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tutela.cli.main import main
from tutela.custody import (
    Checkpoint,
    Policy,
    Proof,
    event_key,
    inclusion_proof,
    leaf_hash,
    make_leaf,
    sign_checkpoint,
    tree_root,
    verifier_key,
    write_log,
)
from tutela.sealing import Ed25519Signer

SIGNER = Ed25519Signer.from_seed("node.example/log", bytes(32))
KEY = str(verifier_key(SIGNER))


def a_leaf(number: int) -> bytes:
    at, event = datetime(2026, 1, 31, tzinfo=UTC), f"{number:032x}"
    key = event_key(bytes(32), event)
    return make_leaf(event=event, subject="a" * 32, at=at, kind="item.viewed", event_key=key, details={})


LEAVES = [a_leaf(number) for number in range(5)]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    def read(start: int, stop: int) -> list[bytes]:
        return [leaf_hash(leaf) for leaf in LEAVES[start:stop]]

    signed = sign_checkpoint(Checkpoint(origin=SIGNER.name, size=5, root=tree_root(5, read)), [SIGNER])
    write_log(tmp_path, LEAVES, signed)
    proof = Proof(index=3, path=tuple(inclusion_proof(3, 5, read)), checkpoint=signed)
    (tmp_path / "one.tlog-proof").write_bytes(proof.to_bytes())
    (tmp_path / "one.leaf").write_bytes(LEAVES[3])
    policy = Policy(logs={SIGNER.name: (verifier_key(SIGNER),)})
    (tmp_path / "policy.json").write_bytes(policy.to_bytes())
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["custody", "verify", *map(str, arguments)])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_a_log_and_a_proof_verify_with_a_key_or_a_policy(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    for trust in (("--key", KEY), ("--policy", log / "policy.json")):
        assert "size: 5" in run(capsys, log, *trust)[1]
        code, out, _ = run(capsys, log / "one.tlog-proof", *trust, "--json")
        assert (code, json.loads(out)["index"], json.loads(out)["kind"]) == (0, 3, "item.viewed")


def test_a_rewritten_log_exits_1_and_names_the_place(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    (log / "leaves.jsonl").write_bytes(b"\n".join([*LEAVES[:2], LEAVES[3], LEAVES[2], LEAVES[4]]) + b"\n")
    code, _, err = run(capsys, log, "--key", KEY)
    assert (code, err.startswith("checkpoint at 5: "), err.count("\n")) == (1, True, 1)


def test_another_leaf_exits_1(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    (log / "other").write_bytes(LEAVES[2])
    code, _, err = run(capsys, log / "one.tlog-proof", "--key", KEY, "--leaf", log / "other")
    assert (code, "leaf 3" in err) == (1, True)


def test_a_stranger_is_not_trusted(capsys: pytest.CaptureFixture[str], log: Path) -> None:
    stranger = verifier_key(Ed25519Signer.from_seed("node.example/log", bytes([1]) * 32))
    assert run(capsys, log, "--key", stranger)[0] == 1
    assert run(capsys, log, "--key", KEY, "--policy", log / "policy.json")[0] == 2
