"""The fetcher against working servers on loopback, which the tests allow as the exercise network."""

import gzip
from ipaddress import ip_address

import pytest
from simulators import hostile_web as hostile
from simulators.hostile_web import HostileWeb

from tutela_node.desks.cli.exampleland.web_host import WebHost
from tutela_node.foundation.errors import Forbidden, Invalid, Limited, Unavailable
from tutela_node.foundation.fetcher import FetchPolicy, Resolver, fetch

LOOPBACK = FetchPolicy(max_bytes=100_000, seconds=1.5, redirects=3, exercise_network="127.0.0.0/8")
PUBLIC = FetchPolicy(max_bytes=100_000, seconds=1.5, redirects=3)


class Zone(Resolver):
    """A resolver with a fixed zone; a list of lists answers differently each time it is asked."""

    def __init__(self, **names):
        super().__init__()
        self.names_asked = []
        self._zone = {name.replace("_", "."): answers for name, answers in names.items()}

    def addresses(self, host, *, seconds=5):
        self.names_asked.append(host)
        answers = self._zone.get(host)
        if answers is None:
            return super().addresses(host, seconds=seconds)
        answer = answers.pop(0) if isinstance(answers[0], list) else answers
        return tuple(ip_address(each) for each in answer)


def read(url, policy=LOOPBACK, resolver=None):
    pieces = []
    return fetch(url, sink=pieces.append, policy=policy, resolver=resolver or Zone()), b"".join(pieces)


def test_a_picture_arrives_whole():
    with WebHost() as host:
        body = host.show("/a/1.jpg", seed=7)
        fetched, got = read(host.url("/a/1.jpg"))
    assert (fetched.status, fetched.content_type, fetched.size) == (200, "image/jpeg", len(body))
    assert got == body


def test_what_is_gone_gives_the_sink_nothing():
    with WebHost() as host:
        fetched, got = read(host.url("/gone"))
    assert (fetched.status, fetched.size, got) == (404, 0, b"")


def test_the_name_reaches_the_host_and_the_connection_the_checked_address():
    with HostileWeb(hostile.says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) as server:
        _, got = read(f"http://img4.example:{server.port}/a?b=%20c", resolver=Zone(img4_example=["127.0.0.1"]))
    head = server.asked[0].decode().splitlines()
    assert got == b"ok"
    assert head[:2] == ["GET /a?b=%20c HTTP/1.1", f"Host: img4.example:{server.port}"]
    assert "Accept-Encoding: identity" in head
    assert not [line for line in head if line.lower().startswith(("cookie", "authorization", "referer"))]


def test_redirects_are_followed_and_counted():
    with WebHost() as host:
        host.show("/b", seed=1)
        host.move("/a", "/b")
        fetched, _ = read(host.url("/a"))
    assert (fetched.redirects, fetched.final_url) == (1, host.url("/b"))


def test_a_redirect_loop_ends():
    with WebHost() as host:
        host.move("/a", "/a")
        with pytest.raises(Limited, match="redirects"):
            read(host.url("/a"))


CLOSED = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://169.254.169.254/",
    "http://10.0.0.1/",
    "http://100.64.0.1/",
    "http://192.168.1.1/",
    "http://172.31.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[ff02::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:1::]/",
]


@pytest.mark.parametrize("url", CLOSED)
def test_our_own_networks_are_closed(url):
    with pytest.raises(Forbidden, match="not public") as refusal:
        read(url, PUBLIC)
    assert "127" not in str(refusal.value)


@pytest.mark.parametrize("location", CLOSED)
def test_a_redirect_cannot_lead_inside(location):
    server = HostileWeb(hostile.redirects_to(location), address="127.0.0.2")
    with server, pytest.raises(Forbidden):
        read(f"http://127.0.0.2:{server.port}/", FetchPolicy(seconds=1.5, exercise_network="127.0.0.2/32"))


def test_a_redirect_to_a_name_is_resolved_and_checked_again():
    zone = Zone(out_example=["127.0.0.1"], in_example=["10.1.2.3"])
    with HostileWeb(hostile.redirects_to("http://in.example/")) as server, pytest.raises(Forbidden):
        read(f"http://out.example:{server.port}/", resolver=zone)
    assert zone.names_asked == ["out.example", "in.example"]


