import hashlib
import io
import os
import subprocess
import tarfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import bagit
import pytest

from tutela.custody import verifier_key
from tutela.errors import Invalid, Limited, TutelaError, VerificationFailed
from tutela.packages import verify_package
from tutela.packages.archive import header_of, render_member
from tutela.packages.record import parse_record
from tutela.sealing import Ed25519Signer


def unpacked(archive: bytes, folder: Path) -> Path:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return next(folder.iterdir())


def test_the_bag_is_valid_for_another_program(archive: bytes, tmp_path: Path) -> None:
    bag = bagit.Bag(str(unpacked(archive, tmp_path)))
    bag.validate()
    assert bag.info["Source-Organization"] == "Exampleland hotline"
    assert len(list(bag.payload_files())) == 14


def test_the_recipe_of_the_specification_works_without_us(archive: bytes, bench: Any, tmp_path: Path) -> None:
    specification = Path(__file__).parents[4] / "docs" / "spec" / "package-v1.md"
    recipe = specification.read_text().split("```sh\n")[1].split("```")[0]
    key = str(bench.policy.package_keys[0]).split("+", 2)[2]
    for data, code in ((archive, 0), (archive.replace(b"pattern", b"another", 1), 1)):
        (tmp_path / "package.tar").write_bytes(data)
        done = subprocess.run(["sh", "-ec", recipe], cwd=tmp_path, env={**os.environ, "KEY": key}, capture_output=True)
        assert done.returncode == code, done.stderr


def test_our_header_is_what_gnu_tar_writes(tmp_path: Path) -> None:
    (tmp_path / "name.bin").write_bytes(b"x" * 12345)
    fixed = ["--format=ustar", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--mode=644"]
    command = ["tar", "-c", *fixed, "name.bin"]
    written = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True).stdout
    assert written[:512] == header_of("name.bin", 12345)


def test_exhibits_come_from_files_too(bench: Any, archive: bytes, tmp_path: Path) -> None:
    paths = []
    for exhibit in bench.package.exhibits:
        paths.append(tmp_path / exhibit.number)
        paths[-1].write_bytes(b"".join(exhibit.content))
    exhibits = [replace(exhibit, content=path) for exhibit, path in zip(bench.package.exhibits, paths, strict=True)]
    assert bench.render(exhibits=tuple(exhibits)) == archive


@pytest.mark.parametrize("content", [b"", b"other" * 256, b"x" * 5000, b"x"])
def test_an_exhibit_that_is_not_the_recorded_one_stops_the_writing(bench: Any, content: bytes) -> None:
    exhibit = replace(bench.package.exhibits[0], content=[content])
    with pytest.raises(VerificationFailed, match="exhibit EX-1"):
        bench.render(exhibits=(exhibit,))


def test_only_events_that_open_and_are_proved_go_in(bench: Any) -> None:
    one, two, three = bench.package.events
    wrong = [
        (replace(one, details={"actor": "another"}),),
        (replace(one, event_key=bytes(32)),),
        (replace(one, proof=two.proof),),
        (replace(one, proof=replace(one.proof, index=3)),),
        (two, one, three),
        (one, one),
    ]
    for events in wrong:
        with pytest.raises(VerificationFailed):
            bench.render(events=events)


def test_a_package_is_not_older_than_its_events(bench: Any) -> None:
    with pytest.raises(VerificationFailed, match="later than the package"):
        bench.render(created_at=bench.package.created_at - timedelta(days=1))


@pytest.mark.parametrize(
    "changes",
    [
        {"released_by": ("senior analyst 3", "senior analyst 3")},
        {"legal_basis": ""},
        {"recipient": "two\nlines"},
        {"reference": "x" * 501},
        {"organisation": " spaced"},
    ],
)
def test_facts_are_checked(bench: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="facts"):
        bench.render(facts=replace(bench.package.facts, **changes))


@pytest.mark.parametrize("changes", [{"id": "short"}, {"id": "../../../../../../../../etc/passwd"}, {"exhibits": ()}])
def test_ids_and_exhibits_are_checked(bench: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="id"):
        bench.render(**changes)


def test_an_exhibit_of_8_gib_is_refused(bench: Any) -> None:
    with pytest.raises(TutelaError, match="8 GiB"):
        bench.render(exhibits=(replace(bench.package.exhibits[0], size=8**11),))
    with pytest.raises(Limited):
        header_of("name", 8**11)


@pytest.mark.parametrize(("old", "new"), [("C", "D"), ("Exampleland police", "Somebody")])
def test_a_package_signed_again_by_a_stranger_is_refused(bench: Any, old: str, new: str) -> None:
    stranger = Ed25519Signer.from_seed("node.example/package", bytes([9]) * 32)
    facts = replace(bench.package.facts, verdict_code=new, recipient=bench.package.facts.recipient.replace(old, new))
    forged = replace(bench, signer=stranger).render(facts=facts)
    with pytest.raises(VerificationFailed, match=r"package\.json\.sig"):
        verify_package(io.BytesIO(forged), bench.policy)
    trusting = replace(bench.policy, package_keys=(verifier_key(stranger),))
    assert verify_package(io.BytesIO(forged), trusting).record.facts.verdict_code == new


def test_a_record_cannot_name_other_files(archive: bytes) -> None:
    size = int(archive[124:135], 8)
    record = archive[512 : 512 + size]
    assert parse_record(record).to_bytes() == record
    for old, new in ((b"data/case.jsonld", b"data/case.jsonle"), (b"data/log/checkpoint", b"/etc/passwd")):
        with pytest.raises(Invalid, match="members"):
            parse_record(record.replace(old, new))
    with pytest.raises(TutelaError):
        parse_record(record.replace(b'"item":', b'"itum":'))


def test_a_member_is_padded_with_zeros() -> None:
    assert render_member("a", b"x" * 513)[512 + 513 :] == bytes(511)
    assert hashlib.sha256(render_member("a", b"")).digest() == hashlib.sha256(header_of("a", 0)).digest()
