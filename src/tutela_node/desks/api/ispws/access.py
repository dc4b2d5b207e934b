"""Who may come in here: a token of an organisation, shown as HTTP Basic (RFC 7617) or as a bearer (RFC 6750).

Rules:
- in production credentials are taken over TLS alone, also where a proxy in front of us ends it
- without an agreement on intake in force nothing is answered but the schema
- every error leaves as a document of this interface
- the log has the id of each answer, its address, status and token, and nothing of what was sent
"""

import base64
import binascii
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tutela.wire.cybertip.answers import Code
from tutela_node.accounts import queries as accounts
from tutela_node.accounts.rules import AgreementKind
from tutela_node.desks.api.access import agreed, check_tls
from tutela_node.desks.api.ispws import answers
from tutela_node.desks.api.middleware import told
from tutela_node.desks.routes import Door, who
from tutela_node.foundation.errors import Forbidden, TutelaError
from tutela_node.foundation.permissions import Actor
from tutela_node.intake.permissions import RECEIVE, TEST

MOST_CREDENTIALS = 1024
log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
HELP = "show a token of your organisation: HTTP Basic, the organisation's name as user and the token as password"


def endpoint(method: str, *doors: Door) -> Callable[[View], View]:
    """A view of this interface: one method, who may come in, and errors as its documents."""

    def mark(view: View) -> View:
        guarded = who(*(doors or (RECEIVE, TEST)))(view)

        @csrf_exempt  # no cookie and no session: credentials come with each request
        @wraps(guarded)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != method:
                answer = answers.failure(Code.INVALID_REQUEST, f"this address takes {method} alone", status=405)
                answer.headers["Allow"] = method
                return answer
            try:
                if "public" not in doors:
                    request.actor = _let_in(request)  # type: ignore[attr-defined]  # read by `who` and by the view
                answer = guarded(request, *args, **kwargs)
            except TutelaError as error:
                answer = told(answers.of_error(error))
            actor = getattr(request, "actor", None)
            if actor is not None and actor.may(TEST):
                answer = answers.as_test(answer)
            asker = getattr(actor, "id", None)
            log.info("%s %s %d token %s", answer.headers["Request-ID"], request.path, answer.status_code, asker or "-")
            return answer

        answered.who = guarded.who  # type: ignore[attr-defined]  # the mark that the test of all routes reads
        return answered

    return mark


def _let_in(request: HttpRequest) -> Actor:
    """Raises NotIn without valid credentials, Forbidden without an agreement."""
    actor = _actor(request)
    agreed(actor, AgreementKind.INTAKE)
    return actor


def _actor(request: HttpRequest) -> Actor:
    check_tls(request)
    kind, _, shown = request.headers.get("Authorization", "").strip().partition(" ")
    try:
        if kind.lower() == "bearer":
            return accounts.actor_of_token(shown.strip())
        if kind.lower() == "basic" and len(shown) <= MOST_CREDENTIALS:
            return accounts.actor_of_basic(*_pair(shown.strip()))
    except Forbidden as error:
        raise answers.NotIn(f"{error.message}; {HELP}") from None
    raise answers.NotIn(HELP)


def _pair(shown: str) -> tuple[str, str]:
    """User and password; raises NotIn for what is no such pair."""
    try:
        user, colon, password = base64.b64decode(shown, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        colon = ""
    if not colon or "\0" in user + password:
        raise answers.NotIn(f"these are no credentials; {HELP}")
    return user, password
