"""Around every public page: errors become pages, posts come from our own pages, headers keep quiet.

Rules:
- a browser says by Sec-Fetch-Site where a post comes from; where it does not, its Origin must be ours. With
  `Referrer-Policy: no-referrer` browsers send `Origin: null` also from our own pages (Fetch, "append a request Origin
  header"), so null alone is no reason to refuse
- only plain forms are taken: an upload is refused unread
- nothing here writes down who came
"""

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError

from tutela_node.desks.public import errors
from tutela_node.desks.public.headers import quiet
from tutela_node.foundation.errors import TutelaError

Answer = Callable[[HttpRequest], HttpResponse]
FORM = "application/x-www-form-urlencoded"
OWN = {"same-origin", "none"}
log = logging.getLogger(__name__)


class PublicErrors:
    """Every answer of 400 and above that is a page becomes a calm one, in the reader's language."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code >= 400 and is_page and not isinstance(response, errors.ErrorPage):
            return errors.calm(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TutelaError):
            return errors.show(request, errors.PAGES[exception.kind])
        if isinstance(exception, DatabaseError):
            log.error("the database refused: %s", type(exception).__name__)
            return errors.show(request, errors.LATER)
        if isinstance(exception, UnreadablePostError):
            return errors.show(request, errors.ODD)
        return None


class SameOriginPosts:
    """Refuses posts from other sites and posts that are not plain forms."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        if not is_own(request):
            return errors.show(request, errors.REFUSED)
        if request.content_type != FORM:
            return errors.show(request, errors.ODD)
        return self.get_response(request)


class QuietHeaders:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return quiet(self.get_response(request))


def is_own(request: HttpRequest) -> bool:
    """Whether a post comes from one of our own pages."""
    origin = request.headers.get("Origin", "null")
    if origin != "null" and origin != settings.TUTELA.public_url and urlsplit(origin).netloc != request.get_host():
        return False
    return request.headers.get("Sec-Fetch-Site", "same-origin") in OWN
