"""`kill -9` of any process at any moment, then it goes on: nothing acknowledged is lost, nothing happens twice.

One node lives through all rounds. Each round tells a piece of the story while one process is killed; at the end the
node does what is left, and the log, the mailbox, the releases and the reporters' codes are held against what was
acknowledged. `TUTELA_KILLS` sets the number of rounds, `TUTELA_KILL_SEED` repeats a run's dice.
"""

import json
import os
import random
import time
from collections import Counter

import pytest
from journeys.house import House, database, until
from journeys.killing import Killing
from journeys.patient import PatientVisitor
from journeys.story import Story

ROUNDS = int(os.environ.get("TUTELA_KILLS") or (50 if os.environ.get("CI") else 5))
ONCE = ("report.received", "item.registered", "item.fingerprinted", "exhibit.made", "verdict.reached", "entry.admitted")
ONCE_EACH = (*ONCE, "listing.approved", "notice.sent", "contact.approved", "sighting.linked")


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A story that was told while processes were killed, on a node that has done all that was due."""
    seed = int(os.environ.get("TUTELA_KILL_SEED") or random.randrange(2**32))
    print(f"\n{ROUNDS} kills, TUTELA_KILL_SEED={seed}")
    with database() as address, House.on(tmp_path_factory.mktemp("kill") / "data", database=address) as house:
        story, dice = Story(house), random.Random(seed)
        try:
            for number in range(1, ROUNDS + 1):
                play(story, number, dice)
            finish(story)
            yield story
        finally:
            story.wire.close()


def play(story, number, dice):
    started = time.monotonic()
    with Killing(story.house, dice) as killing:
        story.send_file(1000 + number)
        story.report_address(2000 + number if number % 3 else 1000 + number)
        story.decide()
        if number % 2:
            story.list_domain(number)
        story.approve_contacts()
    print(f"{number:>3}  {killing.said}  ({time.monotonic() - started:.1f} s)", flush=True)


def finish(story):
    """Until everybody decided and no step is due."""

    def is_done():
        story.decide()
        story.approve_contacts()
        time.sleep(1)
        return story.is_decided() and not due(story.house)

    started = time.monotonic()
    story.house.wait_ready(60)
    until("every due step is done", 180, is_done)
    print(f"all done {time.monotonic() - started:.1f} s after the last kill")


def due(house):
    lines = [json.loads(line) for line in house.tutela("node", "steps", "--json").stdout.splitlines()]
    return [each for each in lines if each["is_due"] or each["attempts"]]


@pytest.fixture(scope="module")
def events(played, tmp_path_factory):
    """How often each kind of event happened to each subject, counted in an exported log that verifies."""
    folder = tmp_path_factory.mktemp("log")
    policy = folder / "policy.json"
    played.house.tutela("node", "policy", str(policy))
    until("the log is whole", 30, lambda: ", 0 events wait" in played.house.tutela("node", "fsck").stdout)
    played.house.tutela("node", "log", "export", str(folder / "log"))
    said = played.house.tutela("custody", "verify", str(folder / "log"), "--policy", str(policy), "--json").stdout
    leaves = [json.loads(line) for line in (folder / "log" / "leaves.jsonl").read_text().splitlines()]
    assert json.loads(said)["size"] == len(leaves)
    return Counter((leaf["kind"], leaf["subject"]) for leaf in leaves)


def total(events, kind):
    return sum(count for (each, _), count in events.items() if each == kind)


def test_every_report_that_was_acknowledged_is_there(played):
    for seed, report in list(played.files.items()):
        told = played.harbour.get(f"/api/v1/reports/{report}")
        assert told.status_code == 200, f"{report}, of picture {seed}: {told.text}"
        assert told.json()["state"] in ("working", "closed")
        again = played.send_file(seed)
        assert (again["report"], again["duplicate"]) == (report, True)


def test_every_code_opens_what_became_of_the_report(played):
    assert len(set(played.codes)) == ROUNDS
    for code in played.codes:
        visitor = PatientVisitor(played.house.urls["public"], played.wire)
        visitor.come_back(code)
        assert visitor.all("//main//ol[contains(@class,'steps')]//strong"), visitor.text()[:300]


def test_nothing_happened_twice(events):
    assert not [each for each, count in events.items() if each[0] in ONCE_EACH and count > 1]


def test_everything_happened(played, events):
    wanted = {"report.received": 2 * ROUNDS, "listing.approved": len(played.domains)}
    wanted |= dict.fromkeys(ONCE[1:], len(played.waiting))
    assert {kind: total(events, kind) for kind in wanted} == wanted


def test_each_notice_is_one_mail(played, events):
    """A mail whose fate was unknown may have gone again, under the id it had."""
    assert total(events, "notice.sent") == played.shown
    mailbox = played.house.world.mailbox
    until("every mail arrived", 150, lambda: len({mail["Subject"] for mail in mailbox.messages}) == played.shown)
    assert len({(mail["Subject"], mail["Message-ID"]) for mail in mailbox.messages}) == played.shown


def test_the_newest_release_lists_what_was_approved(played):
    zone = (played.house.data / "releases" / "latest" / "zone.rpz").read_text()
    assert [domain for domain in played.domains if f"\n{domain} " not in zone] == []


def test_the_node_finds_nothing_wrong_with_itself(played):
    """fsck ends with 0, or the command raises; no desk broke when another process was killed."""
    findings = played.house.tutela("node", "fsck", "--json").stdout.splitlines()
    assert not [each for each in map(json.loads, findings) if each["is_problem"]]
    assert not played.wire.broken


def test_no_picture_is_left_behind_in_the_clear(played):
    """What a killed process leaves in the data folder is sealed, or is nothing."""
    files = [path for path in played.house.data.rglob("*") if path.is_file()]
    assert not [path for path in files if b"JFIF\x00\x01" in path.read_bytes()]
