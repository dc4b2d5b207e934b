"""One translation of every kind of error: a problem document for programs (RFC 9457), a calm page for people.

Rules:
- the sentence of an expected error is told as it is: it never holds an address, a hash or report content
- an unexpected error tells a reference, which the log has too, and nothing else
- a page says what is safe, what is not, and what to do; it is drawn without the database
"""

import logging
import os
from dataclasses import dataclass, replace

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext_lazy as _
from ninja.errors import HttpError, ValidationError

from tutela_node.desks.api.ispws import answers as ispws
from tutela_node.desks.api.language import asked_language
from tutela_node.foundation.errors import Forbidden, Invalid, Kind, Spent, TutelaError
from tutela_node.foundation.profile import current

PROBLEM = "application/problem+json"
log = logging.getLogger(__name__)


class NoToken(Forbidden):
    """No token, or one that is not valid: answered with 401, so that a program knows what to send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How one kind is told: HTTP status, a title for programs, a heading and a text for people."""

    status: int
    title: str
    heading: str | Promise
    text: str | Promise


TOLD = {
    Kind.INVALID: Told(
        status=400,
        title="The request cannot be used",
        heading=_("We could not read that"),
        text=_("Nothing was changed. Go back: what you wrote is still there."),
    ),
    Kind.FORBIDDEN: Told(
        status=403,
        title="This is not allowed",
        heading=_("This page is not for you"),
        text=_("Nothing was changed. If you should be able to see it, write to us."),
    ),
    Kind.MISSING: Told(
        status=404,
        title="There is nothing here",
        heading=_("This link opens nothing"),
        text=_("It may be mistyped or broken in two by a mail program. Copy it whole from the notice and try again."),
    ),
    Kind.CONFLICT: Told(
        status=409,
        title="This cannot be done now",
        heading=_("This notice is closed"),
        text=_("Nothing was changed. If you have more to say, write to us and name the number of the notice."),
    ),
    Kind.LIMITED: Told(
        status=413,
        title="Too large",
        heading=_("That is too long for us"),
        text=_("Nothing was changed. Go back and write it shorter."),
    ),
    Kind.UNAVAILABLE: Told(
        status=503,
        title="Something we need does not answer",
        heading=_("We cannot do this just now"),
        text=_("Nothing was lost. Go back and send it again in a minute."),
    ),
    Kind.INTERNAL: Told(
        status=500,
        title="Something broke on our side",
        heading=_("Something broke on our side"),
        text=_("What you just sent was not kept. Go back, send it again, and if it fails tell us this reference."),
    ),
}
TOO_OFTEN = replace(TOLD[Kind.LIMITED], status=429, title="Too many questions")  # told to programs alone
KIND_OF_STATUS = {400: Kind.INVALID, 401: Kind.FORBIDDEN, 403: Kind.FORBIDDEN, 404: Kind.MISSING, 413: Kind.LIMITED}


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to an error: a document below /ispws/, a problem below /api/, a page anywhere else."""
    known = as_expected(error)
    reference = "" if known else os.urandom(4).hex()
    if known is None:
        log.error("reference %s: %s broke", reference, request.method, exc_info=error)
        known = TutelaError("something broke on our side")
    if ispws.is_ours(request):
        return ispws.of_error(known, reference=reference)
    if "/api/" in request.path:
        return problem(known, reference=reference)
    return page(request, known.kind, reference=reference)


def as_expected(error: Exception) -> TutelaError | None:
    """The error as one of ours; None for a defect."""
    if isinstance(error, TutelaError):
        return error
    if isinstance(error, ValidationError):
        return Invalid("a field is missing, unknown or of another kind", place=_places(error))
    if isinstance(error, HttpError):
        return _of_kind(KIND_OF_STATUS.get(error.status_code, Kind.INVALID))
    if isinstance(error, Http404):
        return _of_kind(Kind.MISSING)
    if isinstance(error, PermissionDenied):
        return _of_kind(Kind.FORBIDDEN)
    if isinstance(error, RequestDataTooBig):
        return _of_kind(Kind.LIMITED)
    refused = BadRequest | SuspiciousOperation | MultiPartParserError
    return _of_kind(Kind.INVALID) if isinstance(error, refused) else None


def of_status(request: HttpRequest, status: int) -> HttpResponse:
    """The answer where the framework answered with a bare status."""
    if ispws.is_ours(request):
        return ispws.of_status(status)
    known = _of_kind(KIND_OF_STATUS.get(status, Kind.INVALID if status < 500 else Kind.INTERNAL))
    told = problem(known) if "/api/" in request.path else page(request, known.kind)
    told.status_code = status
    return told


def problem(error: TutelaError, *, reference: str = "") -> HttpResponse:
    told = TOO_OFTEN if isinstance(error, Spent) else TOLD[error.kind]
    status = 401 if isinstance(error, NoToken) else told.status
    members = {
        "type": "about:blank",
        "title": told.title,
        "status": status,
        "kind": str(error.kind),
        "detail": error.message,
        **({"place": error.place} if error.place else {}),
        **({"reference": reference} if reference else {}),
    }
    response = JsonResponse(members, status=status, content_type=PROBLEM)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="tutela"'
    return response


def page(request: HttpRequest, kind: Kind, *, reference: str = "") -> HttpResponse:
    told, language = TOLD[kind], asked_language(request)
    with override(language):
        values = {
            "told": told,
            "reference": reference,
            "language": language,
            "direction": "rtl" if get_language_bidi() else "ltr",
            "country": current().name(language),
            "sender": current().takedown.sender,
        }
        return HttpResponse(render_to_string("api/problem.html", values), status=told.status)


def _of_kind(kind: Kind) -> TutelaError:
    error = TutelaError(TOLD[kind].title.lower())
    error.kind = kind
    return error


def _places(error: ValidationError) -> str:
    """Where the fields are, without what was in them."""
    return "; ".join(".".join(str(part) for part in each["loc"]) for each in error.errors[:10])
