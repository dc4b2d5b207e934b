"""The forms of the review pages. Every write is a POST; it ends in a redirect, or in the same page with its problem.

Rules:
- whether somebody has looked is asked of the log, never of the form
- a refusal that the page can explain is shown on the page; every other one is the desk's
"""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.review import words
from tutela_node.desks.workbench.review.listing import listing
from tutela_node.desks.workbench.review.views import asked_filter, show_item
from tutela_node.evidence import queries as evidence
from tutela_node.evidence.permissions import VIEW
from tutela_node.foundation.errors import TutelaError
from tutela_node.journeys import assessment_made, viewing
from tutela_node.review import actions as review
from tutela_node.review import queries
from tutela_node.review.errors import CodeRefused, GroundRefused, NotAlike
from tutela_node.review.permissions import ASSESS, CLAIM
from tutela_node.review.rules import Ground

Form = Callable[[DeskRequest, UUID], HttpResponse]


def explained(form: Form) -> Form:
    """Shows the item's page with its problem when the form was refused for a reason the page can explain."""

    @wraps(form)
    def answered(request: DeskRequest, item: UUID) -> HttpResponse:
        try:
            return form(request, item)
        except TutelaError as error:
            if not words.is_explained(error):
                raise
            return show_item(request, item, problem=error)

    return answered


@who(CLAIM)
@require_POST
@explained
def claim(request: DeskRequest, item: UUID) -> HttpResponse:
    """Takes the item, or carries a claim on; the page itself does so while somebody works on it."""
    review.claim(request.actor, item=item)
    return _to_item(request, item)


@who(CLAIM)
@require_POST
@explained
def release(request: DeskRequest, item: UUID) -> HttpResponse:
    review.release_claim(request.actor, item=item)
    return _to_queue(request)


@who(VIEW)
@require_POST
@explained
def look(request: DeskRequest, item: UUID) -> HttpResponse:
    """Opens one view and shows the page with it."""
    view = viewing.open_view(request.actor, item=item)
    return _to_item(request, item, view=str(view))


@who(ASSESS)
@require_POST
@explained
def assess(request: DeskRequest, item: UUID) -> HttpResponse:
    """Records the decision and goes on to the next item of the queue."""
    alike = _alike(request)
    following = listing(request.actor, asked=asked_filter(request)).after(item, but=alike)
    code, ground = request.POST.get("code", ""), request.POST.get("ground", "")
    if not code:
        raise CodeRefused("a decision names one code of the scheme", place="code")
    if ground not in list(Ground):
        raise GroundRefused("a decision names its ground", place="ground")
    person = request.actor.id
    viewed = person is not None and evidence.has_viewed(person, item)
    assessment_made.assess(request.actor, item=item, code=code, ground=Ground(ground), viewed=viewed, alike=alike)
    if alike:
        said = ngettext(
            "%(number)s other report got the same decision.",
            "%(number)s other reports got the same decision.",
            len(alike),
        )
        messages.success(request, said % {"number": len(alike)})
    return _to_item(request, following) if following else _to_queue(request)


@who(ASSESS)
@require_POST
def withdraw(request: DeskRequest, assessment: UUID) -> HttpResponse:
    item = queries.assessment(assessment).item
    try:
        assessment_made.withdraw(request.actor, assessment=assessment)
    except TutelaError as error:
        if not words.is_explained(error):
            raise
        return show_item(request, item, problem=error)
    messages.success(request, _("Withdrawn. The item is open again."))
    return _to_item(request, item)


def _alike(request: DeskRequest) -> list[UUID]:
    try:
        return [UUID(each) for each in request.POST.getlist("alike")]
    except ValueError:
        raise NotAlike("a report is named by its id", place="alike") from None


def _to_item(request: DeskRequest, item: UUID, **more: str) -> HttpResponse:
    asked = {"q": asked_filter(request)} if asked_filter(request) else {}
    query = urlencode({**asked, **more})
    place = "#picture" if "view" in more else ""
    return HttpResponseRedirect(reverse("review:item", args=[item]) + (f"?{query}" if query else "") + place)


def _to_queue(request: DeskRequest) -> HttpResponse:
    asked = asked_filter(request)
    return HttpResponseRedirect(reverse("review:queue") + (f"?{urlencode({'q': asked})}" if asked else ""))
