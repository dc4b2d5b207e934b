"""An exchange with a local server that speaks StopNCII's protocol."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from simulators import exchanges as faults
from simulators.exchanges_stopncii import KEYS, StopNciiServer
from simulators.exchanges_subscriber import Subscriber

from tutela.errors import Forbidden, Invalid, Unavailable
from tutela.exchanges import Opinion, Verdict
from tutela.exchanges.stopncii_client import OwnHash, StopNciiClient
from tutela.exchanges.tests.opening import NOW, START, stopncii, transport

DAY = 86400


class Clock:
    now = NOW


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[False, True], ids=["tells first", "tells last"])
def server(request: pytest.FixtureRequest, clock: Clock) -> Iterator[StopNciiServer]:
    with StopNciiServer(page=20, tells_last=request.param, now=lambda: clock.now) as running:
        yield running


@pytest.fixture
def subscriber(server: StopNciiServer) -> Iterator[Subscriber]:
    exchange = stopncii(server)
    yield Subscriber(exchange)
    exchange.close()


def value(number: int) -> str:
    return f"{number:064x}"


def filled(server: StopNciiServer, count: int) -> None:
    start = int(START.timestamp())
    for number in range(count):
        server.put(value(number), modified=start + number * 7919 % (60 * DAY))


def held(subscriber: Subscriber) -> set[str]:
    return {value for hashes in subscriber.held.values() for _, value in hashes}


def test_everything_is_fetched_and_withdrawals_are_honoured(
    server: StopNciiServer, subscriber: Subscriber, clock: Clock
) -> None:
    filled(server, 95)
    server.put("ab" * 16, signal="VideoMD5")
    last = subscriber.fetch(NOW)
    assert held(subscriber) == set(server.current())
    assert last is not None
    assert (last.is_caught_up, last.fetched_until) == (True, NOW)
    server.put(value(1), status="Withdrawn")
    server.put(value(2), status="Deleted")
    server.put(value(500))
    asked = len(server.asked)
    subscriber.fetch(clock.now + timedelta(minutes=1))
    assert held(subscriber) == set(server.current())
    assert len(server.asked) - asked == 1


def test_a_kill_resumes_within_the_set(server: StopNciiServer, subscriber: Subscriber) -> None:
    filled(server, 200)
    for _ in range(13):
        subscriber.fetch(NOW, killed_after=1)
    assert held(subscriber) == set(server.current())
    assert len(server.asked) == 13


def test_a_token_that_is_no_longer_known_starts_its_set_again(server: StopNciiServer, subscriber: Subscriber) -> None:
    filled(server, 95)
    subscriber.fetch(NOW, killed_after=2)
    server.forget_tokens()
    subscriber.fetch(NOW)
    assert held(subscriber) == set(server.current())


def test_what_changes_while_we_read_is_seen_in_the_next_set(
    server: StopNciiServer, subscriber: Subscriber, clock: Clock
) -> None:
    filled(server, 95)
    subscriber.fetch(NOW, killed_after=3)
    server.put(value(3), status="Withdrawn")
    server.put(value(4), modified=int((NOW - timedelta(minutes=14)).timestamp()))
    subscriber.fetch(NOW)
    clock.now += timedelta(hours=1)
    subscriber.fetch(clock.now)
    assert held(subscriber) == set(server.current())


def test_a_broken_record_costs_itself_only_and_is_read_when_mended(
    server: StopNciiServer, subscriber: Subscriber, clock: Clock
) -> None:
    filled(server, 95)
    server.poisoned = {value(50)}
    last = subscriber.fetch(NOW)
    assert last is not None
    assert last.is_caught_up
    assert subscriber.problems
    assert set(server.current()) - held(subscriber) <= {value(number) for number in range(50, 95)}
    server.put(value(600))
    subscriber.fetch(NOW + timedelta(minutes=1))
    assert value(600) in held(subscriber), "nothing new waits for what is broken"
    server.poisoned.clear()
    subscriber.fetch(NOW + timedelta(hours=7))
    assert held(subscriber) == set(server.current())


def test_a_broken_answer_that_passes_leaves_nothing(server: StopNciiServer, subscriber: Subscriber) -> None:
    filled(server, 95)
    server.spoil(faults.shortened(), times=3, when=lambda each: "nextPageToken" in each.query)
    server.spoil(faults.fails(500), times=2)
    server.spoil(faults.busy(0))
    subscriber.fetch(NOW)
    subscriber.fetch(NOW + timedelta(hours=7))
    assert held(subscriber) == set(server.current())


@pytest.mark.parametrize("body", [b"<html/>", b"", b"[]", b"{}", b"[" * 100_000, b'{"hasMoreRecords":true}', b"null"])
def test_nonsense_moves_us_nowhere(server: StopNciiServer, subscriber: Subscriber, body: bytes) -> None:
    filled(server, 30)
    server.spoil(faults.says(body), times=1000)
    with pytest.raises(Unavailable, match="no page"):
        subscriber.fetch(NOW)
    assert subscriber.checkpoint == ""
    server.heal()
    subscriber.fetch(NOW)
    assert held(subscriber) == set(server.current())


def test_a_service_that_is_down_is_unavailable(server: StopNciiServer, subscriber: Subscriber) -> None:
    server.spoil(faults.fails(503), times=1000)
    with pytest.raises(Unavailable, match="503"):
        subscriber.fetch(NOW)
    assert len(server.asked) == 6


def test_feedback_is_written_back(server: StopNciiServer, subscriber: Subscriber) -> None:
    filled(server, 3)
    key = ("", "image", "1")
    opinions = [
        Opinion(key=key, algorithm="pdq", value=value(1), verdict=Verdict.AFFIRMATIVE, reasons=("Nude", "Adult")),
        Opinion(key=key, algorithm="pdq", value=value(2), verdict=Verdict.NEGATIVE),
        Opinion(key=key, algorithm="pdq", verdict=Verdict.NEGATIVE),
    ]
    sent = subscriber.exchange.send(opinions)
    assert [each.accepted for each in sent] == [True, True, False]
    assert server.feedback_on(value(1)) == [{"source": "Node", "feedbackValue": "Blocked", "tags": ["Adult", "Nude"]}]
    assert server.feedback_on(value(2))[0]["feedbackValue"] == "NotBlocked"
    server.spoil(faults.fails(500))
    assert all(each.may_try_again for each in subscriber.exchange.send(opinions))
    assert len(server.asked) == 2, "what changes something is not asked twice"


def test_keys(server: StopNciiServer) -> None:
    for changed in ({"subscription_key": "x"}, {"fetch_key": "x"}):
        exchange = stopncii(server, **changed)
        with pytest.raises(Forbidden):
            exchange.check()
        exchange.close()
    exchange = stopncii(server, feedback_key="")
    opinion = Opinion(key=("", "", "1"), algorithm="pdq", value=value(1), verdict=Verdict.NEGATIVE)
    assert "function key" in exchange.send([opinion])[0].reason
    exchange.check()
    exchange.close()


def test_hashes_of_our_own_are_submitted(server: StopNciiServer, clock: Clock) -> None:
    with transport() as asking:
        client = StopNciiClient(server.url, subscription="subscription", keys=KEYS, transport=asking)
        client.submit_hashes([OwnHash(signal="ImagePDQ", value=value(7), modified=5)])
        assert set(server.current()) == {value(7)}
        assert json.loads(server.asked[0].body)["hashRecords"][0]["CSPFeedbacks"][0]["feedbackValue"] == "Blocked"
        with pytest.raises(Invalid, match="signal"):
            client.submit_hashes([OwnHash(signal="PDQ", value=value(7), modified=5)])


def test_a_checkpoint_of_another(subscriber: Subscriber) -> None:
    for text in ('{"exchange":"ncmec","of":"x"}', "x", '{"exchange":"stopncii"}'):
        with pytest.raises(Invalid):
            subscriber.exchange.fetch(text, now=NOW)
    with pytest.raises(Invalid, match="zone"):
        subscriber.exchange.fetch("", now=datetime(2024, 6, 1))  # noqa: DTZ001
