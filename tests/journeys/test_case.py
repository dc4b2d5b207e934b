"""The worked case as a user starts it, and every id and file that it prints checked again by tools of others.

The case is played once, through the real processes, with a pause of 2 seconds for withdrawing an assessment; the slow
test plays it with the 60 seconds of Exampleland's own profile.
"""

import base64
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import bagit
import pytest
from journeys.house import House, database, environment
from journeys.outside import need, run
from journeys.patient import Again, PatientVisitor, provider

from tutela.custody import Frontier, leaf_hash
from tutela_node.desks.cli.exampleland.bind import Bind
from tutela_node.desks.cli.exampleland.dns_world import DnsWorld
from tutela_node.desks.cli.exampleland.world import DEDICATED, INNOCENT, SHARED

SPKI = bytes.fromhex("302a300506032b6570032100")  # what stands before the 32 octets of an Ed25519 key (RFC 8410)
TUTELA = (sys.executable, "-m", "tutela.cli.main")


@dataclass(frozen=True, kw_only=True)
class Played:
    """What the command printed and left: `lines` by step, its settings, its data folder."""

    exit: int
    lines: dict[int, dict[str, object]]
    settings: dict[str, str]
    data: Path

    @property
    def folder(self) -> Path:
        return self.data / "case"

    @property
    def release(self) -> Path:
        return self.data / "releases" / "latest"


