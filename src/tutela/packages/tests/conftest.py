"""A package of generated patterns in a log of twelve events, for the tests of this room."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

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
)
from tutela.packages import CaseFacts, Disclosed, Exhibit, PackageInput, render_package
from tutela.sealing import Ed25519Signer

START = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
LOG = Ed25519Signer.from_seed("node.example/log", bytes(32))
PACKAGE = Ed25519Signer.from_seed("node.example/package", bytes([1]) * 32)
POLICY = Policy(logs={LOG.name: (verifier_key(LOG),)}, package_keys=(verifier_key(PACKAGE),))
FACTS = CaseFacts(
    reference="XA-2026-17",
    organisation="Exampleland hotline",
    legal_basis="Exampleland Code, section 4",
    released_by=("senior analyst 3", "legal officer 1"),
    recipient="Exampleland police, unit 9",
    verdict_scheme="xa-1",
    verdict_code="C",
)
EVENT_KEYS = [event_key(bytes([7]) * 32, f"{number:032x}") for number in range(12)]


@dataclass(frozen=True)
class Bench:
    """What tests start from, and `render` to make an archive of it."""

    package: PackageInput
    policy: Policy = POLICY
    signer: Ed25519Signer = PACKAGE

    def render(self, **changes: object) -> bytes:
        return b"".join(render_package(replace(self.package, **changes), self.signer))


def details_of(number: int) -> dict[str, object]:
    return {"actor": f"person-{number}", "step": number}


def leaf_of(number: int) -> bytes:
    at, event = START + timedelta(seconds=number), f"{number:032x}"
    key, details = EVENT_KEYS[number], details_of(number)
    return make_leaf(event=event, subject="a" * 32, at=at, kind="item.viewed", event_key=key, details=details)


def make_exhibit(number: int, content: bytes) -> Exhibit:
    digests = {
        name: hashlib.new(name, content, usedforsecurity=False).hexdigest() for name in ("sha256", "sha1", "md5")
    }
    return Exhibit(
        number=f"EX-{number}",
        item=f"item-{number}",
        content=[content],
        size=len(content),
        media_type="image/png",
        acquired_at=START,
        **digests,
    )


@pytest.fixture(scope="session")
def bench() -> Bench:
    hashes = [leaf_hash(leaf_of(number)) for number in range(12)]

    def read(start: int, stop: int) -> list[bytes]:
        return hashes[start:stop]

    checkpoint = sign_checkpoint(Checkpoint(origin=LOG.name, size=12, root=tree_root(12, read)), [LOG])
    shown = []
    for number in (2, 5, 11):
        proof = Proof(index=number, path=tuple(inclusion_proof(number, 12, read)), checkpoint=checkpoint)
        key, details = EVENT_KEYS[number], details_of(number)
        shown.append(Disclosed(leaf=leaf_of(number), event_key=key, details=details, proof=proof))
    exhibits = (make_exhibit(1, bytes(range(256)) * 5), make_exhibit(2, b""), make_exhibit(3, b"pattern" * 99))
    package = PackageInput(
        id="0123456789abcdef" * 2,
        created_at=START + timedelta(hours=1),
        facts=FACTS,
        exhibits=exhibits,
        events=tuple(shown),
        checkpoint=checkpoint,
    )
    return Bench(package=package)


@pytest.fixture(scope="session")
def archive(bench: Bench) -> bytes:
    return bench.render()
