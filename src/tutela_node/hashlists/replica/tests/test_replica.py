"""A writer and its readers: fresh, whole, signed, and closed when anything is wrong."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutela.matching import Matcher, Needle
from tutela.sealing import Ed25519Signer
from tutela_node.accounts.rules import digest, write_token
from tutela_node.foundation.errors import Conflict, Unavailable, VerificationFailed
from tutela_node.foundation.ids import new_id
from tutela_node.hashlists.replica import Change, Grant, ListTerms, Replica, Spool, Writer, collect, layout
from tutela_node.hashlists.replica.writer import Tables

SIGNER = Ed25519Signer.from_seed("matcher", b"\x07" * 32)
TOKEN, SECRET = new_id(), b"\x01" * 32
RAW = write_token(TOKEN, SECRET)
LISTS = (ListTerms(group=1, is_active=True, threshold=31), ListTerms(group=2, is_active=True, threshold=8))
NOW = 1_800_000_000
PDQ, NEAR = "0f" * 32, "f0" + "0f" * 31  # eight bits apart


def grant(**changed: object) -> Grant:
    told = {
        "token": TOKEN.hex,
        "digest": digest(SECRET),
        "organisation": new_id().hex,
        "name": "Harbour: filter",
        "scopes": frozenset({"hashlists.look_up"}),
        "groups": frozenset({1, 2}),
        "per_minute": 60,
        "per_day": 2000,
        "expires": NOW + 3600,
    }
    return Grant(**{**told, **changed})


def needle(value: str) -> Needle:
    return Needle(hashes={"pdq": value} if len(value) == 64 else {"md5": value}, quality=90)


def publish(writer: Writer, matcher: Matcher, *, seq: int = 1, lists: tuple[ListTerms, ...] = LISTS) -> None:
    number = writer.snapshot(matcher, Tables(seq=seq, lists=lists, grants=(grant(),)), at=NOW)
    writer.switch(number)
    writer.announce()
    writer.beat(at=NOW * 1000)


@pytest.fixture
def matcher() -> Matcher:
    made = Matcher()
    made.add([(1, [("pdq", PDQ)])], group=1)
    made.add([(2, [("md5", "ab" * 16)])], group=2)
    return made


@pytest.fixture
def writer(tmp_path: Path, matcher: Matcher) -> Iterator[Writer]:
    with Writer(tmp_path, SIGNER) as made:
        publish(made, matcher)
        yield made


def opened(folder: Path, **changed: object) -> Replica:
    return Replica.open(folder, **{"key": SIGNER.public, "clock": lambda: NOW + 1.0, **changed})


def found(replica: Replica, value: str) -> list[tuple[int | str, str]]:
    who = replica.grant(RAW)
    assert who is not None
    return [(hit.entry, str(hit.hit_class)) for hit in replica.match(needle(value), who)]


def test_a_replica_answers_from_a_snapshot(writer: Writer, tmp_path: Path) -> None:
    replica = opened(tmp_path)
    assert replica.standing().is_ready
    assert (replica.standing().entries, replica.standing().lag) == (2, 1.0)
    assert found(replica, NEAR) == [(1, "near")]
    assert found(replica, "ab" * 16) == [(2, "exact")]
    assert found(replica, "cd" * 16) == []


def test_a_change_matches_after_the_next_look_and_a_withdrawn_entry_no_more(writer: Writer, tmp_path: Path) -> None:
    replica = opened(tmp_path)
    writer.append(Change(seq=2, entries=[(3, 1, "md5", "cd" * 16)], gone=[2]))
    assert replica.refresh() == 1
    assert found(replica, "cd" * 16) == [(3, "exact")]
    assert found(replica, "ab" * 16) == []
    assert replica.standing().tail == 1


def test_a_list_has_its_own_threshold_and_a_paused_one_answers_nothing(writer: Writer, tmp_path: Path) -> None:
    replica = opened(tmp_path)
    writer.append(Change(seq=2, lists=[ListTerms(group=1, is_active=True, threshold=7), LISTS[1]]))
    replica.refresh()
    assert (found(replica, NEAR), found(replica, PDQ)) == ([], [(1, "near")])
    writer.append(Change(seq=2, lists=[ListTerms(group=1, is_active=False, threshold=31), LISTS[1]]))
    replica.refresh()
    assert found(replica, PDQ) == []


def test_only_the_lists_of_a_grant_are_asked(writer: Writer, tmp_path: Path) -> None:
    replica = opened(tmp_path)
    assert replica.match(needle(PDQ), grant(groups=frozenset({2}))) == ()
    assert replica.match(needle(PDQ), grant(groups=frozenset())) == ()


@pytest.mark.parametrize("raw", ["", "tut_x", write_token(TOKEN, b"\x02" * 32), write_token(new_id(), SECRET)])
def test_a_wrong_token_is_nobody(writer: Writer, tmp_path: Path, raw: str) -> None:
    assert opened(tmp_path).grant(raw) is None


def test_an_ended_token_is_nobody_and_a_suspended_one_says_so(writer: Writer, tmp_path: Path) -> None:
    assert opened(tmp_path, clock=lambda: NOW + 3601.0).grant(RAW) is None
    replica = opened(tmp_path)
    writer.append(Change(seq=2, grants=[grant(suspended="asked around")]))
    replica.refresh()
    who = replica.grant(RAW)
    assert who is not None
    assert who.is_suspended


def test_a_suspension_counts_here_at_once_and_goes_to_the_worker(writer: Writer, tmp_path: Path) -> None:
    spool = Spool(tmp_path, name="one")
    replica = opened(tmp_path, spool=spool)
    replica.suspend(TOKEN.hex, "asked around")
    spool.close()
    who = replica.grant(RAW)
    assert who is not None
    assert who.suspended == "asked around"
    assert [each.records[0]["suspend"] for each in collect(tmp_path)] == [TOKEN.hex]


def test_a_suspension_of_this_process_ends_when_an_operator_ended_it(writer: Writer, tmp_path: Path) -> None:
    replica = opened(tmp_path)
    replica.suspend(TOKEN.hex, "asked around")
    for said, expected in (("", True), ("asked around", True), ("", False)):
        writer.append(Change(seq=2, grants=[grant(suspended=said)]))
        replica.refresh()
        who = replica.grant(RAW)
        assert who is not None
        assert who.is_suspended is expected


def test_a_newer_snapshot_is_taken_with_its_tail(writer: Writer, matcher: Matcher, tmp_path: Path) -> None:
    replica = opened(tmp_path)
    matcher.remove([1])
    number = writer.snapshot(matcher, Tables(seq=5, lists=LISTS, grants=(grant(),)), at=NOW)
    writer.switch(number)
    writer.append(Change(seq=6, entries=[(9, 1, "md5", "ef" * 16)]))
    assert found(replica, PDQ)
    writer.announce()
    assert replica.refresh() == 1
    assert (found(replica, PDQ), found(replica, "ef" * 16)) == ([], [(9, "exact")])
    assert replica.standing().snapshot == 2


def test_old_snapshots_are_removed_and_a_reader_of_one_goes_on(
    writer: Writer, matcher: Matcher, tmp_path: Path
) -> None:
    replica = opened(tmp_path)
    for seq in (2, 3, 4):
        publish(writer, matcher, seq=seq)
    assert layout.numbers(tmp_path) == [3, 4]
    assert found(replica, PDQ)
    replica.refresh()
    assert replica.standing().snapshot == 4


def test_a_half_written_line_waits(writer: Writer, tmp_path: Path) -> None:
    replica = opened(tmp_path)
    writer.append(Change(seq=2, gone=[2]))
    tail = layout.snapshot(tmp_path, 1) / layout.TAIL
    whole = tail.read_bytes()
    tail.write_bytes(whole[:-5])
    assert replica.refresh() == 0
    assert replica.standing().is_ready
    tail.write_bytes(whole)
    assert replica.refresh() == 1


@pytest.mark.parametrize("spoil", ["flip", "again", "no signature"])
def test_a_tail_that_was_changed_makes_the_replica_not_ready(writer: Writer, tmp_path: Path, spoil: str) -> None:
    replica = opened(tmp_path)
    writer.append(Change(seq=2, gone=[2]))
    tail = layout.snapshot(tmp_path, 1) / layout.TAIL
    line = tail.read_bytes()
    if spoil == "flip":
        tail.write_bytes(line.replace(b'"gone":[2]', b'"gone":[1]'))
    elif spoil == "again":
        tail.write_bytes(line + line)
    else:
        tail.write_bytes(b"A" * 88 + line[88:])
    replica.refresh()
    assert not replica.standing().is_ready
    assert replica.standing().reason


def test_silence_makes_the_replica_not_ready(writer: Writer, tmp_path: Path) -> None:
    now = [NOW + 1.0]
    replica = opened(tmp_path, clock=lambda: now[0])
    now[0] = NOW + 60.0
    replica.refresh()
    assert not replica.standing().is_ready
    writer.beat(at=(NOW + 59) * 1000)
    replica.refresh()
    assert replica.standing().is_ready


def test_a_sign_of_life_for_changes_not_read_here_does_not_count(writer: Writer, tmp_path: Path) -> None:
    now = [NOW + 1.0]
    replica = opened(tmp_path, clock=lambda: now[0])
    writer.append(Change(seq=2, gone=[2]))
    tail = layout.snapshot(tmp_path, 1) / layout.TAIL
    tail.write_bytes(b"")
    now[0] = NOW + 60.0
    writer.beat(at=(NOW + 60) * 1000)
    replica.refresh()
    assert not replica.standing().is_ready


def test_another_key_or_no_snapshot_opens_nothing(writer: Writer, tmp_path: Path) -> None:
    with pytest.raises(VerificationFailed):
        opened(tmp_path, key=Ed25519Signer.from_seed("x", b"\x08" * 32).public)
    with pytest.raises(Unavailable):
        opened(tmp_path / "elsewhere")


def test_an_index_of_another_snapshot_is_refused(writer: Writer, matcher: Matcher, tmp_path: Path) -> None:
    matcher.add([(7, [("md5", "77" * 16)])])
    publish(writer, matcher, seq=2)
    manifest = layout.INDEX + "/manifest.json"
    old = (layout.snapshot(tmp_path, 1) / manifest).read_bytes()
    (layout.snapshot(tmp_path, 2) / manifest).write_bytes(old)
    with pytest.raises(VerificationFailed):
        opened(tmp_path)


def test_one_process_writes(writer: Writer, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        Writer(tmp_path, SIGNER)


def test_questions_go_on_while_snapshots_change(writer: Writer, matcher: Matcher, tmp_path: Path) -> None:
    replica = opened(tmp_path)
    stop, wrong = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            if found(replica, PDQ) != [(1, "near")]:
                wrong.append(1)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for each in threads:
        each.start()
    for seq in range(2, 8):
        publish(writer, matcher, seq=seq)
        writer.append(Change(seq=seq, entries=[(100 + seq, 1, "md5", f"{seq:02d}" * 16)]))
        replica.refresh()
    stop.set()
    for each in threads:
        each.join()
    assert not wrong