def test_a_name_that_changes_its_answer_is_asked_once_a_hop():
    zone = Zone(changing_example=[["127.0.0.1"], ["10.0.0.1"]])
    with HostileWeb(hostile.redirects_to("/again")) as server, pytest.raises(Forbidden):
        read(f"http://changing.example:{server.port}/", resolver=zone)
    assert len(server.asked) == 1
    assert len(zone.names_asked) == 2


@pytest.mark.parametrize(
    "answer", ["::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "100.64.9.9", "fec0::1", "::7f00:1"]
)
def test_an_answer_in_disguise_is_refused(answer):
    with pytest.raises(Forbidden):
        read("http://disguised.example/", PUBLIC, Zone(disguised_example=[answer]))


def test_one_closed_address_among_open_ones_closes_the_name():
    with pytest.raises(Forbidden):
        read("http://mixed.example/", resolver=Zone(mixed_example=["8.8.8.8", "192.168.0.1"]))


def test_other_ports_exist_in_the_exercise_network_only():
    with pytest.raises(Forbidden, match="ports"):
        read("http://far.example:8080/", resolver=Zone(far_example=["8.8.8.8"]))


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "file:///etc/hosts", "javascript:1", "http://user:word@a.example/", "gopher://a.example"],
)
def test_other_schemes_and_credentials_are_refused(url):
    with pytest.raises(Forbidden):
        read(url)


@pytest.mark.parametrize(
    "url", ["http://", "http:///x", "http://a.example:99999/", "http://[::1", "http://a\r\nb.example/"]
)
def test_what_is_no_address_is_said(url):
    with pytest.raises(Invalid):
        read(url)


def at(server):
    return f"http://127.0.0.1:{server.port}/"


@pytest.mark.parametrize(
    ("behaviour", "error", "sentence"),
    [
        (hostile.endless_body, Limited, "larger"),
        (hostile.endless_chunks, Limited, "larger"),
        (hostile.gzip_bomb, Limited, "larger"),
        (hostile.huge_headers, Limited, "larger"),
        (hostile.endless_hints, Limited, "larger"),
        (hostile.drip, Limited, "longer than"),
        (hostile.drip_headers, Limited, "longer than"),
        (hostile.silent, Limited, "longer than"),
        (hostile.says(b"SSH-2.0-example\r\n"), Unavailable, "HTTP"),
        (hostile.says(b"\x00\xff" * 500), Unavailable, "HTTP"),
        (hostile.says(b""), Unavailable, "HTTP"),
        (hostile.says(hostile.OK + b"Content-Length: 50\r\n\r\nshort"), Unavailable, "before its end"),
        (hostile.says(hostile.OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nshort"), Unavailable, "HTTP"),
        (hostile.says(hostile.OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), Unavailable, "HTTP"),
        (hostile.says(hostile.OK + b"Content-Encoding: br\r\n\r\nxx"), Unavailable, "packed"),
        (hostile.says(hostile.OK + b"Content-Encoding: gzip\r\n\r\nxx"), Unavailable, "unpacked"),
    ],
)
def test_hostile_servers_end_in_a_plain_error(behaviour, error, sentence):
    with HostileWeb(behaviour) as server, pytest.raises(error, match=sentence) as refusal:
        read(at(server))
    assert str(server.port) not in str(refusal.value)


def test_an_answer_longer_than_it_said_is_cut_where_it_said():
    with HostileWeb(hostile.says(hostile.OK + b"Content-Length: 3\r\n\r\nabcdef")) as server:
        assert read(at(server))[1] == b"abc"


def test_gzip_that_nobody_asked_for_is_undone():
    packed = gzip.compress(b"pattern" * 100)
    head = hostile.OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with HostileWeb(hostile.says(head + packed)) as server:
        assert read(at(server))[1] == b"pattern" * 100


def test_a_port_where_nothing_listens_is_unavailable():
    with WebHost() as host:
        url = host.url("/")
    with pytest.raises(Unavailable, match="connections"):
        read(url)


def test_a_refusing_sink_stops_the_fetch():
    def sink(_):
        raise Limited("the vault is full")

    with HostileWeb(hostile.endless_body) as server, pytest.raises(Limited, match="vault"):
        fetch(at(server), sink=sink, policy=LOOPBACK, resolver=Resolver())
