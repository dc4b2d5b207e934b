"""A served desk answers while others send slowly, and lets go of them in the end."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack

import pytest

from tutela_node.desks.cli.connections import HEAD_SECONDS, MOST_HEAD, MOST_WAITING, READ_SECONDS

BARE = b"GET /health HTTP/1.1\nHost: a\n\n"
POST = b"POST /en/go HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n"
POST += b"Content-Type: application/x-www-form-urlencoded\r\n\r\nwords="
HALF = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "
WHOLE = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A public desk in a process of its own; answers its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TUTELA_", "DJANGO_"))}
    data = str(tmp_path_factory.mktemp("desk"))
    environment = {**kept, "TUTELA_DATA": data, "TUTELA_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "tutela.cli.main", "node"]
    subprocess.run([*command, "init", "--exampleland"], env=environment, check=True, capture_output=True, timeout=120)
    with subprocess.Popen([*command, "serve", "--role", "public"], env=environment) as process:
        try:
            _until_it_answers(port)
            yield port
        finally:
            process.terminate()


def _until_it_answers(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return ask(port)
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the desk does not answer")


def ask(port):
    """How long an answer takes."""
    since = time.monotonic()
    urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30).close()
    return time.monotonic() - since


@pytest.fixture
def send(desk):
    """Opens a connection and sends so much; all are closed with the test."""
    with ExitStack() as stack:

        def run(what):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", desk), timeout=HEAD_SECONDS + 10))
            sock.sendall(what)
            return sock

        yield run


def test_half_heads_hold_nobody_up(desk, send):
    for _ in range(40):
        send(HALF)
    assert max(ask(desk) for _ in range(5)) < 5


@pytest.mark.slow
@pytest.mark.parametrize("more", [b"", b"x"])
def test_half_heads_are_closed_in_the_end(desk, send, more):
    slow, since = [send(HALF) for _ in range(40)], time.monotonic()
    time.sleep(HEAD_SECONDS / 2)
    for sock in slow:
        sock.sendall(more)  # who dribbles is closed like who is silent
    assert [sock.recv(1) for sock in slow] == [b""] * 40
    assert HEAD_SECONDS - 2 < time.monotonic() - since < HEAD_SECONDS + 5
    assert ask(desk) < 5


@pytest.mark.slow
def test_half_a_body_is_given_up(desk, send):
    sock, since = send(POST), time.monotonic()
    assert ask(desk) < 5
    assert sock.recv(10) == b"HTTP/1.1 4"
    assert READ_SECONDS - 2 < time.monotonic() - since < READ_SECONDS + 5


def test_so_many_half_heads_make_room_for_the_next(desk, send):
    first, *_ = [send(HALF) for _ in range(MOST_WAITING + 20)]
    assert ask(desk) < 5
    assert first.recv(1) == b""


def test_visitors_who_do_not_close_hold_nobody_up(desk, send):
    kept = [send(WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")) for _ in range(20)]
    assert ask(desk) < 5
    assert all(sock.recv(12) == b"HTTP/1.1 200" for sock in kept)


def test_a_head_in_pieces_and_two_on_each_others_heels_are_answered(send):
    sock = send(b"\r\n" + WHOLE[:10])
    time.sleep(0.2)
    sock.sendall(WHOLE[10:] + WHOLE + WHOLE[:30])
    time.sleep(0.2)
    sock.sendall(WHOLE[30:])
    found = b""
    while found.count(b"HTTP/1.1 200") < 3:
        found += (piece := sock.recv(4096))
        assert piece, "closed early"


@pytest.mark.parametrize("wrong", [BARE, b"a" * (MOST_HEAD + 9000), b"\0" * 20 + b"\r\n\r\n"])
def test_what_is_no_head_is_refused_at_once(desk, send, wrong):
    assert send(wrong).recv(10) == b"HTTP/1.1 4"
    assert ask(desk) < 5


def test_who_is_refused_while_a_large_body_comes_hears_why(send):
    """A post from another site is refused unread; closed upon unread bytes, the line would break before the answer."""
    head = b"POST /en/go HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://other.example\r\n"
    line = send(head + b"Connection: close\r\nContent-Length: 20000000\r\n\r\n")
    for _ in range(20):
        line.sendall(b"a" * 1_000_000)
    assert line.recv(12) == b"HTTP/1.1 403"
