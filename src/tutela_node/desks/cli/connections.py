"""Connections of a web desk: a visitor who sends slowly holds nobody up.

Rules:
- a request gets a thread once the whole of its head is here; until then it costs a socket, and 20 seconds at most
- who waits longest with half a head makes room where too many wait
- a thread waits 15 seconds at most for the next bytes of a body, and no longer than a body's least pace allows
- who is refused while his body comes still hears why
- the loop that accepts connections never waits for one of them

Sources: gunicorn 27, `gunicorn.workers.gthread`; RFC 9112, sections 2.2 (empty lines before a request) and 9.6; the
pace is that of Apache's mod_reqtimeout.
"""

import errno
import selectors
import time
from contextlib import suppress
from functools import partial
from socket import SHUT_WR, socket
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS = 20.0  # for all of a head
READ_SECONDS = 15.0  # for the next bytes of a body
WRITE_SECONDS = 60.0  # for a piece of an answer
GRACE_SECONDS = 20.0  # of waiting for a body before its pace counts
PACE = 500  # bytes a second of waiting
MOST_HEAD = 64 * 1024
MOST_WAITING = 400
PIECE = 8192
SEE_OFF_SECONDS = 2.0
SEE_OFF_PIECE = 256 * 1024
END = b"\r\n\r\n"
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Reading(SocketUnreader):  # type: ignore[misc]  # gunicorn ships no types
    """Reads a request. Raises TimeoutError for a body that does not come, or comes slower than its least pace."""

    def __init__(self, sock: socket) -> None:
        super().__init__(sock)
        self.begin()

    def begin(self) -> None:
        """The pace of one request says nothing of the next."""
        self._count, self._waited = 0, 0.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        before, since = self.sock.gettimeout(), time.monotonic()
        self.sock.settimeout(READ_SECONDS if before is None else min(before, READ_SECONDS))
        try:
            found: bytes = super().chunk(size_hint)
        finally:
            self.sock.settimeout(before)
        self._count += len(found)
        self._waited += time.monotonic() - since
        if self._waited > GRACE_SECONDS and self._count < self._waited * PACE:
            raise TimeoutError("this body comes too slowly")
        return found


class Visit(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A connection that knows how much of its next head is here."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.head = bytearray()
        self.is_ended = self.is_closed = False
        self.data_ready = True  # a thread gets it when there is something to read

    def read_head(self) -> bool:
        """Takes what has come. Says whether a thread can go on: the head is whole, or nothing more comes."""
        try:
            found = self.sock.recv(PIECE)
        except BlockingIOError:
            return False
        except OSError:
            found = b""
        self.is_ended = not found
        return self.has_head(found)

    def has_head(self, found: bytes) -> bool:
        """Adds bytes to the head. Says whether it is whole, or so wrong that it will be refused at once."""
        self.head += found
        while self.head.startswith(b"\r\n"):
            del self.head[:2]
        line = self.head.find(b"\n")
        is_bare = line >= 0 and self.head[line - 1 : line] != b"\r"
        return self.is_ended or is_bare or self.head.find(END, max(0, len(self.head) - len(found) - 3)) >= 0

    def init(self) -> None:
        if not self.initialized:
            super().init()
            self.parser.unreader = Reading(self.sock)
        self.sock.settimeout(WRITE_SECONDS)
        self.parser.unreader.begin()
        self.parser.unreader.unread(bytes(self.head))
        self.head.clear()

    def close(self, graceful: bool = False) -> None:
        if not self.is_closed:
            self.is_closed = True
            if graceful:
                self._see_off()
            super().close()

    def _see_off(self) -> None:
        """Takes in what is still being sent: closed upon unread bytes, a line loses the answer that is on its way."""
        deadline = time.monotonic() + SEE_OFF_SECONDS
        with suppress(OSError):
            self.sock.shutdown(SHUT_WR)
            while (seconds := deadline - time.monotonic()) > 0:
                self.sock.settimeout(seconds)
                if not self.sock.recv(SEE_OFF_PIECE):
                    return


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's worker with threads, which hands a connection to a thread when the head of a request is here."""

    def accept(self, listener: socket) -> None:
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        self._wait_for_head(Visit(self.cfg, sock, client, listener.getsockname()))

    def on_client_socket_readable(self, conn: Visit, client: socket) -> None:
        """The next request on a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._wait_for_head(conn)

    def on_pending_socket_readable(self, conn: Visit, client: socket) -> None:
        if conn.read_head():
            super().on_pending_socket_readable(conn, client)
        elif len(conn.head) > MOST_HEAD:
            with suppress(OSError):
                client.send(TOO_LARGE)
            self._drop(conn)

    def enqueue_req(self, conn: Visit) -> None:
        """To a thread; what was sent on the heels of a request waits like every other head until it is whole."""
        ahead = conn.parser.unreader.take_buffered() if conn.parser else b""
        if not ahead or conn.has_head(ahead):
            super().enqueue_req(conn)
        else:
            self._wait_for_head(conn)

    def handle(self, conn: Visit) -> Any:
        """In a thread, which also waits until the visitor has closed: the loop would stand still for that long."""
        result = super().handle(conn)
        if not result:
            conn.close(graceful=True)
        return result

    def _wait_for_head(self, conn: Visit) -> None:
        while len(self.pending_conns) >= MOST_WAITING:
            self._drop(self.pending_conns[0])
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _drop(self, conn: Visit) -> None:
        self.pending_conns.remove(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()
