"""An exchange with a local server that speaks Tech Against Terrorism's protocol."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from simulators import exchanges as faults
from simulators.exchanges_subscriber import Subscriber
from simulators.exchanges_tat import TatServer

from tutela.errors import Forbidden, Unavailable
from tutela.exchanges import Opinion, Verdict
from tutela.exchanges.tests.opening import NOW, PASSWORD, START, tat

DAY = 86400


@pytest.fixture(params=[False, True], ids=["tells first", "tells last"])
def server(request: pytest.FixtureRequest) -> Iterator[TatServer]:
    with TatServer(password=PASSWORD, page=20, tells_last=request.param, now=lambda: NOW) as running:
        yield running


@pytest.fixture
def subscriber(server: TatServer) -> Iterator[Subscriber]:
    exchange = tat(server)
    yield Subscriber(exchange)
    exchange.close()


def filled(server: TatServer, count: int) -> None:
    for number in range(1, count + 1):
        at = START.timestamp() + number * 7919 % (60 * DAY) // 1000 + 0.25
        server.put(number, f"{number:032x}", at=at, ideology="islamist" if number % 2 else "far-right")


def held(subscriber: Subscriber) -> set[str]:
    return {value for hashes in subscriber.held.values() for _, value in hashes}


def test_everything_is_fetched_and_then_what_changed(server: TatServer, subscriber: Subscriber) -> None:
    filled(server, 95)
    last = subscriber.fetch(NOW)
    assert held(subscriber) == set(server.current().values())
    assert last is not None
    assert last.is_caught_up
    server.delete(5)
    server.put(200, "0a" * 32, algorithm="PDQ")
    subscriber.fetch(NOW + timedelta(minutes=1))
    assert held(subscriber) == set(server.current().values())


def test_a_kill_resumes_at_the_next_page_whatever_changes(server: TatServer, subscriber: Subscriber) -> None:
    filled(server, 95)
    for number in range(1, 9):
        subscriber.fetch(NOW, killed_after=1)
        server.delete(number)
    subscriber.fetch(NOW + timedelta(minutes=1))
    assert held(subscriber) == set(server.current().values())


def test_a_token_that_has_grown_old_is_renewed(server: TatServer, subscriber: Subscriber) -> None:
    filled(server, 95)
    batches = subscriber.exchange.fetch("", now=NOW)
    next(batches)
    server.forget_tokens()
    assert sum(len(each.entries) for each in batches) == 75


def test_who_is_not_known_is_told(server: TatServer) -> None:
    exchange = tat(server, password="wrong")
    with pytest.raises(Forbidden, match="credentials"):
        exchange.check()
    with pytest.raises(Forbidden):
        list(exchange.fetch("", now=NOW))
    exchange.close()


def test_a_part_of_the_list(server: TatServer) -> None:
    filled(server, 10)
    exchange = tat(server, ideology="islamist")
    exchange.check()
    subscriber = Subscriber(exchange)
    subscriber.fetch(NOW)
    assert len(held(subscriber)) == 5
    exchange.close()


def test_a_broken_record_costs_itself_only_and_is_read_when_mended(server: TatServer, subscriber: Subscriber) -> None:
    filled(server, 95)
    server.poisoned = {50}
    subscriber.fetch(NOW)
    assert set(server.current().values()) - held(subscriber) == {f"{50:032x}"}
    assert subscriber.problems
    server.poisoned.clear()
    subscriber.fetch(NOW + timedelta(hours=7))
    assert held(subscriber) == set(server.current().values())


@pytest.mark.parametrize("body", [b"<html/>", b"", b"[]", b"{}", b'{"next":"x","checkpoint":"","results":[]}'])
def test_nonsense_moves_us_nowhere(server: TatServer, subscriber: Subscriber, body: bytes) -> None:
    filled(server, 30)
    server.spoil(faults.says(body), times=1000, when=lambda each: "after" in each.query)
    with pytest.raises(Unavailable, match="no page"):
        subscriber.fetch(NOW)
    assert subscriber.checkpoint == ""
    server.heal()
    subscriber.fetch(NOW)
    assert held(subscriber) == set(server.current().values())


def test_opinions_are_refused(server: TatServer, subscriber: Subscriber) -> None:
    sent = subscriber.exchange.send([Opinion(key=("", "", "1"), algorithm="md5", verdict=Verdict.NEGATIVE)])
    assert (sent[0].accepted, sent[0].may_try_again) == (False, False)
    assert not server.asked
