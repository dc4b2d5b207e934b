"""Around everything at this desk: errors become problems or pages, answers carry strict headers.

Rules:
- the framework's own refusals (no such address, wrong method, bad host) are pages: they are told like ours
- nothing is cached, framed, or passed on; scripts do not run
"""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from tutela_node.desks.api import errors
from tutela_node.foundation.errors import Unavailable

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex, noarchive",
}
Respond = Callable[[HttpRequest], HttpResponse]


class ApiErrors:
    """Tells every error once."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code >= 400 and is_page and not getattr(response, "is_told", False):
            response = _strict(_kept(errors.of_status(request, response.status_code), response))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        if isinstance(error, DatabaseError):
            error = Unavailable("the database does not answer")
        return told(errors.answer(request, error))


class ApiHeaders:
    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _strict(self.get_response(request))


def told(response: HttpResponse) -> HttpResponse:
    """Marks an answer as one of ours, so that it is not translated a second time."""
    response.is_told = True  # type: ignore[attr-defined]  # read by ApiErrors only
    return response


def _kept(told: HttpResponse, bare: HttpResponse) -> HttpResponse:
    """What a refusal must say besides its text: which methods there are."""
    if "Allow" in bare.headers:
        told.headers["Allow"] = bare.headers["Allow"]
    return told


def _strict(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
