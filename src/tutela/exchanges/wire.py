"""The sockets under an exchange: every wait within one deadline, every byte within one budget.

Rules:
- a server that drips bytes, headers or a handshake is cut when the deadline ends
- bytes are counted on the wire, before the HTTP parser sees them
- certificates are verified; the environment's proxies and certificate settings are not read
- the HTTP library's own log is switched off below warnings: it would tell headers, and links with tokens in them
"""

import logging
import ssl
from collections.abc import Callable, Iterable
from typing import Any

import certifi
import httpcore

from tutela.errors import Limited, Unavailable


class Allowance:
    """What one answer may take: seconds on `clock`, and octets."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends = 0.0
        self._octets = 0

    def begin(self, *, seconds: float, octets: int) -> None:
        self._ends = self._clock() + seconds
        self._octets = octets

    def left(self) -> float:
        """Seconds that remain. Raises Unavailable when there are none."""
        left = self._ends - self._clock()
        if left <= 0:
            raise Unavailable("the service took too long to answer", place="time")
        return left

    def take(self, octets: int) -> None:
        """Raises Limited when there were fewer left."""
        self._octets -= octets
        if self._octets < 0:
            raise Limited("the answer is larger than we accept", place="bytes")


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._inner = inner
        self._allowance = allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, timeout=self._wait(timeout))
        self._allowance.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=self._wait(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout=self._wait(timeout))
        return _Stream(inner, self._allowance)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _wait(self, timeout: float | None) -> float:
        left = self._allowance.left()
        return left if timeout is None else min(left, timeout)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        wait = min(self._allowance.left(), timeout or float("inf"))
        return _Stream(self._sockets.connect_tcp(host, port, wait, local_address, socket_options), self._allowance)


def open_pool(allowance: Allowance, *, roots: str, proxy: str) -> httpcore.ConnectionPool:
    """Connections under `allowance`. `roots`: a PEM file, empty for those of certifi. `proxy`: an address, or empty."""
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    context = ssl.create_default_context(cafile=roots or certifi.where())
    return httpcore.ConnectionPool(
        ssl_context=context,
        proxy=httpcore.Proxy(proxy) if proxy else None,
        max_connections=1,
        keepalive_expiry=30,
        network_backend=_Backend(allowance),
    )
