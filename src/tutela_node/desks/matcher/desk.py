"""The WSGI callable: finds the route, lets in who may, answers, tells every error once.

Rules:
- every route says who may come in; without a token there are only health, readiness, the description and the site map
- an answer leaves at a tick of a coarse clock, so that its time says little of what was found
"""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from tutela_node.desks.matcher import hma, own, shield
from tutela_node.desks.matcher.means import Means, Route
from tutela_node.desks.matcher.openapi import described
from tutela_node.desks.matcher.web import (
    Request,
    Response,
    StartResponse,
    WrongMethod,
    as_json,
    as_text,
    problem,
    send,
)
from tutela_node.foundation.errors import Missing
from tutela_node.hashlists.replica import Grant

TICK = 0.001


def _open(answer: Any) -> Any:
    """A handler for everybody, from a function of the means."""

    def handler(means: Means, request: Request, grant: Grant) -> Response:
        return answer(means)  # type: ignore[no-any-return]  # each of those below answers a Response

    return handler


def _alive(_means: Means) -> Response:
    return as_text("ok")


def _live(_means: Means) -> Response:
    return as_text("I-AM-ALIVE")


def _ready(means: Means) -> Response:
    standing = means.asking.lists.standing()
    reason = means.refused or standing.reason
    is_ready = standing.is_ready and not reason
    return as_json({"ready": is_ready, "reason": reason}, 200 if is_ready else 503)


def _site_map(_means: Means) -> Response:
    return as_json([f"{each.method} {each.path}" for each in ROUTES])


def _description(_means: Means) -> Response:
    return Response(status=200, body=json.dumps(described((*PUBLIC, *own.ROUTES)), indent=2, sort_keys=True).encode())


def _start(_means: Means) -> Response:
    return Response(status=302, body=b"", headers=(("Location", "/openapi.json"),))


PUBLIC = tuple(
    Route(method="GET", path=path, who="public", handler=_open(answer), summary=summary)
    for path, answer, summary in (
        ("/health", _alive, "Whether this process answers"),
        ("/ready", _ready, "Whether it may be asked; 503 when not"),
        ("/openapi.json", _description, "This description"),
    )
)
ALIKE = tuple(
    Route(method="GET", path=path, who="public", handler=_open(answer), summary=summary)
    for path, answer, summary in (
        ("/", _start, "To the description"),
        ("/status", hma.status, "Whether it may be asked; 503 when not"),
        ("/status/live", _live, "Whether this process answers"),
        ("/site-map", _site_map, "Every address"),
    )
)
ROUTES = (*PUBLIC, *own.ROUTES, *ALIKE, *hma.ROUTES, *shield.ROUTES)


class Desk:
    """What a server calls. Any number of threads may."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._plain = {(each.method, each.path): each for each in ROUTES if not each.path.endswith("/*")}
        self._below = tuple(each for each in ROUTES if each.path.endswith("/*"))

    def __call__(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        began = time.monotonic()
        method = str(environ.get("REQUEST_METHOD", ""))
        try:
            response = self._answer(environ, method)
        except Exception as error:  # noqa: BLE001  # a desk is where unexpected errors end
            response = problem(error)
        _even(began)
        return send(response, start, is_head=method == "HEAD")

    def _answer(self, environ: Mapping[str, Any], method: str) -> Response:
        path = str(environ.get("PATH_INFO", "")) or "/"
        route = self._route("GET" if method == "HEAD" else method, path)
        request = Request(method=method, path=path, environ=environ)
        if route.who == "public":
            return route.handler(self._means, request, None)  # type: ignore[arg-type]  # those ask for nobody
        return route.handler(self._means, request, self._means.grant(environ))

    def _route(self, method: str, path: str) -> Route:
        """Raises Missing or WrongMethod."""
        short = path.rstrip("/") or "/"
        found = self._plain.get((method, short))
        if found is not None:
            return found
        for each in self._below:
            if short == each.path[:-2] or short.startswith(each.path[:-1]):
                return each
        others = sorted({each.method for each in ROUTES if each.path == short})
        if others:
            raise WrongMethod(", ".join(others))
        raise Missing("there is no such address; see /openapi.json", place="address")


def _even(began: float) -> None:
    """Waits for the next tick since the question came."""
    spent = time.monotonic() - began
    time.sleep(TICK - spent % TICK)
