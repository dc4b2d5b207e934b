"""Stands in for servers that do not want to be fetched politely: each behaviour is a function over a raw socket.

They send patterns of zeros and nothing else. A server stops when the other side hangs up or it is stopped.
"""

import gzip
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

Behaviour = Callable[[socket.socket, threading.Event], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"


class HostileWeb:
    """Answers every connection on loopback with one behaviour. `asked` holds the request heads."""

    def __init__(self, behave: Behaviour, *, address: str = "127.0.0.1", tls: tuple[Path, Path] | None = None) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, 0), family=family)
        self.port = int(self._listener.getsockname()[1])
        self._behave = behave
        self._stopped = threading.Event()
        self._tls = _context(*tls) if tls else None
        self.asked: list[bytes] = []

    def __enter__(self) -> "HostileWeb":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(10)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            if self._behave is not silent_handshake:
                self.asked.append(connection.recv(65536))
            self._behave(connection, self._stopped)
        except OSError:
            pass  # the other side hung up, which is what the tests want
        finally:
            connection.close()


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def says(answer: bytes) -> Behaviour:
    """Sends fixed bytes and hangs up."""

    def behave(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(answer)

    return behave


def redirects_to(location: str) -> Behaviour:
    return says(b"HTTP/1.1 302 Found\r\nLocation: " + location.encode() + b"\r\nContent-Length: 0\r\n\r\n")


def endless_body(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(OK + b"\r\n")
    while not stopped.is_set():
        connection.sendall(bytes(65536))


def endless_chunks(connection: socket.socket, stopped: threading.Event) -> None:
    """Chunks of one byte, each wrapped in a long extension: mostly framing."""
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while not stopped.is_set():
        connection.sendall((b"1;" + b"x" * 200 + b"\r\n0\r\n") * 100)


def drip(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(OK + b"Content-Length: 1000\r\n\r\n")
    while not stopped.wait(0.05):
        connection.sendall(b"0")


def drip_headers(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not stopped.wait(0.05):
        connection.sendall(b"x")


def huge_headers(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not stopped.is_set():
        connection.sendall(b"X-Filler: " + b"x" * 4096 + b"\r\n")


def endless_hints(connection: socket.socket, stopped: threading.Event) -> None:
    while not stopped.is_set():
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" * 50)


def silent(connection: socket.socket, stopped: threading.Event) -> None:
    """Takes the request and never answers."""
    stopped.wait(10)


def silent_handshake(connection: socket.socket, stopped: threading.Event) -> None:
    """Starts a TLS record and drips it, one byte at a time."""
    connection.sendall(b"\x16\x03\x03\x40\x00")
    while not stopped.wait(0.05):
        connection.sendall(b"\x02")


def gzip_bomb(connection: socket.socket, stopped: threading.Event) -> None:
    packed = gzip.compress(bytes(30_000_000))
    connection.sendall(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)
