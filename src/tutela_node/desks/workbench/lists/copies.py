"""The pages of copies of lists: who proposes one, who approves it, who fetches it, and which came back as a leak.

Rules:
- a copy needs two people; whoever proposed it sees the approval closed, with the reason beside it
- a copy leaves by a sent form, never by a link that something could follow
"""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import Asked, attempt, show
from tutela_node.desks.workbench.lists import words
from tutela_node.desks.workbench.lists.asking import CopyForm, RefuseCopyForm
from tutela_node.desks.workbench.powers import carried_out, law_named, other_seniors
from tutela_node.foundation.errors import Missing
from tutela_node.hashlists import alarms, copies, copy_actions, copy_building, overview
from tutela_node.hashlists.permissions import APPROVE_COPY, FETCH_COPY, PROPOSE_COPY, READ
from tutela_node.hashlists.rules import CopyState
from tutela_node.journeys import list_handed_out


@who(READ)
@require_GET
def index(request: DeskRequest) -> HttpResponse:
    lists = overview.lists(request.actor)
    national = next((each for each in lists if each.is_national), None)
    told = {
        "rows": [(each, *words.COPY_STATES[each.state]) for each in copies.list_copies(request.actor)],
        "alarms": [(each, words.HEARD[each.heard]) for each in alarms.alarms(request.actor)],
        "national": national,
        "own": next((each for each in lists if each.is_unverified), None),
        "may_propose": request.actor.may(PROPOSE_COPY),
    }
    return render(request, "workbench/lists/copies.html", told)


@who(PROPOSE_COPY)
@require_http_methods(["GET", "POST"])
def propose(request: DeskRequest, id: UUID) -> HttpResponse:
    found = overview.read_list(request.actor, id)
    form = CopyForm(request.POST if request.method == "POST" else None)
    outcome = attempt(form, lambda data: copy_actions.propose_copy(request.actor, list_id=id, **data))
    if outcome.is_done:
        messages.success(request, _("Proposed. Nothing leaves until a second person approves."))
        return _to(outcome.result)
    return show(request, "workbench/lists/propose_copy.html", form, list=found, seconds=other_seniors(request))


@who(READ)
@require_GET
def copy(request: DeskRequest, id: UUID) -> HttpResponse:
    return _page(request, id, RefuseCopyForm())


@who(APPROVE_COPY)
@require_POST
def approve(request: DeskRequest, id: UUID) -> HttpResponse:
    form = Asked(request.POST)
    said = _("Approved. The copy is being built.")
    if carried_out(request, form, lambda _data: list_handed_out.approve(request.actor, copy=id), said):
        return _to(id)
    return _page(request, id, form)


@who(APPROVE_COPY)
@require_POST
def refuse(request: DeskRequest, id: UUID) -> HttpResponse:
    form = RefuseCopyForm(request.POST)
    said = _("Refused. Nothing leaves.")
    if carried_out(request, form, lambda data: copy_actions.refuse_copy(request.actor, copy=id, **data), said):
        return _to(id)
    return _page(request, id, form)


@who(FETCH_COPY)
@require_POST
def fetch(request: DeskRequest, id: UUID) -> HttpResponseBase:
    path, reference = copy_actions.fetch_copy(request.actor, copy=id)
    try:
        content = path.open("rb")
    except FileNotFoundError:
        raise Missing("the file of this copy is not on this machine: tell the operator", place="copy") from None
    return FileResponse(content, as_attachment=True, filename=f"{reference}.age", content_type="application/age")


def _page(request: DeskRequest, id: UUID, form: Asked) -> HttpResponse:
    found = copies.read_copy(request.actor, id)
    label, chip = words.COPY_STATES[found.state]
    told = {
        "copy": found,
        "label": label,
        "chip": chip,
        "law": law_named(found.legal_basis),
        "reasons": form if isinstance(form, RefuseCopyForm) else RefuseCopyForm(),
        "alarms": [(each, words.HEARD[each.heard]) for each in alarms.alarms(request.actor, copy=id)],
        "key": copy_building.publisher(),
        "may_approve": request.actor.may(APPROVE_COPY),
        "may_fetch": request.actor.may(FETCH_COPY),
        "is_own": found.proposed_by == request.actor.id,
        "is_open": found.state is CopyState.PROPOSED,
        "is_built": found.state is CopyState.BUILT,
        "seconds": other_seniors(request),
    }
    return show(request, "workbench/lists/copy.html", form, **told)


def _to(id: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("lists:copy", args=[id]))
