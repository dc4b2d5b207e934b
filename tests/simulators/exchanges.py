"""Stands in for a service that hands out a hash list: an HTTP server on loopback, and the faults it can be told.

A subclass answers questions; `spoil` makes it answer the next ones badly. It hands out whatever values it is given:
generated digests of nothing, never those of real material. `asked` holds every question, for tests to look at.
"""

import gzip
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`cut` is after how many octets of the body the connection ends; `stream` follows the body, without a length."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    delay: float = 0
    stream: Iterable[bytes] | None = None


Fault = Callable[[Reply], Reply]
Which = Callable[[Question], bool]


def fails(status: int = 500) -> Fault:
    return lambda _: Reply(status=status, body=b"out of order")


def busy(seconds: int | str) -> Fault:
    return lambda _: Reply(status=429, headers={"Retry-After": str(seconds)})


def cut(reply: Reply) -> Reply:
    return replace(reply, cut=len(reply.body) // 2)


def shortened(share: float = 0.5) -> Fault:
    """A page that ends early and says so: nothing on the wire is wrong."""
    return lambda reply: replace(reply, body=reply.body[: int(len(reply.body) * share)])


def says(body: bytes) -> Fault:
    return lambda _: Reply(body=body)


def slow(seconds: float) -> Fault:
    return lambda reply: replace(reply, delay=seconds)


def redirects(location: str) -> Fault:
    return lambda _: Reply(status=302, headers={"Location": location})


def endless(reply: Reply) -> Reply:
    def zeros() -> Iterator[bytes]:
        while True:
            yield b"0" * 65536

    return replace(reply, stream=zeros())


def drips(reply: Reply) -> Reply:
    def drops() -> Iterator[bytes]:
        while True:
            time.sleep(0.02)
            yield b" "

    return replace(reply, stream=drops())


def bomb(octets: int) -> Fault:
    """A small answer that unpacks into `octets`."""
    return lambda _: Reply(body=gzip.compress(bytes(octets)), headers={"Content-Encoding": "gzip"})


def packed(reply: Reply) -> Reply:
    return replace(reply, body=gzip.compress(reply.body), headers={**reply.headers, "Content-Encoding": "gzip"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):  # the other side hung up, which is what some tests want
            super().handle_error(request, client_address)


class ExchangeServer:
    """Serves on loopback until it is left: `with ExchangeServer() as server: server.url`."""

    path = ""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self._faults: list[tuple[Which, Fault, int]] = []
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{self.path}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, question: Question) -> Reply:
        """What a sound service answers."""
        raise NotImplementedError

    def spoil(self, fault: Fault, *, times: int = 1, when: Which = lambda _: True) -> None:
        """The next `times` questions that `when` picks are answered with a fault."""
        self._faults.append((when, fault, times))

    def heal(self) -> None:
        self._faults.clear()

    def reply(self, question: Question) -> Reply:
        with self._lock:
            self.asked.append(question)
            reply = self.answer(question)
            for place, (when, fault, times) in enumerate(self._faults):
                if when(question):
                    self._faults[place : place + 1] = [(when, fault, times - 1)] if times > 1 else []
                    return fault(reply)
            return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answered = self.reply

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def setup(self) -> None:
                super().setup()
                self.connection.settimeout(30)

            def _serve(self) -> None:
                parts = urlsplit(self.path)
                length = min(int(self.headers.get("Content-Length") or 0), 1 << 26)
                given = Question(
                    method=self.command,
                    path=parts.path,
                    query={name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(length),
                )
                try:
                    self._send(answered(given))
                except OSError:
                    self.close_connection = True  # the other side hung up

            def _send(self, reply: Reply) -> None:
                time.sleep(reply.delay)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.stream is None:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.close_connection = reply.stream is not None or reply.cut is not None
                self.end_headers()
                self.wfile.write(reply.body[: reply.cut])
                self.wfile.flush()
                for piece in reply.stream or ():
                    self.wfile.write(piece)
                    self.wfile.flush()

            do_GET = do_PUT = do_POST = _serve

            def log_message(self, *_: object) -> None:
                """Nothing is logged: the questions are kept in `asked`."""

        return Handler
