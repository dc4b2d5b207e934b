"""What an exchange says, in errors, problems, representations and logs, holds no credential and no value."""

import logging
from collections.abc import Callable
from contextlib import closing, suppress

import pytest
from simulators import exchanges as faults
from simulators.exchanges import ExchangeServer
from simulators.exchanges_ncmec import NcmecServer
from simulators.exchanges_stopncii import StopNciiServer
from simulators.exchanges_tat import TatServer

from tutela.errors import TutelaError
from tutela.exchanges import Exchange, Opinion, Verdict
from tutela.exchanges.tests.opening import NOW, PASSWORD, entry, ncmec, stopncii, tat

VALUES = [f"{number:064x}" for number in range(1, 30)]
SECRETS = [PASSWORD, "subscription", "fetch-key", "feedback-key", "token-1", "bm9kZTpjb3JyZWN0", *VALUES]
FAULTS = [
    faults.fails(401),
    faults.fails(400),
    faults.fails(500),
    faults.shortened(),
    faults.says(b'{"token":"token-1","hashRecords":[{"hashValue":"' + VALUES[3].encode() + b'"}]}'),
    faults.says(b"<queryResult>" + VALUES[3].encode()),
    faults.redirects("https://subscription.example/token-1"),
]


def with_ncmec() -> tuple[ExchangeServer, Callable[..., Exchange]]:
    server = NcmecServer(password=PASSWORD, page=10)
    for number in range(1, 30):
        server.put(entry(number))
    return server, ncmec


def with_stopncii() -> tuple[ExchangeServer, Callable[..., Exchange]]:
    server = StopNciiServer(page=10)
    for value in VALUES:
        server.put(value, modified=1_700_000_000)
    return server, stopncii


def with_tat() -> tuple[ExchangeServer, Callable[..., Exchange]]:
    server = TatServer(password=PASSWORD, page=10)
    for number, value in enumerate(VALUES):
        server.put(number, value, algorithm="PDQ", at=1_700_000_000)
    return server, tat


@pytest.mark.parametrize("service", [with_ncmec, with_stopncii, with_tat])
@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_secret_is_told(
    service: Callable[[], tuple[ExchangeServer, Callable[..., Exchange]]],
    fault: faults.Fault,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    server, opened = service()
    told: list[object] = []
    opinion = Opinion(key=("42", "image", "entry1"), algorithm="pdq", value=VALUES[1], verdict=Verdict.NEGATIVE)
    with server, closing(opened(server)) as exchange:
        told += [exchange, opinion]
        for times in (0, 3, 40):
            if times:
                server.spoil(fault, times=times)
            for act in (exchange.check, lambda: list(exchange.fetch("", now=NOW)), lambda: exchange.send([opinion])):
                try:
                    told.append(act())
                except TutelaError as error:
                    told += [str(error), repr(error), repr(error.__cause__)]
            server.heal()
    text = f"{told!r} {caplog.text}"
    assert len(told) > 6
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("kind", ["ncmec", "stopncii", "tat"])
def test_what_is_wrong_with_a_setting_is_told_without_it(kind: str) -> None:
    from tutela.exchanges import KINDS, open_exchange
    from tutela.exchanges.tests.opening import transport

    secret = {each.name: PASSWORD for each in KINDS[kind].credentials}
    for settings in (
        {"address": f"http://{PASSWORD}.example"},
        {"nothing": "x"},
        {"address": f"https://a:{PASSWORD}@b"},
    ):
        with pytest.raises(TutelaError) as caught, suppress(KeyError):
            open_exchange(kind, settings, secret, transport=transport())
        assert PASSWORD not in str(caught.value)
