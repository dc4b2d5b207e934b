"""The workbench around its pages: errors become calm pages, answers carry strict headers, requests carry their actor.

Rules:
- each kind of error is translated here, once; an unexpected error shows a reference and no trace
- an error page is drawn without the database and without the request: it works when they are what failed
- nothing is cached; scripts, styles and pictures come from here alone
"""

import logging
import os
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject

from tutela_node.accounts.queries import actor_of
from tutela_node.foundation.errors import Kind, TutelaError

STATUS = {
    Kind.INVALID: 400,
    Kind.FORBIDDEN: 403,
    Kind.MISSING: 404,
    Kind.CONFLICT: 409,
    Kind.LIMITED: 429,
    Kind.UNAVAILABLE: 503,
    Kind.INTERNAL: 500,
}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # under no-referrer browsers send “Origin: null”, and no form passes CSRF
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
Respond = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger(__name__)


class DeskErrors:
    """Answers with a page for every error that a view raised."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        kind = kind_of(error)
        if kind is not Kind.INTERNAL:
            said = error.message if isinstance(error, TutelaError) else ""
            return error_page(kind, said=said)
        reference = os.urandom(4).hex()
        log.error("reference %s: %s %s broke", reference, request.method, request.path, exc_info=error)
        return error_page(kind, reference=reference)


class DeskHeaders:
    """Sets the actor before the view, and the headers after it."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request.user))
        request.sign_in_url = settings.LOGIN_URL
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response


def kind_of(error: Exception) -> Kind:
    """The kind of any exception: the framework's own refusals are ours, everything else is a defect."""
    if isinstance(error, TutelaError):
        return error.kind
    if isinstance(error, Http404):
        return Kind.MISSING
    if isinstance(error, PermissionDenied):
        return Kind.FORBIDDEN
    refused = BadRequest | SuspiciousOperation | MultiPartParserError
    return Kind.INVALID if isinstance(error, refused) else Kind.INTERNAL


def error_page(kind: Kind, *, said: str = "", reference: str = "") -> HttpResponse:
    """`said` is the error's own sentence, in English; `reference` finds it in the log."""
    context = {"kind": str(kind), "said": said, "reference": reference}
    return HttpResponse(render_to_string("workbench/error.html", context), status=STATUS[kind])
