"""A proxy between a browser and a node that remembers every request, whole, wherever it was meant to go.

Rules:
- what is meant for the node is passed on; anything else is remembered and answered with one word, or refused when it
  would be encrypted: nothing leaves the machine
"""

import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

ELSEWHERE = b"weather"
OWN_HOP = {"connection", "content-length", "keep-alive", "proxy-connection", "transfer-encoding"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    method: str
    url: str
    headers: str
    body: bytes


class Relay:
    """`asked` grows with each request; `port` is the proxy's."""

    def __init__(self, netloc: str) -> None:
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(netloc, self.asked))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(netloc: str, asked: list[Asked]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(Asked(method=self.command, url=self.path, headers=str(self.headers), body=body))
            if urlsplit(self.path).netloc != netloc:
                self._answer(200, [("Content-Type", "text/html")], ELSEWHERE)
            else:
                self._answer(*_passed_on(self, netloc, body))

        do_POST = do_HEAD = do_PUT = do_OPTIONS = do_GET

        def do_CONNECT(self) -> None:
            asked.append(Asked(method="CONNECT", url=self.path, headers=str(self.headers), body=b""))
            self._answer(502, [], b"")

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing is printed."""

    return Handler


def _passed_on(request: BaseHTTPRequestHandler, netloc: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    node = http.client.HTTPConnection(netloc, timeout=60)
    try:
        path = request.path.split(netloc, 1)[1]
        headers = {name: value for name, value in request.headers.items() if name.lower() not in OWN_HOP}
        node.request(request.command, path, body=body or None, headers=headers)
        answer = node.getresponse()
        told = [
            (name, value) for name, value in answer.getheaders() if name.lower() not in {*OWN_HOP, "content-length"}
        ]
        return answer.status, told, answer.read()
    finally:
        node.close()
