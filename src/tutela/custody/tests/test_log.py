from datetime import UTC, datetime
from pathlib import Path

import pytest

from tutela.custody import (
    Checkpoint,
    Policy,
    Proof,
    event_key,
    inclusion_proof,
    leaf_hash,
    make_leaf,
    parse_policy,
    parse_proof,
    sign_checkpoint,
    tree_root,
    verifier_key,
    verify_export,
    verify_log,
    verify_proof,
    write_log,
)
from tutela.errors import Invalid, Limited, TutelaError, VerificationFailed
from tutela.sealing import Ed25519Signer

SIGNER = Ed25519Signer.from_seed("node.example/log", bytes(32))
KEYS = [verifier_key(SIGNER)]
AT = datetime(2026, 1, 31, tzinfo=UTC)


def a_leaf(number: int) -> bytes:
    event = f"{number:032x}"
    key = event_key(bytes(32), event)
    return make_leaf(event=event, subject="a" * 32, at=AT, kind="item.viewed", event_key=key, details={})


LEAVES = [a_leaf(number) for number in range(11)]


def read(start: int, stop: int) -> list[bytes]:
    return [leaf_hash(leaf) for leaf in LEAVES[start:stop]]


def at(size: int) -> Checkpoint:
    return Checkpoint(origin="node.example/log", size=size, root=tree_root(size, read))


SIGNED = sign_checkpoint(at(11), [SIGNER])
PROOF = Proof(index=4, path=tuple(inclusion_proof(4, 11, read)), checkpoint=SIGNED)


def test_a_log_is_checked_against_every_checkpoint() -> None:
    told: list[int] = []
    summary = verify_log(LEAVES, [at(11), at(0), at(3), at(3)], progress=told.append)
    assert (summary.size, summary.covered, told) == (11, 11, [])
    assert verify_log(LEAVES, [at(5)]).covered == 5


@pytest.mark.parametrize("changed", [LEAVES[:10], [*LEAVES[:4], *LEAVES[5:], LEAVES[4]], [*LEAVES[:10], a_leaf(99)]])
def test_a_rewritten_log_is_refused(changed: list[bytes]) -> None:
    with pytest.raises(VerificationFailed):
        verify_log(changed, [at(3), at(11)])


def test_a_leaf_of_no_format_is_named() -> None:
    with pytest.raises(VerificationFailed, match="leaf 2"):
        verify_log([*LEAVES[:2], b"{}", *LEAVES[3:]])


def test_an_exported_log_verifies(tmp_path: Path) -> None:
    write_log(tmp_path, LEAVES, SIGNED)
    assert verify_export(tmp_path, KEYS).size == 11


@pytest.mark.parametrize("name", ["leaves.jsonl", "checkpoint"])
def test_every_flipped_byte_of_an_export_is_noticed(tmp_path: Path, name: str) -> None:
    write_log(tmp_path, LEAVES[:2], sign_checkpoint(at(2), [SIGNER]))
    data = (tmp_path / name).read_bytes()
    for offset in range(len(data)):
        (tmp_path / name).write_bytes(data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :])
        with pytest.raises(TutelaError):
            verify_export(tmp_path, KEYS)


def test_leaves_beyond_the_checkpoint_and_long_lines_are_refused(tmp_path: Path) -> None:
    write_log(tmp_path, [*LEAVES, a_leaf(99)], SIGNED)
    with pytest.raises(VerificationFailed, match="12 are there"):
        verify_export(tmp_path, KEYS)
    write_log(tmp_path, [b"x" * 5000], SIGNED)
    with pytest.raises(Limited, match="line 1"):
        verify_export(tmp_path, KEYS)


def test_a_proof_comes_back_and_verifies() -> None:
    assert parse_proof(PROOF.to_bytes()) == PROOF
    assert verify_proof(parse_proof(PROOF.to_bytes()), LEAVES[4], KEYS, origin="node.example/log") == at(11)
    extra = Proof(index=0, path=(), checkpoint=SIGNED, extra=b"opaque")
    assert parse_proof(extra.to_bytes()) == extra


def test_every_flipped_byte_of_a_proof_is_noticed() -> None:
    data = PROOF.to_bytes()
    for offset in range(len(data)):
        changed = data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :]
        with pytest.raises(TutelaError):
            verify_proof(parse_proof(changed), LEAVES[4], KEYS, origin="node.example/log")


@pytest.mark.parametrize("data", [b"", b"c2sp.org/tlog-proof@v1\n\n", PROOF.to_bytes() + b"x", b"x" * 100_000])
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    with pytest.raises(TutelaError):
        parse_proof(data)


def test_a_policy_comes_back_and_names_its_logs() -> None:
    policy = Policy(logs={"node.example/log": tuple(KEYS)}, package_keys=tuple(KEYS))
    assert parse_policy(policy.to_bytes()) == policy
    assert policy.log_keys(SIGNED) == ("node.example/log", tuple(KEYS))
    with pytest.raises(VerificationFailed):
        Policy(logs={}).log_keys(SIGNED)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"log":[]}', b'{"logs":[{"origin":1}]}', b'{"package_keys":["a+b"]}', b"[" * 9999]
)
def test_what_is_no_policy_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        parse_policy(data)
