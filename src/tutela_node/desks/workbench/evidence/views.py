"""The pages of evidence.

Rules:
- a release needs two people; whoever proposed sees the approval closed, with the reason beside it
- police see the packages that were released to their own organisation, and nothing else
- a package leaves by a sent form, never by a link that something could follow: its fetching is a custody event
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import Asked, attempt, show
from tutela_node.desks.workbench.evidence import words
from tutela_node.desks.workbench.evidence.asking import ProposeForm, RefuseForm
from tutela_node.desks.workbench.powers import carried_out, law_named, other_seniors
from tutela_node.evidence import actions, log, policy, queries
from tutela_node.evidence.permissions import APPROVE, FETCH, PROPOSE, READ, READ_LOG, RECEIVE
from tutela_node.evidence.queries import ExhibitValue, PackageValue
from tutela_node.evidence.rules import PackageState
from tutela_node.foundation.errors import Missing
from tutela_node.journeys import package_released
from tutela_node.material import queries as material


@who(READ, RECEIVE)
@require_GET
def packages(request: DeskRequest) -> HttpResponse:
    found = queries.packages(request.actor)
    told = {"rows": [(each, *_state(each)) for each in found], "is_staff": request.actor.may(READ), **_doors(request)}
    return render(request, "workbench/evidence/packages.html", told)


@who(READ)
@require_GET
def exhibits(request: DeskRequest) -> HttpResponse:
    rows = _exhibits(request)
    return render(request, "workbench/evidence/exhibits.html", {"rows": rows, **_doors(request)})


def _exhibits(request: DeskRequest) -> list[tuple[ExhibitValue, str]]:
    """The newest exhibits, each with the reference of its item."""
    found = queries.exhibits(request.actor)
    references = {each.id: each.reference for each in material.items(tuple(each.item for each in found))}
    return [(each, references.get(each.item, "")) for each in found]


@who(PROPOSE)
@require_http_methods(["GET", "POST"])
def propose(request: DeskRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    chosen = {"items": request.GET.getlist("item")}
    offered = {each.item: f"{each.number} · {reference}" for each, reference in _exhibits(request)}
    form = ProposeForm(sent, exhibits=offered, initial=chosen)
    outcome = attempt(form, lambda data: _propose(request, data))
    if outcome.is_done:
        messages.success(request, _("Proposed. Nothing leaves until a second person approves."))
        return _to(outcome.result)
    return show(request, "workbench/evidence/propose.html", form, **_power(request), **_doors(request))


def _propose(request: DeskRequest, data: Mapping[str, Any]) -> UUID:
    return package_released.propose(
        request.actor,
        items=tuple(data["items"]),
        legal_basis=data["legal_basis"],
        recipient=data["recipient"],
        reason=data["reason"],
    )


@who(READ, RECEIVE)
@require_GET
def package(request: DeskRequest, package: UUID) -> HttpResponse:
    return _page(request, package, RefuseForm())


@who(APPROVE)
@require_POST
def approve(request: DeskRequest, package: UUID) -> HttpResponse:
    form = Asked(request.POST)
    said = _("Approved. The package is being built.")
    if carried_out(request, form, lambda _data: package_released.approve(request.actor, package=package), said):
        return _to(package)
    return _page(request, package, form)


@who(APPROVE)
@require_POST
def refuse(request: DeskRequest, package: UUID) -> HttpResponse:
    form = RefuseForm(request.POST)
    said = _("Refused. Nothing leaves.")
    if carried_out(request, form, lambda data: actions.refuse_package(request.actor, package=package, **data), said):
        return _to(package)
    return _page(request, package, form)


@who(FETCH)
@require_POST
def fetch(request: DeskRequest, package: UUID) -> HttpResponseBase:
    found = queries.package(request.actor, package)
    path = package_released.fetch(request.actor, package=package)
    try:
        content = path.open("rb")
    except FileNotFoundError:
        raise Missing("the file of this package is not on this machine: tell the operator", place="package") from None
    return FileResponse(content, as_attachment=True, filename=f"{found.reference}.age", content_type="application/age")


@who(READ_LOG)
@require_GET
def custody(request: DeskRequest) -> HttpResponse:
    """The newest events, or those about the item of a reference."""
    asked = request.GET.get("item", "").strip()
    told: dict[str, object] = {"asked": asked, "checkpoint": log.checkpoint(request.actor)}
    try:
        told["events"] = _events(request, asked)
    except Missing:
        told |= {"events": (), "is_unknown": True}
    return render(request, "workbench/evidence/custody.html", told | _doors(request))


@who(READ, RECEIVE, READ_LOG)
@require_GET
def policy_file(request: DeskRequest) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="policy.json"'}
    return HttpResponse(policy.policy_json(), content_type="application/json", headers=headers)


def _events(request: DeskRequest, reference: str) -> tuple[log.LogEvent, ...]:
    if not reference:
        return log.newest(request.actor)
    return log.events_about(request.actor, material.item_of_reference(reference))


def _page(request: DeskRequest, id: UUID, form: Asked) -> HttpResponse:
    found = queries.package(request.actor, id)
    label, chip = _state(found)
    told = {
        "package": found,
        "label": label,
        "chip": chip,
        "law": law_named(found.legal_basis),
        "reasons": form if isinstance(form, RefuseForm) else RefuseForm(),
        "may_approve": request.actor.may(APPROVE),
        "may_fetch": request.actor.may(FETCH),
        "is_own": found.proposed_by_id == request.actor.id,
        "is_open": found.state is PackageState.PROPOSED,
        "is_built": found.state is PackageState.BUILT,
        "is_staff": request.actor.may(READ),
    }
    return show(request, "workbench/evidence/package.html", form, **told, **_power(request), **_doors(request))


def _power(request: DeskRequest) -> dict[str, object]:
    return {"seconds": other_seniors(request)}


def _doors(request: DeskRequest) -> dict[str, object]:
    """Which pages of evidence this person may open."""
    may = request.actor.may
    return {"may_read": may(READ), "may_read_log": may(READ_LOG), "may_propose": may(PROPOSE)}


def _state(found: PackageValue) -> tuple[object, str]:
    return words.STATES[found.state], words.CHIPS.get(found.state, "")


def _to(package: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("evidence:package", args=[package]))
