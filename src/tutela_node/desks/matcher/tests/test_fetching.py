"""Questions by address, through a real socket to the worker: an allow-list, and no way into our networks."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutela.media.isolated import Isolated
from tutela_node.desks.matcher.fetching import MOST_FRAME, AllowedHosts, Asked, Fetching, policy
from tutela_node.desks.matcher.tests.test_own import picture
from tutela_node.foundation.errors import Forbidden, Invalid, TutelaError, Unavailable

TOKEN = "11" * 16


def served(listener: socket.socket, answer: bytes) -> None:
    while True:
        try:
            link, _ = listener.accept()
        except OSError:
            return
        with link, contextlib.suppress(OSError):
            link.recv(65536)
            link.sendall(answer)


@contextlib.contextmanager
def web(head: bytes, body: bytes = b"") -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    answer = b"HTTP/1.1 " + head + b"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
    threading.Thread(target=served, args=(listener, answer), daemon=True).start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@contextlib.contextmanager
def worker(folder: Path, decoder: Isolated, *hosts: str, network: str = "127.0.0.0/8") -> Iterator[Asked]:
    path, stop = folder / "m" / "fetch.sock", threading.Event()
    half = Fetching(
        path,
        hosts_of=lambda token: frozenset(hosts) if token == TOKEN else frozenset(),
        policy=policy(network),
        dns=("127.0.0.1", 9),
        decoder=decoder,
    )
    loop = threading.Thread(target=lambda: iter_until(stop, half))
    loop.start()
    while not path.exists():
        time.sleep(0.01)
    yield Asked(path)
    stop.set()
    loop.join()
    half.close()


def iter_until(stop: threading.Event, half: Fetching) -> None:
    while not stop.is_set():
        half.once()


def test_an_allowed_address_is_fetched_and_only_its_fingerprints_come_back(tmp_path: Path, decoder: Isolated) -> None:
    with web(b"200 OK", picture()) as port, worker(tmp_path, decoder, "127.0.0.1") as ask:
        found = ask(TOKEN, f"http://127.0.0.1:{port}/a.png")
    assert found["pdq"]
    assert "content" not in found


@pytest.mark.parametrize("url", ["http://127.0.0.2/", "http://images.example/", "http://127.1/", "http://[::1]/"])
def test_a_host_outside_the_agreement_is_refused(tmp_path: Path, decoder: Isolated, url: str) -> None:
    with worker(tmp_path, decoder, "other.example") as ask, pytest.raises(Forbidden):
        ask(TOKEN, url)


@pytest.mark.parametrize(("host", "is_allowed"), [("a.b.images.example", True), ("evilimages.example", False)])
def test_what_lies_below_a_host_is_allowed(host: str, is_allowed: bool) -> None:
    hosts = AllowedHosts(frozenset({"images.example", "0.1"}), ("127.0.0.1", 9))
    with pytest.raises(TutelaError) as caught:
        hosts.addresses(host, seconds=0.1)
    assert isinstance(caught.value, Forbidden) is not is_allowed
    with pytest.raises(Forbidden):
        hosts.addresses("10.0.0.1")


def test_the_worker_believes_no_token_that_has_no_hosts(tmp_path: Path, decoder: Isolated) -> None:
    with worker(tmp_path, decoder, "127.0.0.1") as ask, pytest.raises(Forbidden):
        ask("22" * 16, "http://127.0.0.1/")


def test_a_redirect_to_another_host_is_refused(tmp_path: Path, decoder: Isolated) -> None:
    with (
        web(b"302 Found\r\nLocation: http://127.0.0.9/") as port,
        worker(tmp_path, decoder, "127.0.0.1") as ask,
        pytest.raises(Forbidden, match="does not name"),
    ):
        ask(TOKEN, f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://0x7f000001/", "http://2130706433/", "http://10.0.0.1/"])
def test_an_address_inside_our_networks_is_refused_even_when_named(tmp_path: Path, decoder: Isolated, url: str) -> None:
    with worker(tmp_path, decoder, "127.0.0.1", "10.0.0.1", network="") as ask, pytest.raises(Forbidden):
        ask(TOKEN, url)


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "ftp://images.example/", "http://a:b@127.0.0.1/", "x" * 9000]
)
def test_what_is_no_web_address_is_refused(tmp_path: Path, decoder: Isolated, url: str) -> None:
    with worker(tmp_path, decoder, "127.0.0.1") as ask, pytest.raises(TutelaError) as caught:
        ask(TOKEN, url)
    assert "passwd" not in str(caught.value)


def test_a_host_that_answers_badly_is_told(tmp_path: Path, decoder: Isolated) -> None:
    with web(b"404 Not Found") as port, worker(tmp_path, decoder, "127.0.0.1") as ask, pytest.raises(Invalid):
        ask(TOKEN, f"http://127.0.0.1:{port}/")


def test_without_a_worker_the_question_waits_for_another_day(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        Asked(tmp_path / "nobody.sock")(TOKEN, "http://images.example/")


def test_a_frame_that_is_too_long_or_nonsense_stops_nothing(tmp_path: Path, decoder: Isolated) -> None:
    with worker(tmp_path, decoder, "127.0.0.1") as ask:
        for frame in (b"\xff" * 8, (MOST_FRAME + 1).to_bytes(8) + b"x", b"\0" * 7 + b"\x02[]", b"\0"):
            with socket.socket(socket.AF_UNIX) as link:
                link.connect(str(tmp_path / "m" / "fetch.sock"))
                link.sendall(frame)
        with pytest.raises(Forbidden):
            ask(TOKEN, "http://images.example/")
