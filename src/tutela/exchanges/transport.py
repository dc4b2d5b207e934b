"""One question to a service over HTTP, and its bounded answer.

Rules:
- one deadline and one bound of bytes for each answer; a redirect is followed once or twice on the same host, and only
  for a question that changes nothing
- a question is asked again only when that is safe (GET, PUT), after growing pauses, or after the pause that the
  service names in `Retry-After`
- 401 and 403 are Forbidden, 404 is Missing, 429 and 5xx are Unavailable, other refusals are Invalid
- no error holds an address, a header, or a byte of the answer: they may be credentials or values of a list
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from tutela.errors import Forbidden, Invalid, Limited, Missing, TutelaError, Unavailable
from tutela.exchanges.addresses import origin
from tutela.exchanges.unpacking import gather

if TYPE_CHECKING:
    import httpcore

    from tutela.exchanges.wire import Allowance

AGENT = "Tutela"
MOST_OCTETS = 64 << 20
MOST_REDIRECTS = 2
LONGEST_PAUSE = 120.0
PAUSES = (1.0, 3.0, 9.0, 27.0)
SAFE = frozenset({"GET", "PUT"})
FRAMING = 1 << 20  # headers and chunk framing beside the body


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question. The address and the headers may hold secrets, so they are not shown."""

    method: str = "GET"
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A good answer (status 200 to 299)."""

    status: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    headers: dict[str, str]
    body: bytes


class Transport:
    """Asks and waits. Connections are opened with the first question; not safe for two threads at once.

    `clock` gives seconds that never go back, `pause` waits so many seconds. `pauses` are those between attempts: none,
    and nothing is asked twice. `roots` is a PEM file of certificate authorities (empty: those of certifi); `proxy` the
    address of an HTTP proxy (empty: none, whatever the environment says). `seconds` bounds each answer as a whole.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        pause: Callable[[float], None],
        pauses: tuple[float, ...] = PAUSES,
        seconds: float = 300,
        most_octets: int = MOST_OCTETS,
        roots: str = "",
        proxy: str = "",
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._pauses = pauses
        self._seconds = seconds
        self._most = most_octets
        self._roots = roots
        self._proxy = proxy
        self._opened: tuple[httpcore.ConnectionPool, Allowance] | None = None

    def __enter__(self) -> "Transport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections; a later question opens new ones."""
        if self._opened is not None:
            self._opened[0].close()
            self._opened = None

    def ask(self, request: Request) -> Answer:
        """The answer to `request`. Raises as the module's rules say."""
        waits = self._pauses if request.method in SAFE else ()
        for wait in (*waits, None):
            try:
                raw = self._followed(request)
            except Unavailable:
                if wait is None:
                    raise
                self._pause(wait)
                continue
            if 200 <= raw.status < 300:
                return Answer(status=raw.status, body=raw.body)
            if wait is None or not _may_pass(raw.status):
                raise _refusal(raw)
            asked = _asked_pause(raw.headers)
            if asked > LONGEST_PAUSE:
                raise _refusal(raw)
            self._pause(max(wait, asked))
        raise Unavailable("the service does not answer", place="service")

    def _followed(self, request: Request) -> _Raw:
        url = request.url
        for _ in range(MOST_REDIRECTS + 1):
            raw = self._asked(request, url)
            target = raw.headers.get("location", "")
            if not 300 <= raw.status < 400 or request.method != "GET":
                return raw
            url = _redirected(url, target)
        raise Unavailable("the service sends us from one place to the next", place="redirect")

    def _asked(self, request: Request, url: str) -> _Raw:
        import httpcore

        pool, allowance = self._pool()
        allowance.begin(seconds=self._seconds, octets=self._most + self._most // 8 + FRAMING)
        headers = {
            "Host": urlsplit(url).netloc,
            "User-Agent": AGENT,
            "Accept-Encoding": "gzip",
            "Content-Length": str(len(request.body)),
        }
        if request.method == "GET":
            del headers["Content-Length"]
        given = [(name.encode(), value.encode()) for name, value in (headers | dict(request.headers)).items()]
        try:
            with pool.stream(request.method, url, headers=given, content=request.body or None) as response:
                return self._read(response)
        except httpcore.TimeoutException:
            raise Unavailable("the service took too long to answer", place="time") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, OSError) as error:
            raise Unavailable(_sentence(error), place="service") from None
        except (httpcore.UnsupportedProtocol, UnicodeError):
            raise Invalid("the service could not be asked: check its address", place="address") from None

    def _read(self, response: "httpcore.Response") -> _Raw:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        if not 200 <= response.status < 300:
            return _Raw(response.status, headers, b"")
        encoding = headers.get("content-encoding", "")
        return _Raw(response.status, headers, gather(response.iter_stream(), encoding=encoding, most=self._most))

    def _pool(self) -> "tuple[httpcore.ConnectionPool, Allowance]":
        if self._opened is None:
            from tutela.exchanges import wire

            allowance = wire.Allowance(self._clock)
            self._opened = wire.open_pool(allowance, roots=self._roots, proxy=self._proxy), allowance
        return self._opened


def _may_pass(status: int) -> bool:
    return status == 429 or status >= 500


def _refusal(raw: _Raw) -> TutelaError:
    """What a status means, as a plain sentence."""
    if raw.status in (401, 403):
        return Forbidden(f"the service does not accept our credentials ({raw.status})", place="credentials")
    if raw.status in (404, 410):
        return Missing(f"the service does not know what was asked for ({raw.status})", place="service")
    if raw.status == 429:
        return Unavailable("the service asks us to come back later (429)", place="service")
    if raw.status >= 500:
        return Unavailable(f"the service has a fault of its own ({raw.status})", place="service")
    if raw.status == 413:
        return Limited("what we sent is larger than the service accepts (413)", place="service")
    return Invalid(f"the service refuses the question ({raw.status})", place="service")


def _asked_pause(headers: Mapping[str, str]) -> float:
    """Seconds that `Retry-After` names; a date counts from the answer's own `Date`. 0 where it names none."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    later, sent = _http_date(text), _http_date(headers.get("date", ""))
    return max(0.0, (later - sent).total_seconds()) if later and sent else 0.0


def _http_date(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except ValueError:
        return None
    return read if read.tzinfo else None


def _redirected(url: str, target: str) -> str:
    try:
        found = urljoin(url, target)
        same = bool(target) and origin(urlsplit(found)) == origin(urlsplit(url))
    except ValueError:
        same = False
    if not same:
        raise Invalid("the service sends us to another host; that is not followed", place="redirect")
    return found


def _sentence(error: BaseException) -> str:
    import httpcore

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "the service's certificate does not hold"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore.ConnectError):
        return "the service does not take connections"
    if isinstance(error, httpcore.ProtocolError):
        return "the service does not speak HTTP, or stopped before the end of its answer"
    return "the connection to the service broke"
