"""One translation of every kind of error into a page: what is safe, what is not, what to do."""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela_node.desks.public.headers import quiet
from tutela_node.desks.public.language import preferred
from tutela_node.foundation.errors import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    status: int
    heading: str | Promise
    text: str | Promise


KEPT = _("What you saved before is safe with us.")
ODD = Page(
    status=400,
    heading=_("We could not read that."),
    text=_("Something in what your browser sent is not as we expect it. Please start again from the first page."),
)
NOWHERE = Page(
    status=404,
    heading=_("There is no page here."),
    text=_("The address may be mistyped, or the page has moved."),
)
REFUSED = Page(
    status=403,
    heading=_("This came from another site."),
    text=_("To keep your answers yours, we take them only from our own pages. Please start from the first page."),
)
LONG = Page(
    status=413,
    heading=_("That is too long for us."),
    text=_("Please go back and write it shorter."),
)
LATER = Page(
    status=503,
    heading=_("We could not save this just now."),
    text=_("Go back in your browser: your answer is still there. Send it again in a minute, or call us."),
)
PAGES = {
    Kind.INVALID: ODD,
    Kind.FORBIDDEN: REFUSED,
    Kind.MISSING: NOWHERE,
    Kind.CONFLICT: LATER,
    Kind.LIMITED: LONG,
    Kind.UNAVAILABLE: LATER,
    Kind.INTERNAL: LATER,
}
BY_STATUS = {page.status: page for page in PAGES.values()} | {415: ODD, 405: NOWHERE, 500: LATER}


class ErrorPage(HttpResponse):
    """A page that is calm already."""


def calm(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page in place of an error response of the framework, with the same status."""
    page = BY_STATUS.get(response.status_code, ODD)
    shown = show(request, replace(page, status=response.status_code))
    if "Allow" in response.headers:
        shown.headers["Allow"] = response.headers["Allow"]
    return shown


def show(request: HttpRequest, page: Page) -> HttpResponse:
    with translation.override(preferred(request)):
        context = {"page": page, "kept": KEPT}
        return quiet(ErrorPage(render_to_string("public/problem.html", context, request), status=page.status))
