"""What the proxy itself has to say: plainly, neutrally, readable by programs, and without writing it down.

No node runs here: behind the proxy is nothing, or somebody who never answers.
"""

import json
import socket
import time
from contextlib import ExitStack, contextmanager
from xml.etree import ElementTree

import httpx
import pytest
from journeys.proxied import Through

from tests.simulators.proxy import NAMES, Proxy, find_nginx, host_of
from tests.simulators.watching import Watched
from tutela_node.desks.cli.exampleland.dns_world import free_port

pytestmark = pytest.mark.skipif(
    find_nginx() is None, reason="nginx is not installed; on Debian: apt-get install nginx-light"
)
PATHS = {"public": "/en/go", "workbench": "/", "api": "/api/v1/match", "matcher": "/v1/match"}
PAGES, PROGRAMS = ("public", "workbench"), ("api", "matcher")
HASTE = {"proxy_read_timeout 60s": "proxy_read_timeout 1s", "proxy_read_timeout 300s": "proxy_read_timeout 1s"}


@contextmanager
def alone(folder, desks=None):
    """A proxy, what was written in its folder meanwhile, and a function that asks a desk."""
    desks = desks or {desk: free_port() for desk in NAMES}
    with Proxy(folder, desks, instead=HASTE) as proxy, Watched(folder) as seen, ExitStack() as stack:
        clients = {  # each with lines of its own, as the hosts would be
            desk: stack.enter_context(httpx.Client(transport=Through(proxy), timeout=20, trust_env=False))
            for desk in NAMES
        }

        def ask(desk, path="", method="POST", **more):
            return clients[desk].request(method, f"{proxy.url(desk)}{path or PATHS[desk]}", **more)

        yield proxy, ask
        assert not seen.touched()


@pytest.fixture(scope="module")
def dead(tmp_path_factory):
    with alone(tmp_path_factory.mktemp("dead")) as running:
        yield running


def check_page(answer):
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert all(f'lang="{each}"' in answer.text for each in ("en", "fr", "es", "ar"))
    assert "nginx" not in answer.text.lower()
    assert "<title>Help and contact</title>" in answer.text