def play(settings):
    started = time.monotonic()
    command = [*TUTELA, "node", "demo", "--once", "--json"]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False, timeout=400)
    print(f"\nthe case took {time.monotonic() - started:.1f} s", done.stderr[-4000:] if done.returncode else "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    told = {int(line["step"]): line for line in lines}
    return Played(exit=done.returncode, lines=told, settings=settings, data=Path(settings["TUTELA_DATA"]))


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    with database() as address:
        done = play(environment(tmp_path_factory.mktemp("case") / "data", seconds=2, database=address))
        assert done.exit == 0, done.lines
        yield done


@pytest.fixture(scope="module")
def bag(played, tmp_path_factory):
    """The package as the police unpack it: opened with their age key, by Debian's age where it is installed."""
    folder = tmp_path_factory.mktemp("bag")
    with tarfile.open(played.folder / "package.tar") as archive:
        archive.extractall(folder, filter="data")
    (inside,) = folder.iterdir()
    return inside


def test_ten_steps_are_done(played):
    assert [(step, line["ok"]) for step, line in played.lines.items()] == [(step, True) for step in range(1, 11)]


def test_the_digest_that_was_printed_is_the_one_of_the_picture(played):
    said = run(need("sha256sum", "coreutils"), "reported.jpg", folder=played.folder).stdout.split()[0].decode()
    assert said == played.lines[3]["sha256"]


def test_the_people_saw_one_small_grey_picture_each(played):
    """One view a person is in the log; nothing was shown before."""
    assert played.lines[4]["pictures_shown_before_asking"] == 0
    assert played.lines[5]["events"].count("item.viewed") == 2
    assert max(played.lines[4]["view"]["size"]) <= 480


def test_openssl_verifies_the_release(played, tmp_path):
    openssl = need("openssl", "openssl")
    words = (openssl, "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-sigfile", "zone.rpz.sig")
    assert run(*words, "-in", "zone.rpz", folder=played.release).returncode == 0
    changed = tmp_path / "zone.rpz"
    changed.write_bytes((played.release / "zone.rpz").read_bytes().replace(b"given", b"taken"))
    assert run(*words, "-in", changed, folder=played.release).returncode != 0


def test_the_figures_of_the_release_are_those_of_its_file(played):
    told = played.lines[8]["release"]
    zone = (played.release / "zone.rpz").read_bytes()
    assert told["sha256"] == hashlib.sha256(zone).hexdigest()
    assert zone.count(b" CNAME .") == 2 * int(told["domains"])


@pytest.mark.system
def test_a_resolver_of_our_own_answers_as_listed(played, tmp_path):
    need("named", "bind9")
    zone = (played.release / "zone.rpz").read_bytes()
    names = {name: [("A", "127.0.0.2")] for name in (DEDICATED, f"www.{DEDICATED}", INNOCENT, SHARED)}
    with DnsWorld(names) as world, Bind(tmp_path, zone, "rpz.exampleland.example", world.port) as resolver:
        said = {name: resolver.query(name).rcode for name in names}
    assert said == played.lines[8]["resolver"]
    assert said == dict(zip(names, ("NXDOMAIN", "NXDOMAIN", "NOERROR", "NOERROR"), strict=True))


def test_the_kept_mail_is_the_notice(played):
    mail = message_from_bytes((played.folder / "notice.eml").read_bytes(), policy=policy.default)
    told = played.lines[7]
    assert (mail["Message-ID"], mail["To"]) == (told["message_id"], told["to"])
    assert mail["Content-Language"] == "en"
    assert SHARED in mail.get_content()


def test_the_package_verifies_far_from_the_node(played):
    words = ("package", "verify", "package.age", "--policy", "policy.json", "--identity", "police.key", "--json")
    done = run(*TUTELA, *words, folder=played.folder)
    assert done.returncode == 0, done.stderr
    (exhibit,) = json.loads(done.stdout)["exhibits"]
    assert (exhibit["number"], exhibit["sha256"]) == (played.lines[5]["exhibit"], played.lines[3]["sha256"])
    assert json.loads(done.stdout)["case"]["reference"] == played.lines[9]["package"]


def test_a_package_with_one_changed_byte_is_refused(played):
    done = run(*TUTELA, "package", "verify", "package-changed.tar", "--policy", "policy.json", folder=played.folder)
    assert (done.returncode, b"000001.bin" in done.stderr) == (1, True)


@pytest.mark.system
def test_debians_age_opens_the_same_bytes(played):
    done = run(need("age", "age"), "-d", "-i", "police.key", "package.age", folder=played.folder)
    assert done.stdout == (played.folder / "package.tar").read_bytes()


def test_the_bag_is_one_for_those_who_know_bags(bag):
    assert bagit.Bag(str(bag)).validate()


def test_sha256sum_finds_every_file_of_the_bag_as_listed(bag):
    for manifest in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        done = run(need("sha256sum", "coreutils"), "--check", "--quiet", manifest, folder=bag)
        assert done.returncode == 0, done.stdout


def test_the_exhibit_is_the_picture_that_was_reported(bag, played):
    assert (bag / "data" / "exhibits" / "000001.bin").read_bytes() == (played.folder / "reported.jpg").read_bytes()


def test_the_case_document_is_valid_for_its_community(bag):
    done = run(need("case_validate", "case-utils"), "data/case.jsonld", folder=bag)
    assert done.returncode == 0, done.stdout


def test_openssl_verifies_the_package_as_the_specification_says(bag, played, tmp_path):
    (line,) = json.loads((played.folder / "policy.json").read_text())["package_keys"]
    (tmp_path / "key.der").write_bytes(SPKI + base64.b64decode(line.split("+", 2)[2])[-32:])
    signed = (bag / "package.json.sig").read_text().splitlines()[-1].split()[2]
    (tmp_path / "signature").write_bytes(base64.b64decode(signed)[-64:])
    words = ("-rawin", "-in", bag / "tagmanifest-sha256.txt", "-sigfile", "signature", "-keyform", "DER")
    openssl = (need("openssl", "openssl"), "pkeyutl", "-verify", "-pubin", "-inkey", "key.der")
    assert run(*openssl, *words, folder=tmp_path).returncode == 0


def test_the_log_still_holds_the_checkpoint_that_was_shown(played, tmp_path):
    """What the desk showed in step 5 is the root of the first events of the log as it is exported later."""
    command = [*TUTELA, "node", "log", "export", str(tmp_path / "log")]
    subprocess.run(command, env=played.settings, check=True, capture_output=True, timeout=120)
    words = ("custody", "verify", tmp_path / "log", "--policy", "policy.json")
    assert run(*TUTELA, *words, folder=played.folder).returncode == 0
    _, size, root = played.lines[5]["checkpoint"]
    frontier = Frontier()
    for leaf in (tmp_path / "log" / "leaves.jsonl").read_bytes().splitlines()[: int(size)]:
        frontier.append(leaf_hash(leaf))
    assert base64.b64encode(frontier.root()).decode() == root


def test_on_a_second_start_the_case_shows_what_it_showed(played):
    again = play(played.settings)
    assert again.exit == 0
    assert again.lines == {step: {**line, "played": "earlier"} for step, line in played.lines.items()}


@pytest.fixture(scope="module")
def later(played):
    """The same data, served again."""
    with House(played.settings) as house:
        yield house


@pytest.fixture
def wire():
    wire = Again()
    yield wire
    wire.close()


def test_the_providers_number_still_opens_its_report(played, later, wire):
    number = played.lines[2]["provider_report"]
    assert provider(later, wire).get(f"/api/v1/reports/{number}").json()["report"] == number


def test_the_provider_sees_its_own_three_reports_and_not_the_publics(later, wire):
    numbers = range(100_001, 100_005)
    said = [provider(later, wire).get(f"/api/v1/reports/{number}").status_code for number in numbers]
    assert sorted(said) == [200, 200, 200, 404]


def test_the_receipt_code_still_opens_what_became_of_the_report(played, later, wire):
    visitor = PatientVisitor(later.urls["public"], wire).come_back(str(played.lines[2]["code"]))
    assert " ".join(visitor.find("//main//h1").split()) == played.lines[10]["reads"]
    assert not visitor.cookies()


def test_the_node_finds_nothing_wrong(played, later):
    assert later.tutela("node", "fsck").returncode == 0
    assert later.tutela("node", "steps").returncode == 0


@pytest.mark.slow
def test_the_case_as_it_ships(tmp_path):
    """Exampleland's own profile, where an assessment can be withdrawn for a minute."""
    if os.environ.get("TUTELA_DATABASE"):
        pytest.skip("played on SQLite, as a user starts it")
    settings = environment(tmp_path / "data")
    del settings["TUTELA_PROFILE"]
    done = play(settings)
    assert (done.exit, [line["ok"] for line in done.lines.values()]) == (0, [True] * 10)
