"""The law of an exchange: whatever order entries have, whatever fails, whoever is killed, in the end we hold the list.

Entries are put, changed and deleted while a subscriber fetches; it is killed between batches, and the service fails in
every way it knows. When the service is well again, a few runs later both sides are equal.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulators import exchanges as faults
from simulators.exchanges_ncmec import NcmecServer
from simulators.exchanges_subscriber import Subscriber

from tutela.errors import TutelaError
from tutela.exchanges.tests.opening import NOW, PASSWORD, entry, ncmec
from tutela.hashlists import MediaKind

DAY = 86400
FAULTS: dict[str, faults.Fault] = {
    "500": faults.fails(500),
    "busy": faults.busy(0),
    "cut": faults.cut,
    "shortened": faults.shortened(0.6),
    "nonsense": faults.says(b"<html/>"),
    "packed": faults.packed,
    "lost": faults.fails(404),
}


@dataclass
class Clock:
    now: datetime = field(default=NOW)


Act = Callable[[NcmecServer, Subscriber, Clock], None]


def put(number: int, late: int) -> Act:
    def act(server: NcmecServer, _: Subscriber, clock: Clock) -> None:
        kind = MediaKind.VIDEO if number % 3 else MediaKind.IMAGE
        changed = replace(entry(number, kind=kind), timestamp=clock.now - timedelta(seconds=late))
        server.put(replace(changed, hashes=(*changed.hashes, ("sha1", f"{late:040x}"))))

    return act


def delete(number: int) -> Act:
    def act(server: NcmecServer, _: Subscriber, clock: Clock) -> None:
        keys = sorted(server.current())
        if keys:
            server.delete(keys[number % len(keys)], at=clock.now)

    return act


def fetch(killed_after: int, minutes: int) -> Act:
    def act(_: NcmecServer, subscriber: Subscriber, clock: Clock) -> None:
        clock.now += timedelta(minutes=minutes)
        try:
            subscriber.fetch(clock.now, killed_after=killed_after)
        except TutelaError:
            clock.now += timedelta(minutes=1)  # the run ends early; what it told stays good

    return act


def spoil(name: str, times: int, after: int) -> Act:
    def act(server: NcmecServer, _: Subscriber, clock: Clock) -> None:
        server.spoil(FAULTS[name], times=times, when=lambda each: after % 3 > 0 or "start" in each.query)

    return act


def poison(number: int) -> Act:
    def act(server: NcmecServer, _: Subscriber, clock: Clock) -> None:
        server.poisoned ^= {key for key in server.current() if key[2] == f"entry{number}"}

    return act


def forget(server: NcmecServer, _: Subscriber, clock: Clock) -> None:
    server.forget_links()


acts = st.one_of(
    st.builds(put, st.integers(0, 40), st.integers(0, 800)),
    st.builds(delete, st.integers(0, 100)),
    st.builds(fetch, st.integers(1, 9), st.sampled_from([0, 1, 60, 800])),
    st.builds(spoil, st.sampled_from(sorted(FAULTS)), st.integers(1, 9), st.integers(0, 2)),
    st.builds(poison, st.integers(0, 40)),
    st.just(forget),
)
times = st.lists(st.integers(0, 90 * DAY), max_size=60)


def in_the_end_both_are_equal(start: list[int], ends: str, done: list[Act]) -> None:
    clock = Clock()
    with NcmecServer(password=PASSWORD, page=7, ends=ends, now=lambda: clock.now) as server:
        for number, seconds in enumerate(start):
            server.put(entry(number, seconds=seconds))
        with closing(ncmec(server)) as exchange:
            subscriber = Subscriber(exchange)
            for act in done:
                act(server, subscriber, clock)
            server.heal()
            server.poisoned.clear()
            for _ in range(3):
                clock.now += timedelta(hours=1)
                last = subscriber.fetch(clock.now)
            assert subscriber.held == server.current()
            assert last is not None
            assert last.is_caught_up


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(times, st.sampled_from(["[]", "[)", "(]", "()"]), st.lists(acts, max_size=25))
def test_law(start: list[int], ends: str, done: list[Act]) -> None:
    in_the_end_both_are_equal(start, ends, done)


@pytest.mark.slow
@settings(max_examples=1500, suppress_health_check=[HealthCheck.too_slow])
@given(times, st.sampled_from(["[]", "[)", "(]", "()"]), st.lists(acts, max_size=50))
def test_law_at_length(start: list[int], ends: str, done: list[Act]) -> None:
    in_the_end_both_are_equal(start, ends, done)
