"""Questions to servers that do not mean well, or are not well."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from simulators import exchanges as faults
from simulators import hostile_web as hostile
from simulators.certificates import certificate
from simulators.exchanges import ExchangeServer, Question, Reply
from simulators.hostile_web import HostileWeb

from tutela.errors import Forbidden, Invalid, Limited, Missing, TutelaError, Unavailable
from tutela.exchanges.tests.opening import transport
from tutela.exchanges.transport import Answer, Request

SECRET = "hunter2-and-a-token"


class Echo(ExchangeServer):
    def answer(self, question: Question) -> Reply:
        return Reply(body=question.method.encode() + question.body)


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as running:
        yield running


def ask(url: str, *, method: str = "GET", body: bytes = b"", **given: object) -> Answer:
    with transport(**given) as asking:
        headers = {"Authorization": SECRET}
        return asking.ask(Request(method=method, url=f"{url}/x?code={SECRET}", headers=headers, body=body))


def test_an_answer(echo: Echo) -> None:
    assert ask(echo.url, method="PUT", body=b"!").body == b"PUT!"
    echo.spoil(faults.packed)
    assert ask(echo.url).body == b"GET"
    assert echo.asked[0].headers["authorization"] == SECRET


@pytest.mark.parametrize(
    ("status", "error", "asked"),
    [
        (401, Forbidden, 1),
        (403, Forbidden, 1),
        (404, Missing, 1),
        (400, Invalid, 1),
        (429, Unavailable, 3),
        (500, Unavailable, 3),
        (503, Unavailable, 3),
        (413, Limited, 1),
        (304, Invalid, 1),
    ],
)
def test_what_a_status_means(echo: Echo, status: int, error: type[TutelaError], asked: int) -> None:
    echo.spoil(faults.fails(status), times=9)
    with pytest.raises(error):
        ask(echo.url, method="PUT")
    assert len(echo.asked) == asked


def test_what_changes_something_is_asked_once(echo: Echo) -> None:
    echo.spoil(faults.fails(503))
    with pytest.raises(Unavailable):
        ask(echo.url, method="POST")
    assert len(echo.asked) == 1


def test_pauses_grow_and_those_asked_for_are_kept(echo: Echo) -> None:
    waited: list[float] = []
    echo.spoil(faults.fails(500), times=2)
    echo.spoil(faults.busy(17))
    echo.spoil(lambda _: Reply(status=503, headers={"Retry-After": "Fri, 01 Mar 2999 00:00:00 GMT"}))
    with pytest.raises(Unavailable, match="503"):
        ask(echo.url, pause=waited.append, pauses=(1, 3, 9, 27))
    assert waited == [1, 3, 17]


@pytest.mark.parametrize("value", ["soon", "-1", "", "1e9", "Fri, 99 Mar 2024"])
def test_a_pause_that_makes_no_sense_is_ours(echo: Echo, value: str) -> None:
    waited: list[float] = []
    echo.spoil(faults.busy(value))
    ask(echo.url, pause=waited.append, pauses=(2,))
    assert waited == [2]


def test_a_cut_answer_is_asked_for_again(echo: Echo) -> None:
    echo.spoil(faults.cut, times=2)
    assert ask(echo.url).body == b"GET"
    echo.spoil(faults.cut, times=3)
    with pytest.raises(Unavailable):
        ask(echo.url)


def test_a_redirect_stays_on_its_host(echo: Echo) -> None:
    echo.spoil(faults.redirects("/elsewhere"))
    assert ask(echo.url).body == b"GET"
    for target in ("https://other.example/", "http://127.0.0.1:1/", "//other.example", "http://[", ""):
        echo.spoil(faults.redirects(target))
        with pytest.raises(Invalid, match="another host"):
            ask(echo.url)
    echo.spoil(faults.redirects("/again"), times=99)
    with pytest.raises(Unavailable, match="one place to the next"):
        ask(echo.url)
    echo.heal()
    echo.spoil(faults.redirects("/elsewhere"))
    with pytest.raises(Invalid):
        ask(echo.url, method="PUT")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.endless, Limited),
        (faults.bomb(50000000), Limited),
        (faults.drips, Unavailable),
        (faults.slow(3), Unavailable),
        (lambda r: replace(r, headers={"Content-Encoding": "br"}), Unavailable),
        (lambda r: replace(r, headers={"Content-Encoding": "gzip"}), Unavailable),
    ],
    ids=["endless", "bomb", "drips", "slow", "brotli", "no gzip"],
)
def test_a_hostile_answer_is_bounded(echo: Echo, fault: faults.Fault, error: type[TutelaError]) -> None:
    echo.spoil(fault, times=9)
    began = time.monotonic()
    with pytest.raises(error):
        ask(echo.url, seconds=0.5, most_octets=1_000_000)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    "behave",
    [
        hostile.endless_body,
        hostile.endless_chunks,
        hostile.drip,
        hostile.drip_headers,
        hostile.huge_headers,
        hostile.endless_hints,
        hostile.silent,
        hostile.gzip_bomb,
        hostile.says(b"nonsense"),
        hostile.says(b""),
    ],
)
def test_a_hostile_server_is_bounded(behave: hostile.Behaviour) -> None:
    began = time.monotonic()
    with HostileWeb(behave) as server, pytest.raises((Unavailable, Limited)):
        ask(f"http://127.0.0.1:{server.port}", seconds=0.4, most_octets=1_000_000)
    assert time.monotonic() - began < 4


def test_a_certificate_that_does_not_hold(tmp_path: Path) -> None:
    paths = certificate(tmp_path, "localhost")
    answer = hostile.says(hostile.OK + b"Content-Length: 2\r\n\r\nhi")
    with HostileWeb(answer, tls=paths) as server:
        with pytest.raises(Unavailable, match="certificate"):
            ask(f"https://localhost:{server.port}")
        assert ask(f"https://localhost:{server.port}", roots=str(paths[0])).body == b"hi"
    with HostileWeb(hostile.silent_handshake) as server, pytest.raises(Unavailable):
        ask(f"https://127.0.0.1:{server.port}", seconds=0.4)


def test_the_environment_names_no_proxy(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert ask(echo.url).body == b"GET"
    assert ask("http://service.example", proxy=echo.url).body == b"GET"


def test_no_secret_is_told(echo: Echo, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    for fault in (
        faults.fails(401),
        faults.fails(500),
        faults.cut,
        faults.redirects(f"https://{SECRET}.example"),
        faults.endless,
    ):
        echo.spoil(fault, times=3)
        with pytest.raises(TutelaError) as caught:
            ask(echo.url, seconds=0.5, most_octets=1000)
        error: BaseException | None = caught.value
        while error:
            told += [str(error), repr(error)]
            error = error.__cause__
        echo.heal()
    request = Request(url=f"https://{SECRET}.example", headers={"k": SECRET}, body=SECRET.encode())
    told += [repr(request), repr(Answer(status=200, body=SECRET.encode())), repr(transport()), caplog.text]
    assert not [each for each in told if SECRET in each or "127.0.0.1" in each]
