"""A local server that speaks NCMEC's protocol, and somebody who subscribes to it."""

from collections.abc import Iterator

import pytest
from simulators.exchanges_ncmec import NcmecServer
from simulators.exchanges_subscriber import Subscriber

from tutela.exchanges.tests.opening import NOW, PASSWORD, ncmec


@pytest.fixture
def server() -> Iterator[NcmecServer]:
    with NcmecServer(password=PASSWORD, page=10, now=lambda: NOW) as running:
        yield running


@pytest.fixture
def subscriber(server: NcmecServer) -> Iterator[Subscriber]:
    exchange = ncmec(server)
    yield Subscriber(exchange)
    exchange.close()
