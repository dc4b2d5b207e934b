"""A real node in production behind a real nginx, and clients that come to it over TLS, as people outside do."""

import os
import signal
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import Cookie
from pathlib import Path

import httpx
from journeys.house import House, environment

from tests.simulators.proxy import NAMES, Proxy, host_of
from tutela_node.desks.cli.demo.stage import Stage, Stuck
from tutela_node.desks.cli.demo.visitor import Visitor
from tutela_node.desks.cli.exampleland.dns_world import free_port
from tutela_node.desks.cli.exampleland.people import PROVIDER

PRODUCTION = {"TUTELA_PRODUCTION": "1", "TUTELA_VOLUME_IS_ENCRYPTED": "1"}
SECONDS = 30.0


class Through(httpx.HTTPTransport):
    """Finds every host at loopback, and asks for it by its name. `source`: the visitor's own address."""

    def __init__(self, proxy: Proxy, *, source: str | None = None) -> None:
        super().__init__(verify=proxy.trust(), local_address=source)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return super().handle_request(
            httpx.Request(
                request.method,
                request.url.copy_with(host="127.0.0.1"),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": request.url.host},
            )
        )


class Behind(House):
    """A house in production whose desks listen where the proxy looks for them."""

    def __init__(self, data: Path, proxy: Proxy, more: Mapping[str, str]) -> None:
        urls = {f"TUTELA_{desk.upper()}_URL": proxy.url(desk) for desk in NAMES}
        listen = {f"TUTELA_{desk.upper()}_LISTEN": f"127.0.0.1:{port}" for desk, port in proxy.desks.items()}
        super().__init__({**environment(data), **PRODUCTION, **urls, **listen, **more})
        self.proxy = proxy

    def environment(self) -> dict[str, str]:
        """The outside world of an exercise is refused in production: nothing is captured here."""
        return self.settings  # type: ignore[return-value]  # a dict, as it was given

    def wait_ready(self, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        for desk, port in self.proxy.desks.items():
            while not _is_ready(port, f"{host_of(desk)}:{self.proxy.tls}"):
                if time.monotonic() > deadline or not self.is_running():
                    raise Stuck(f"is not ready: {self.said()[-2000:]}", place=desk)
                time.sleep(0.2)

    def worker_of(self, role: str) -> int:
        """The process of a desk that answers: the child of gunicorn's own."""
        return children(self.master_of(role))[0]

    def master_of(self, role: str) -> int:
        """Gunicorn's own process of a desk."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for id, name in self.processes().items():
                if name == role and children(id):
                    return id
            time.sleep(0.1)
        raise Stuck("does not run", place=role)

    def client(self, desk: str, *, source: str | None = None, **more: object) -> httpx.Client:
        through = Through(self.proxy, source=source)
        return httpx.Client(
            base_url=self.proxy.url(desk),
            transport=through,
            timeout=SECONDS,
            trust_env=False,
            **more,  # type: ignore[arg-type]  # what httpx takes
        )

    @contextmanager
    def visitor(self, desk: str = "public", *, source: str | None = None) -> Iterator["FarVisitor"]:
        with self.client(desk, source=source, follow_redirects=True) as http:
            yield FarVisitor(self.proxy.url(desk), http)

    def provider(self, *, source: str | None = None) -> httpx.Client:
        return self.client("api", source=source, auth=(PROVIDER, self.secrets.token))

    def machine(self, *, source: str | None = None) -> httpx.Client:
        return self.client("api", source=source, headers={"Authorization": f"Bearer {self.secrets.token}"})


class FarVisitor(Visitor):
    """Somebody with a browser, outside."""

    def __init__(self, base: str, http: httpx.Client) -> None:
        super().__init__(base)
        self._http.close()
        self._http = http

    def get(self, path: str) -> httpx.Response:
        """A page, shown unless it is an error."""
        return self._seen(self._http.get(path))

    def press(self, fields: Mapping[str, str] | None) -> httpx.Response:
        """Answers the question on the screen; without fields, with its first choice."""
        form = "//form[@id='q']"
        if fields is None:
            first = f"{form}//input[@type='radio']"
            fields = {self.find(f"{first}/@name"): self.find(f"{first}/@value")}
        return self._seen(self._send(form, fields, None))

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success:
            self._show(answer)
        return answer

    def jar(self) -> list[Cookie]:
        return list(self._http.cookies.jar)

    def claims(self, address: str) -> None:
        """From now on every request says that it comes from there."""
        self._http.headers["X-Forwarded-For"] = address


@contextmanager
def behind(folder: Path, *, instead: Mapping[str, str] | None = None, **more: str) -> Iterator[Behind]:
    """`instead`: other texts for texts of the example configuration. `more`: environment of the node."""
    desks = {desk: free_port() for desk in NAMES}
    with Proxy(folder / "nginx", desks, instead=instead) as proxy, Behind(folder / "data", proxy, more) as house:
        yield house


def children(process: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:  # it has ended
        return []


def raw(house: Stage, desk: str, *, source: str = "127.0.0.1", bare: bool = False) -> socket.socket:
    """A connection to the proxy on which anything can be said, or nothing; `bare`: before TLS begins."""
    assert isinstance(house, Behind)
    line = socket.create_connection(("127.0.0.1", house.proxy.tls), timeout=SECONDS, source_address=(source, 0))
    if bare:
        return line
    context: ssl.SSLContext = house.proxy.trust()
    return context.wrap_socket(line, server_hostname=host_of(desk))


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """A process that stands still while the block runs."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def _is_ready(port: int, host: str) -> bool:
    try:
        return httpx.get(
            f"http://127.0.0.1:{port}/ready", headers={"Host": host}, timeout=5.0, trust_env=False
        ).is_success
    except httpx.HTTPError:
        return False
