import io
import random
from dataclasses import replace
from typing import Any

import pytest

from tutela.custody import Policy
from tutela.errors import VerificationFailed
from tutela.packages import verify_package
from tutela.packages.archive import BLOCK


def refused(archive: bytes, bench: Any) -> VerificationFailed:
    with pytest.raises(VerificationFailed) as caught:
        verify_package(io.BytesIO(archive), bench.policy)
    assert caught.value.place
    return caught.value


def flipped(archive: bytes, offset: int, bit: int = 0) -> bytes:
    return archive[:offset] + bytes([archive[offset] ^ 1 << bit]) + archive[offset + 1 :]


def test_a_package_verifies(archive: bytes, bench: Any) -> None:
    told: list[int] = []
    verified = verify_package(io.BytesIO(archive), bench.policy, progress=told.append)
    assert verified.size == len(archive) == sum(told)
    assert (verified.signed_by, verified.checkpoint.size) == ("node.example/package", 12)
    assert [entry.index for entry in verified.record.events] == [2, 5, 11]


def test_the_same_input_gives_the_same_bytes(archive: bytes, bench: Any) -> None:
    assert bench.render() == archive


def test_a_flipped_bit_anywhere_is_refused_and_placed(archive: bytes, bench: Any) -> None:
    drawn = random.Random(17)
    for _ in range(300):
        refused(flipped(archive, drawn.randrange(len(archive)), drawn.randrange(8)), bench)


def test_a_flipped_bit_in_every_block_is_refused(archive: bytes, bench: Any) -> None:
    for start in range(0, len(archive), BLOCK):
        refused(flipped(archive, start + start // BLOCK * 37 % BLOCK), bench)


def test_every_byte_of_the_first_header_and_the_end_counts(archive: bytes, bench: Any) -> None:
    for offset in [*range(BLOCK), *range(len(archive) - 2 * BLOCK - 40, len(archive), 7)]:
        refused(flipped(archive, offset), bench)


def test_the_place_names_member_and_byte(archive: bytes, bench: Any) -> None:
    start = (
        archive.index(b"data/exhibits/000001.bin", archive.index(b"data/events/000003.json\0")) - len(b"tutela-") - 33
    )
    assert refused(flipped(archive, start + 300), bench).place == f"data/exhibits/000001.bin, byte {start + 300}"
    assert "data/exhibits/000001.bin: the SHA256" in str(refused(flipped(archive, start + BLOCK + 7), bench))
    padding = start + BLOCK + 1280 + 100
    assert refused(flipped(archive, padding), bench).place == f"data/exhibits/000001.bin, byte {padding}"


@pytest.mark.parametrize("extra", [b"\0", b"x", bytes(BLOCK), bytes(20 * BLOCK)])
def test_bytes_after_the_end_are_refused(archive: bytes, bench: Any, extra: bytes) -> None:
    assert refused(archive + extra, bench).place == f"byte {len(archive)}"


def test_a_cut_archive_is_refused(archive: bytes, bench: Any) -> None:
    for end in [0, 1, 511, 512, 513, *range(600, len(archive), 997), len(archive) - 1]:
        refused(archive[:end], bench)


def test_keys_come_from_the_policy_alone(archive: bytes, bench: Any) -> None:
    strangers = [
        Policy(logs=bench.policy.logs),
        Policy(logs={}, package_keys=bench.policy.package_keys),
        Policy(logs={"node.example/log": bench.policy.package_keys}, package_keys=bench.policy.package_keys),
        Policy(logs={"node.example/log": ()}, package_keys=bench.policy.logs["node.example/log"]),
    ]
    for policy in strangers:
        refused(archive, replace(bench, policy=policy))


def test_members_in_another_order_are_refused(archive: bytes, bench: Any) -> None:
    first = archive.index(b"tutela-", BLOCK)
    assert refused(archive[first:] + archive[:first], bench).place.startswith("package.json")


@pytest.mark.parametrize("size", [b"77777777777", b"00100000000", b"-0000000001", b"\x80\0\0\0\0\0\0\0\0\0\0"])
def test_a_huge_or_strange_size_takes_no_memory(archive: bytes, bench: Any, size: bytes) -> None:
    refused(archive[:124] + size + archive[135:], bench)


def test_what_is_no_archive_is_refused(bench: Any) -> None:
    for data in (b"", b"hello", bytes(5000), b"{" * 4000, b"\xff" * 4000):
        refused(data, bench)
