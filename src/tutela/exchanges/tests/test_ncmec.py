"""An exchange with a local server that speaks NCMEC's protocol."""

import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from simulators import exchanges as faults
from simulators.exchanges_ncmec import NcmecServer
from simulators.exchanges_subscriber import Subscriber

from tutela.errors import Forbidden, Invalid, Unavailable
from tutela.exchanges import Opinion, Verdict, windows
from tutela.exchanges.ncmec_client import time_of
from tutela.exchanges.tests.opening import NOW, entry, ncmec
from tutela.hashlists import MediaKind

DAY = 86400


def filled(server: NcmecServer, count: int, *, seconds: int = 60 * DAY) -> None:
    """Entries whose times have nothing to do with their order."""
    for number in range(count):
        kind = MediaKind.VIDEO if number % 3 == 0 else MediaKind.IMAGE
        server.put(entry(number, seconds=number * 7919 % seconds, kind=kind))


def test_everything_is_fetched_and_then_what_changed(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 95)
    last = subscriber.fetch(NOW)
    assert subscriber.held == server.current()
    assert last is not None
    assert last.is_caught_up
    assert last.fetched_until == NOW - timedelta(seconds=5)
    server.put(entry(200))
    server.put(replace(entry(200), timestamp=NOW))
    server.delete(entry(1).key)
    asked = len(server.asked)
    subscriber.fetch(NOW + timedelta(minutes=1))
    assert subscriber.held == server.current()
    assert len(server.asked) - asked <= 2


def test_an_empty_list_is_caught_up(server: NcmecServer, subscriber: Subscriber) -> None:
    last = subscriber.fetch(NOW)
    assert last is not None
    assert last.is_caught_up
    assert not last.entries


def test_a_kill_resumes_within_the_window(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 95)
    for _ in range(30):
        subscriber.fetch(NOW, killed_after=1)
    assert subscriber.held == server.current()
    assert len(server.asked) < 45, "pages are not read from the start again"


def test_a_link_that_is_no_longer_known_starts_its_window_again(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 95)
    subscriber.fetch(NOW, killed_after=4)
    server.forget_links()
    subscriber.fetch(NOW)
    assert subscriber.held == server.current()


def test_crowded_windows_shrink_and_grow(server: NcmecServer, subscriber: Subscriber) -> None:
    server._size = 2
    filled(server, 1000, seconds=3600)
    subscriber.fetch(NOW)
    assert subscriber.held == server.current()
    asked = [each.query for each in server.asked if "start" not in each.query]
    spans = [datetime.fromisoformat(each["to"]) - datetime.fromisoformat(each["from"]) for each in asked]
    assert any(right < left / 3 for left, right in pairwise(spans))
    assert any(right > left * 1.5 for left, right in pairwise(spans))
    assert len(server.asked) < 1500, "500 pages, and two windows that were cut"


def test_an_entry_filed_late_under_an_older_time_is_seen(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 5)
    subscriber.fetch(NOW)
    server.put(replace(entry(77), timestamp=NOW - timedelta(minutes=14)))
    subscriber.fetch(NOW + timedelta(minutes=1))
    assert entry(77).key in subscriber.held


