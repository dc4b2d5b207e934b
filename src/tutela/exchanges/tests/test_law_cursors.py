"""The same law where each page tells where the next one is: in the end we hold what the service has."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulators import exchanges as faults
from simulators.exchanges_stopncii import StopNciiServer
from simulators.exchanges_subscriber import Subscriber
from simulators.exchanges_tat import TatServer

from tutela.errors import TutelaError
from tutela.exchanges import Exchange
from tutela.exchanges.tests.opening import NOW, PASSWORD, stopncii, tat
from tutela.exchanges.tests.test_law import FAULTS


@dataclass
class World:
    """A server of either kind, behind the few things done to it."""

    now: datetime
    put: Callable[[int, int], None]
    delete: Callable[[int], None]
    poison: Callable[[int], None]
    current: Callable[[], set[str]]
    forget: Callable[[], None]


def value(number: int) -> str:
    return f"{number + 1:064x}"


def with_stopncii(tells_last: bool) -> tuple[StopNciiServer, Callable[[StopNciiServer], Exchange], World]:
    server = StopNciiServer(page=7, tells_last=tells_last, now=lambda: world.now)
    seconds: Callable[[int], int] = lambda late: int(world.now.timestamp()) - late  # noqa: E731
    world = World(
        now=NOW,
        put=lambda number, late: server.put(value(number), modified=seconds(late)),
        delete=lambda number: server.put(value(number), status="Withdrawn" if number % 2 else "Deleted"),
        poison=lambda number: server.poisoned.symmetric_difference_update({value(number)}),
        current=lambda: set(server.current()),
        forget=server.forget_tokens,
    )
    return server, stopncii, world


def with_tat(tells_last: bool) -> tuple[TatServer, Callable[[TatServer], Exchange], World]:
    server = TatServer(password=PASSWORD, page=7, tells_last=tells_last, now=lambda: world.now)
    known = lambda number: str(number + 1) in server.current()  # noqa: E731
    world = World(
        now=NOW,
        put=lambda number, late: server.put(
            number + 1, value(number), algorithm="PDQ", at=world.now.timestamp() - late / 1.5
        ),
        delete=lambda number: server.delete(number + 1) if known(number) else None,
        poison=lambda number: server.poisoned.symmetric_difference_update({number + 1}),
        current=lambda: set(server.current().values()),
        forget=server.forget_tokens,
    )
    return server, tat, world


numbers = st.integers(0, 40)
acts = st.one_of(
    st.tuples(st.just("put"), numbers, st.integers(0, 800)),
    st.tuples(st.just("delete"), numbers, st.just(0)),
    st.tuples(st.just("poison"), numbers, st.just(0)),
    st.tuples(st.just("fetch"), st.integers(1, 9), st.sampled_from([0, 1, 60, 800])),
    st.tuples(st.just("spoil"), st.integers(1, 9), st.integers(0, len(FAULTS) - 1)),
    st.tuples(st.just("forget"), st.just(0), st.just(0)),
)
Opened = Callable[[bool], tuple[StopNciiServer | TatServer, Callable[..., Exchange], World]]


def act(done: tuple[str, int, int], server: faults.ExchangeServer, world: World, subscriber: Subscriber) -> None:
    name, first, second = done
    match name:
        case "put":
            world.put(first, second)
        case "fetch":
            world.now += timedelta(minutes=second)
            try:
                subscriber.fetch(world.now, killed_after=first)
            except TutelaError:
                world.now += timedelta(minutes=1)
        case "spoil":
            server.spoil(FAULTS[sorted(FAULTS)[second]], times=first)
        case "forget":
            world.forget()
        case _:
            {"delete": world.delete, "poison": world.poison}[name](first)


def in_the_end_both_are_equal(
    opened: Opened, start: list[int], done: list[tuple[str, int, int]], tells_last: bool
) -> None:
    server, exchange_with, world = opened(tells_last)
    for number, late in enumerate(start):
        world.put(number, late)
    with server, closing(exchange_with(server)) as exchange:
        subscriber = Subscriber(exchange)
        for each in done:
            act(each, server, world, subscriber)
        server.heal()
        server.poisoned.clear()
        for _ in range(2):
            world.now += timedelta(hours=7)
            last = subscriber.fetch(world.now)
        held = {value for hashes in subscriber.held.values() for _, value in hashes}
        assert held == world.current()
        assert last is not None
        assert last.is_caught_up


starts = st.lists(st.integers(0, 90 * 86400), max_size=40)


@pytest.mark.parametrize("opened", [with_stopncii, with_tat])
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(start=starts, done=st.lists(acts, max_size=25), tells_last=st.booleans())
def test_law(opened: Opened, start: list[int], done: list[tuple[str, int, int]], tells_last: bool) -> None:
    in_the_end_both_are_equal(opened, start, done, tells_last)


@pytest.mark.slow
@pytest.mark.parametrize("opened", [with_stopncii, with_tat])
@settings(max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
@given(start=starts, done=st.lists(acts, max_size=50), tells_last=st.booleans())
def test_law_at_length(opened: Opened, start: list[int], done: list[tuple[str, int, int]], tells_last: bool) -> None:
    in_the_end_both_are_equal(opened, start, done, tells_last)
