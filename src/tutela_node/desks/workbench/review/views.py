"""The review pages that only show: the queue, one item, an open view, the search.

Rules:
- opening a page claims nothing
- what is searched for travels in the body of a POST, never in an address
- a picture is answered while its view is open, to the person who opened it, and kept nowhere
"""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.review import finding, words
from tutela_node.desks.workbench.review.listing import listing
from tutela_node.desks.workbench.review.pages import item_page
from tutela_node.evidence.permissions import VIEW
from tutela_node.foundation.errors import Invalid, Kind, TutelaError
from tutela_node.journeys import viewing
from tutela_node.material.permissions import SEARCH
from tutela_node.review import queries as review
from tutela_node.review.permissions import READ

MAX_FILTER = 80
STATUS = {Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY, Kind.LIMITED: HTTPStatus.TOO_MANY_REQUESTS}


@who(READ)
@require_GET
def queue(request: DeskRequest) -> HttpResponse:
    return render(request, "workbench/review/queue.html", _around(request))


@who(READ)
@require_GET
def item(request: DeskRequest, item: UUID) -> HttpResponse:
    return show_item(request, item)


@who(VIEW)
@require_GET
def picture(request: DeskRequest, view: UUID) -> HttpResponse:
    content, kind = viewing.picture(request.actor, view=view)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": "inline"})


@who(SEARCH)
@require_http_methods(["GET", "POST"])
def search(request: DeskRequest) -> HttpResponse:
    asked = request.POST.get("text", "")
    told: dict[str, object] = {"asked": asked}
    try:
        told["found"] = finding.find(request.actor, asked) if request.method == "POST" else None
    except Invalid:
        told["problem"] = words.NOTHING_ASKED
    status = HTTPStatus.UNPROCESSABLE_ENTITY if "problem" in told else HTTPStatus.OK
    return render(request, "workbench/review/search.html", _around(request) | told, status=status)


def show_item(request: DeskRequest, item: UUID, *, problem: TutelaError | None = None) -> HttpResponse:
    """The item's page; with a problem it keeps what was entered and answers the problem's status."""
    page = item_page(request.actor, item, view=_asked_view(request))
    told = {
        "page": page,
        "entered": request.POST,
        "chosen": request.POST.getlist("alike"),
        "takes_over": request.GET.get("take") == "1" and page.take_over is not None,
        "problem": words.problem(problem) if problem else "",
    }
    status = STATUS.get(problem.kind, HTTPStatus.CONFLICT) if problem else HTTPStatus.OK
    response = render(request, "workbench/review/item.html", _around(request) | told, status=status)
    if page.veil.view:  # the browser closes the picture also without scripts; a page cannot ask for more time
        response.headers["Refresh"] = f"{page.veil.seconds + 1};url={reverse('review:item', args=[item])}#picture"
    return response


def asked_filter(request: DeskRequest) -> str:
    """What the queue is filtered by; a form carries it on."""
    return (request.POST.get("q") or request.GET.get("q", ""))[:MAX_FILTER]


def _around(request: DeskRequest) -> dict[str, object]:
    """What stands beside every page: the queue, and what can still be withdrawn."""
    return {"listing": listing(request.actor, asked=asked_filter(request)), "pending": review.pending(request.actor)}


def _asked_view(request: DeskRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("view", ""))
    except ValueError:
        return None