@pytest.mark.parametrize("ends", ["[]", "[)", "(]", "()"])
def test_no_entry_falls_between_two_windows(server: NcmecServer, subscriber: Subscriber, ends: str) -> None:
    server._ends = ends
    for number in range(400):
        server.put(entry(number, seconds=number // 100))
    subscriber.exchange.fetch("", now=NOW)
    subscriber.fetch(NOW)
    assert subscriber.held == server.current()


def test_a_poisoned_page_costs_its_own_second_only_and_is_read_when_mended(
    server: NcmecServer, subscriber: Subscriber
) -> None:
    filled(server, 95)
    server.poisoned = {entry(50).key}
    last = subscriber.fetch(NOW)
    missing = server.current().keys() - subscriber.held.keys()
    assert missing == {entry(50).key}
    assert last is not None
    assert last.is_caught_up
    assert any("asked for again next time" in each.message for each in subscriber.problems)
    assert last.fetched_until == NOW - timedelta(seconds=5)
    server.poisoned.clear()
    subscriber.fetch(NOW + timedelta(hours=1))
    assert subscriber.held == server.current()


def test_a_page_that_was_cut_once_is_asked_for_again(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 30)
    server.spoil(faults.shortened())
    server.spoil(faults.cut, when=lambda each: "start" in each.query)
    subscriber.fetch(NOW)
    assert subscriber.held == server.current()
    assert not subscriber.problems


def test_a_service_that_answers_nonsense_moves_us_nowhere(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 30)
    server.spoil(faults.says(b"<html>Back soon</html>"), times=1000)
    with pytest.raises(Unavailable, match="no page"):
        subscriber.fetch(NOW)
    assert subscriber.checkpoint == ""
    assert len(server.asked) < 60
    server.heal()
    subscriber.fetch(NOW)
    assert subscriber.held == server.current()


def test_a_service_that_is_down_is_unavailable(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 30)
    subscriber.fetch(NOW, killed_after=2)
    server.spoil(faults.fails(503), times=1000)
    with pytest.raises(Unavailable, match="503"):
        subscriber.fetch(NOW)
    server.heal()
    subscriber.fetch(NOW)
    assert subscriber.held == server.current()


def test_a_window_that_the_service_cannot_give_holds_up_nothing(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 95)
    start, end = (time_of(entry(0, seconds=day * DAY).timestamp) for day in (20, 21))
    hits = lambda each: "from" in each.query and each.query["from"] < end and each.query["to"] > start  # noqa: E731
    server.spoil(faults.fails(504), times=10**6, when=hits)
    for hour in range(12):
        subscriber.fetch(NOW + timedelta(hours=hour))
    lost = {key for key, row in server._rows.items() if not start <= time_of(row.timestamp) <= end}
    assert lost <= subscriber.held.keys()
    server.heal()
    for hour in range(12, 16):
        subscriber.fetch(NOW + timedelta(hours=hour))
    assert subscriber.held == server.current()


def test_only_chosen_members_are_taken(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 5)
    server.put(replace(entry(9), source=None))
    with closing(ncmec(server, members="7, 8")) as exchange:
        chosen = Subscriber(exchange)
        chosen.fetch(NOW)
    assert set(chosen.held) == {("7", "image", "entry9")}
    with pytest.raises(Invalid, match="another"):
        subscriber.exchange.fetch(chosen.checkpoint, now=NOW)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC"])
def test_times_are_utc_wherever_we_are(
    server: NcmecServer, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    filled(server, 12)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        subscriber.fetch(NOW.astimezone())
    time.tzset()
    assert server.asked[0].query["from"] == "1969-12-31T23:59:59.999Z"
    assert server.asked[0].query["to"] == "2024-05-31T23:59:55.000Z"
    assert subscriber.held == server.current()


def test_a_time_without_its_zone_is_refused(subscriber: Subscriber) -> None:
    with pytest.raises(Invalid, match="zone"):
        subscriber.exchange.fetch("", now=datetime(2024, 6, 1))  # noqa: DTZ001


def test_feedback_is_written_back_and_seen(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 3)
    key = entry(1).key
    good = Opinion(key=key, algorithm="md5", verdict=Verdict.AFFIRMATIVE)
    bad = Opinion(key=key, algorithm="pdq", verdict=Verdict.NEGATIVE, reasons=("22222222-0000-4000-8000-000000000001",))
    assert [each.accepted for each in subscriber.exchange.send([good, bad])] == [True, True]
    batches = list(subscriber.exchange.fetch("", now=NOW + timedelta(minutes=1)))
    found = next(each for batch in batches for each in batch.entries if each.key == key)
    assert [(each.algorithm, each.affirmative, each.negative) for each in found.feedback] == [
        ("md5", 1, 0),
        ("pdq", 0, 1),
    ]


def test_an_opinion_that_is_refused_stops_no_other(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 3)
    key, gone = entry(1).key, ("42", "image", "nowhere")
    sent = subscriber.exchange.send(
        [
            Opinion(key=key, algorithm="pdq", verdict=Verdict.NEGATIVE),
            Opinion(key=gone, algorithm="md5", verdict=Verdict.AFFIRMATIVE),
            Opinion(key=key, algorithm="md5", verdict=Verdict.NEGATIVE),
            Opinion(key=key, algorithm="sha256", verdict=Verdict.AFFIRMATIVE),
        ]
    )
    assert [each.accepted for each in sent] == [False, False, True, False]
    assert "Too coarse" in sent[0].reason
    assert not any(each.may_try_again for each in sent)


def test_opinions_that_a_service_cannot_take_now_are_sent_again(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 3)
    server.spoil(faults.fails(500), times=100)
    opinion = Opinion(key=entry(1).key, algorithm="md5", verdict=Verdict.AFFIRMATIVE)
    sent = subscriber.exchange.send([opinion] * 5)
    assert all(each.may_try_again and not each.accepted for each in sent)
    assert len(server.asked) == 3


def test_who_we_are(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 3)
    standing = subscriber.exchange.check()
    assert standing.member is not None
    assert (standing.member.id, standing.member.name) == ("7", "Exampleland Node")
    assert {each.id for each in standing.members} == {"7", "42"}
    assert {each.algorithms for each in standing.reasons} == {("md5",), ("pdq",)}
    with closing(ncmec(server, password="wrong")) as stranger, pytest.raises(Forbidden, match="credentials"):
        stranger.check()


@pytest.mark.parametrize("link", ["https://elsewhere.example/v2/entries", "//elsewhere.example/v2", "/v2/../../x"])
def test_a_link_to_another_place_is_not_followed(server: NcmecServer, subscriber: Subscriber, link: str) -> None:
    filled(server, 30)
    following = f"<paging><next>{link}</next></paging></queryResult>".encode()
    server.spoil(
        lambda reply: replace(reply, body=reply.body.replace(b"</queryResult>", following)),
        times=2,
        when=lambda each: each.query.get("start") is None,
    )
    subscriber.fetch(NOW)
    assert any("not followed" in each.message for each in subscriber.problems)
    assert subscriber.held == server.current()


def test_pages_that_lead_to_each_other_end(server: NcmecServer, subscriber: Subscriber) -> None:
    filled(server, 30)
    server.spoil(
        lambda reply: replace(reply, body=reply.body.replace(b"start=21", b"start=11")),
        times=10**6,
        when=lambda each: each.query.get("start") == "11",
    )
    subscriber.fetch(NOW)
    assert any("itself" in each.message for each in subscriber.problems)


def test_windows_and_gaps_survive_in_the_checkpoint(server: NcmecServer, subscriber: Subscriber) -> None:
    exchange = subscriber.exchange
    assert '"gaps":[]' in next(iter(exchange.fetch("", now=NOW))).checkpoint
    for text in ("{}", "[]", "nonsense", '{"exchange":"ncmec","of":"x"}', "\ud800", '{"gaps":[[2,1]]}'):
        with pytest.raises(Invalid):
            exchange.fetch(text, now=NOW)
    assert windows.MOST_GAPS * 40 < 100_000
