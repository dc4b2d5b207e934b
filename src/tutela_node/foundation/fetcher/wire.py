"""The socket under a fetch: connects to checked addresses only, within one deadline and a budget of bytes.

Rules:
- the host name reaches TLS (SNI, certificate check) and the Host header; the connection goes to the addresses given,
  so a name that changes between check and connect changes nothing
- every wait gets what is left of the one deadline; a server that drips bytes is cut when it ends. CPython bounds a
  whole TLS handshake or read by the socket's timeout, not each of its parts
- bytes on the wire are counted as they come, before the HTTP parser sees them
"""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from tutela_node.foundation.errors import Limited
from tutela_node.foundation.fetcher.values import Address, Deadline


class BoundedStream(httpcore.NetworkStream):
    """A stream whose reads and writes share one deadline, and whose reads share one budget."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline, budget: int) -> None:
        self._inner = inner
        self._deadline = deadline
        self.budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        if self.budget <= 0:
            raise Limited("the answer is larger than we accept", place="bytes")
        data = self._inner.read(min(max_bytes, self.budget), timeout=self._deadline.left())
        self.budget -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._inner.write(buffer, timeout=self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout=self._deadline.left())
        return BoundedStream(inner, self._deadline, self.budget)

    def get_extra_info(self, info: str) -> Any:
        return self if info == "bounded" else self._inner.get_extra_info(info)


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to the first of `addresses` that answers, whatever name is asked for."""

    def __init__(self, addresses: tuple[Address, ...], deadline: Deadline, budget: int) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._budget = budget
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        del host, timeout, local_address, socket_options
        refused: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for place, address in enumerate(self._addresses):
            share = self._deadline.left() / (len(self._addresses) - place)
            try:
                inner = self._sockets.connect_tcp(str(address), port, timeout=share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refused = error
            else:
                return BoundedStream(inner, self._deadline, self._budget)
        raise refused or httpcore.ConnectError("no address")
