"""What goes in and out over HTTP: bounded bodies, problem documents (RFC 9457), strict headers. Plain WSGI.

Rules:
- a body is read in pieces up to a bound that its route names, and held in memory only: nothing is spooled
- JSON is bounded in size and depth; a body that is not what it says is a problem, never a fault
- an expected error is told as it is; an unexpected one tells a reference, which the log has too
"""

import base64
import binascii
import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from tutela_node.desks.matcher.budgets import MINUTE, TooOften
from tutela_node.foundation.errors import Forbidden, Invalid, Kind, Limited, Spent, TutelaError

PIECE = 256 * 1024
MOST_JSON = 1024 * 1024
MOST_MEDIA = 64 * 1024 * 1024
MOST_QUERY = 16 * 1024
MOST_DEPTH = 8
TITLES = {
    Kind.INVALID: (400, "The request cannot be used"),
    Kind.FORBIDDEN: (403, "This is not allowed"),
    Kind.MISSING: (404, "There is nothing here"),
    Kind.CONFLICT: (409, "This cannot be done now"),
    Kind.LIMITED: (413, "Too large"),
    Kind.UNAVAILABLE: (503, "Something we need does not answer"),
    Kind.INTERNAL: (500, "Something broke on our side"),
}
HEADERS = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex, noarchive"),
)
StartResponse = Callable[[str, list[tuple[str, str]]], object]
log = logging.getLogger(__name__)


class NoToken(Forbidden):
    """No token, or one that is not valid: answered with 401."""


class WrongMethod(Invalid):
    """`allowed`: what the address takes instead."""

    def __init__(self, allowed: str) -> None:
        super().__init__(f"this address takes {allowed}", place="method")
        self.allowed = allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as a handler sees it. The body is read when it is asked for."""

    method: str
    path: str
    environ: Mapping[str, Any] = field(repr=False)

    def query(self) -> dict[str, str]:
        """The last value of each field of the query."""
        text = str(self.environ.get("QUERY_STRING", ""))
        if len(text) > MOST_QUERY:
            raise Limited(f"at most {MOST_QUERY} octets", place="query")
        try:
            return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
        except ValueError:
            raise Invalid("cannot be read", place="query") from None

    @property
    def content_type(self) -> str:
        return str(self.environ.get("CONTENT_TYPE", "")).strip()

    def stream(self, most: int) -> "Bounded":
        """The body, of which more than `most` octets are refused. Raises Limited, already for what is declared."""
        declared = str(self.environ.get("CONTENT_LENGTH") or "")
        if declared and not declared.isdecimal():
            raise Invalid("must be a number", place="Content-Length")
        if declared and int(declared) > most:
            raise Limited(f"at most {most:,} octets are taken", place="body")
        return Bounded(self.environ["wsgi.input"], most, int(declared) if declared else None)

    def body(self, most: int) -> bytes:
        pieces = bytearray()
        stream = self.stream(most)
        while piece := stream.read(PIECE):
            pieces += piece
        return bytes(pieces)

    def json(self) -> dict[str, Any]:
        """The object in the body. Raises Invalid or Limited."""
        try:
            value = json.loads(self.body(MOST_JSON))
        except (ValueError, RecursionError):
            raise Invalid("must be a JSON object", place="body") from None
        if not isinstance(value, dict) or _depth(value) > MOST_DEPTH:
            raise Invalid(f"must be a JSON object, not more than {MOST_DEPTH} levels deep", place="body")
        return value


class Bounded:
    """A body that ends at its declared length and refuses more than `most` octets."""

    def __init__(self, source: BinaryIO, most: int, declared: int | None) -> None:
        self._source, self._left, self._declared = source, most, declared

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` octets, fewer only at the end. Raises Limited beyond the bound, Invalid when cut."""
        wanted = self._left + 1 if size < 0 else size
        found = bytearray()
        while len(found) < wanted:
            piece = self._piece(wanted - len(found))
            if not piece:
                break
            found += piece
        return bytes(found)

    def _piece(self, wanted: int) -> bytes:
        if self._declared == 0:
            return b""
        room = wanted if self._declared is None else min(wanted, self._declared)
        try:
            piece = self._source.read(min(room, PIECE))
        except OSError:
            raise Invalid("the body broke off", place="body") from None
        if not piece and self._declared:
            raise Invalid("the body is shorter than it says", place="body")
        self._left -= len(piece)
        if self._left < 0:
            raise Limited("the body is larger than is taken here", place="body")
        if self._declared is not None:
            self._declared -= len(piece)
        return piece


def as_json(value: object, status: int = 200) -> Response:
    return Response(status=status, body=json.dumps(value, separators=(",", ":")).encode())


def as_text(text: str, status: int = 200) -> Response:
    return Response(status=status, body=text.encode(), content_type="text/plain; charset=utf-8")


def token_of(environ: Mapping[str, Any]) -> str:
    """The token of the Authorization header: Bearer, or the password of Basic. Raises NoToken."""
    scheme, _, value = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic" and len(value) < 1000:
        try:
            return base64.b64decode(value.strip(), validate=True).decode("ascii").partition(":")[2]
        except (binascii.Error, ValueError):
            raise NoToken("the Authorization header cannot be read") from None
    raise NoToken("send a token of this node: Authorization: Bearer tut_…")


def problem(error: Exception) -> Response:
    """The problem document of any error. `message` is `detail` again, for programs written for other services."""
    reference = ""
    if not isinstance(error, TutelaError):
        reference = os.urandom(4).hex()
        log.error("reference %s: a request broke", reference, exc_info=error)
        error = TutelaError("something broke on our side")
    status, title = TITLES[error.kind]
    headers: list[tuple[str, str]] = []
    if isinstance(error, NoToken):
        status = 401
        headers.append(("WWW-Authenticate", 'Bearer realm="tutela", Basic realm="tutela"'))
    elif isinstance(error, Spent):
        status, title = 429, "Too many questions"
        headers.append(("Retry-After", str(error.wait if isinstance(error, TooOften) else MINUTE)))
    elif isinstance(error, WrongMethod):
        status = 405
        headers.append(("Allow", error.allowed))
    elif status == 503:
        headers.append(("Retry-After", "1"))
    members = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "kind": str(error.kind),
        "detail": error.message,
        "message": error.message,
        **({"place": error.place} if error.place else {}),
        **({"reference": reference} if reference else {}),
    }
    body = json.dumps(members).encode()
    return Response(status=status, body=body, content_type="application/problem+json", headers=tuple(headers))


def send(response: Response, start: StartResponse, *, is_head: bool = False) -> Iterable[bytes]:
    headers = [
        ("Content-Type", response.content_type),
        ("Content-Length", str(len(response.body))),
        *response.headers,
        *HEADERS,
    ]
    start(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
    return [] if is_head else [response.body]


def _depth(value: object) -> int:
    """Levels of objects and arrays in parsed JSON, which the parser itself bounds by the recursion limit."""
    depth, level = 0, [value]
    while level:
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        depth += 1
    return depth