def check_problem(answer):
    """As our own desks tell theirs (RFC 9457)."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = json.loads(answer.text)
    assert said["status"] == answer.status_code
    assert said["type"] == "about:blank"
    assert {"title", "kind", "detail"} <= set(said)
    assert "nginx" not in answer.text.lower()


def check_document(answer, code):
    """As the CyberTipline interface tells its own."""
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert [each.tag for each in root] == ["responseCode", "responseDescription"]
    assert root[0].text == code


@pytest.mark.parametrize("desk", PAGES)
def test_a_dead_node_is_told_to_people(dead, desk):
    answer = dead[1](desk, data={"words": "a test message"})
    assert answer.status_code == 502
    assert answer.headers["Retry-After"] == "10"
    assert "Go back, and press the button again in a minute." in answer.text
    assert ("112" in answer.text) == (desk == "public")
    check_page(answer)


@pytest.mark.parametrize("desk", PROGRAMS)
def test_a_dead_node_is_told_to_programs(dead, desk):
    answer = dead[1](desk, json={})
    assert answer.status_code == 502
    assert answer.headers["Retry-After"] == "10"
    check_problem(answer)


@pytest.mark.parametrize("size", [9, 5_000_000])
def test_a_dead_node_is_told_to_a_cybertipline_client(dead, size):
    answer = dead[1]("api", "/ispws/upload", content=b"a" * size)
    assert answer.status_code == 502
    check_document(answer, "1000")


@pytest.mark.parametrize(
    ("desk", "path"), [("api", "/api/v1/match"), ("api", "/api/v1/reports"), ("matcher", "/v1/match")]
)
def test_a_body_that_is_too_large_is_told_to_programs(dead, desk, path):
    status, answer = far_too_large(dead[0], desk, path)
    assert status == 413
    check_problem(answer)


def test_a_body_that_is_too_large_is_told_to_people_and_to_cybertipline_clients(dead):
    page = dead[1]("public", content=b"a" * (1 << 21))
    status, document = far_too_large(dead[0], "api", "/ispws/upload")
    assert (page.status_code, status) == (413, 413)
    check_page(page)
    check_document(document, "4000")


@pytest.mark.parametrize("desk", NAMES)
def test_a_head_that_is_too_large_is_told(dead, desk):
    answer = dead[1](desk, headers={"X-Long": "a" * 30_000})
    line = dead[1](desk, f"/{'a' * 30_000}")
    assert (answer.status_code, line.status_code) == (431, 414)
    for each in (answer, line):
        check_page(each) if desk in PAGES else check_problem(each)


def test_a_look_up_may_have_a_long_query(dead):
    long = f"/m/raw_lookup?signal={'a' * 12_000}"
    assert (dead[1]("matcher", long).status_code, dead[1]("api", long).status_code) == (502, 414)


@pytest.mark.parametrize("desk", NAMES)
def test_what_is_no_request_is_told(dead, desk):
    bad = (
        b"GET / HTTP/1.1\r\nHost: %s\r\nHost: %s\r\n\r\n",
        b"GET  /x y z\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nHost: %s\r\n\r\n",
        b"GET /-told HTTP/1.1\r\nHost: %s\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: -3\r\n\r\n",
    )
    for request in bad:
        found = said(dead[0], desk, request)
        assert b"nginx</" not in found
        assert found.startswith((b"HTTP/1.1 400", b"HTTP/1.1 404", b"HTTP/1.1 405", b"HTTP/1.1 502")), found


def test_plain_http_to_the_port_of_tls_is_told(dead):
    with socket.create_connection(("127.0.0.1", dead[0].tls), timeout=10) as line:
        line.sendall(f"GET / HTTP/1.1\r\nHost: {host_of('public')}\r\n\r\n".encode())
        found = line.recv(10_000)
    assert found.startswith(b"HTTP/1.1 400")
    assert b"<center>nginx" not in found


def test_who_breaks_off_or_speaks_no_tls_is_not_written_down(dead):
    for spoken in (b"\x16\x03\x01\x00\x05junk!", b"\x00" * 100, b""):
        with socket.create_connection(("127.0.0.1", dead[0].tls), timeout=10) as line:
            line.sendall(spoken)
    half = b"POST /en/go HTTP/1.1\r\nHost: %s\r\nContent-Length: 900\r\n\r\nwords=a"
    for desk in NAMES:
        opened(dead[0], desk, half).close()


def test_a_slow_node_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        desks = dict.fromkeys(NAMES, mute.getsockname()[1])
        with alone(tmp_path, desks) as (_, ask):
            began = time.monotonic()
            page, problem, document = ask("public"), ask("api"), ask("api", "/ispws/finish")
            assert time.monotonic() - began < 10
    assert [each.status_code for each in (page, problem, document)] == [504, 504, 504]
    check_page(page)
    check_problem(problem)
    check_document(document, "1000")


def test_too_many_at_once_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        desks = dict.fromkeys(NAMES, mute.getsockname()[1])
        with alone(tmp_path, desks) as (proxy, ask):
            waiting = [
                opened(proxy, "api", b"POST /ispws/upload HTTP/1.1\r\nHost: %s\r\nContent-Length: 9\r\n\r\n")
                for _ in range(12)
            ]
            time.sleep(0.3)
            answer = ask("api", "/ispws/upload", content=b"x")
            for line in waiting:
                line.close()
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "10"
    check_document(answer, "1000")


def test_a_file_that_is_gone_at_once_would_have_been_seen(tmp_path):
    """The proof that these tests would see a spooled body: with buffering it is one."""
    spooled = {"proxy_request_buffering off": "proxy_request_buffering on"}
    with (
        Proxy(tmp_path, {desk: free_port() for desk in NAMES}, instead=spooled) as proxy,
        httpx.Client(transport=Through(proxy), timeout=20, trust_env=False) as client,
        Watched(tmp_path) as seen,
    ):
        assert client.post(f"{proxy.url('api')}/ispws/upload", content=b"a" * (2 << 20)).status_code == 502
        assert [each for each in seen.touched() if "tutela-bodies" in str(each)]
        assert not [each for each in (tmp_path / "memory").rglob("*") if each.is_file()]


def test_a_reload_keeps_serving(tmp_path):
    with Proxy(tmp_path, {desk: free_port() for desk in NAMES}) as proxy:
        with httpx.Client(transport=Through(proxy), timeout=20, trust_env=False) as client:
            before = proxy.processes()
            proxy.reload()
            for _ in range(50):
                assert client.get(f"{proxy.url('public')}/").status_code == 502
        assert proxy.processes()[0] == before[0]
        assert "[emerg]" not in proxy.said()


def opened(proxy, desk, head):
    line = proxy.trust().wrap_socket(
        socket.create_connection(("127.0.0.1", proxy.tls), timeout=10), server_hostname=host_of(desk)
    )
    line.sendall(head.replace(b"%s", host_of(desk).encode()))
    return line


def far_too_large(proxy, desk, path):
    """The status and the answer to a body that says it has a tebibyte."""
    found = said(proxy, desk, f"POST {path} HTTP/1.1\r\nHost: %s\r\nContent-Length: {1 << 40}\r\n\r\n".encode())
    head, _, body = found.partition(b"\r\n\r\n")
    named = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    status = int(head.split()[1])
    return status, httpx.Response(status, content=body, headers={"Content-Type": named["Content-Type"]})


def said(proxy, desk, request):
    """Everything that is answered until the proxy closes, or half a second of silence."""
    found = b""
    with opened(proxy, desk, request) as line:
        line.settimeout(0.5)
        try:
            while piece := line.recv(10_000):
                found += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return found
