"""The pages of the blocking list.

Rules:
- the power to block is shown with its law, its second person, its end and its appeal, in the form itself
- whoever proposed sees the decision closed, with the reason beside it
- the list leaves this desk only as a signed release, file by file, and each time it is written down
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tutela_node.blocking import queries
from tutela_node.blocking.permissions import DECIDE, FETCH, PROPOSE, READ
from tutela_node.blocking.queries import KEY, ListingValue
from tutela_node.blocking.rules import ListingState
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import Asked, attempt, show
from tutela_node.desks.workbench.blocking import words
from tutela_node.desks.workbench.blocking.asking import ProposeForm, ReasonForm
from tutela_node.desks.workbench.powers import carried_out, law_named, other_seniors
from tutela_node.foundation import clock, profile
from tutela_node.journeys import listing_decided


@who(READ)
@require_GET
def index(request: DeskRequest) -> HttpResponse:
    found, asked = queries.listings(request.actor), request.GET.get("state", "")
    shown = [each for each in found if asked in ("", each.state)]
    told = {
        "rows": [(each, *_state(each)) for each in shown],
        "total": len(found),
        "asked": asked,
        "states": words.STATES.items(),
        "may_propose": request.actor.may(PROPOSE),
    }
    return render(request, "workbench/blocking/index.html", told)


@who(PROPOSE)
@require_http_methods(["GET", "POST"])
def propose(request: DeskRequest) -> HttpResponse:
    form = ProposeForm(request.POST if request.method == "POST" else None)
    outcome = attempt(form, lambda data: _propose(request, data))
    if outcome.is_done:
        messages.success(request, _("Proposed. Nothing is blocked until a second person agrees."))
        return _to(outcome.result)
    return show(request, "workbench/blocking/propose.html", form, **_power(request))


def _propose(request: DeskRequest, data: Mapping[str, Any]) -> UUID:
    return listing_decided.propose(
        request.actor,
        domain=data["domain"].strip(),
        grounds=data["grounds"],
        legal_basis=data["legal_basis"],
        days=data["days"],
        statement={"wholly_dedicated": data["wholly_dedicated"], "evidence": data["evidence"]},
    )


@who(READ)
@require_GET
def listing(request: DeskRequest, listing: UUID) -> HttpResponse:
    return _page(request, listing, ReasonForm())


@who(DECIDE)
@require_POST
def approve(request: DeskRequest, listing: UUID) -> HttpResponse:
    form = Asked(request.POST)
    said = _("Approved. The next release blocks it.")
    if carried_out(request, form, lambda _data: listing_decided.approve(request.actor, listing=listing), said):
        return _to(listing)
    return _page(request, listing, form)


@who(DECIDE)
@require_POST
def refuse(request: DeskRequest, listing: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    said = _("Refused. The domain is not blocked.")
    if carried_out(request, form, lambda data: listing_decided.refuse(request.actor, listing=listing, **data), said):
        return _to(listing)
    return _page(request, listing, form)


@who(DECIDE)
@require_POST
def withdraw(request: DeskRequest, listing: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    said = _("Withdrawn. The next release no longer blocks it.")
    if carried_out(request, form, lambda data: listing_decided.withdraw(request.actor, listing=listing, **data), said):
        return _to(listing)
    return _page(request, listing, form)


@who(READ)
@require_GET
def releases(request: DeskRequest) -> HttpResponse:
    told = {
        "releases": queries.releases(request.actor),
        "files": queries.RELEASE_FILES,
        "may_fetch": request.actor.may(FETCH),
        "origin": profile.current().blocking.origin,
    }
    return render(request, "workbench/blocking/releases.html", told)


@who(FETCH)
@require_GET
def release_file(request: DeskRequest, number: int, name: str) -> HttpResponse:
    content = queries.release_file(request.actor, number=number, name=name)
    kind = "application/x-pem-file" if name == KEY else "application/octet-stream"
    shown = f"release-{number}-{name}"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{shown}"'})


def _page(request: DeskRequest, id: UUID, form: Asked) -> HttpResponse:
    found = queries.listing(request.actor, id)
    label, chip = _state(found)
    told = {
        "listing": found,
        "label": label,
        "chip": chip,
        "law": law_named(found.legal_basis),
        "reasons": form if isinstance(form, ReasonForm) else ReasonForm(),
        "may_decide": request.actor.may(DECIDE),
        "is_own": found.proposed_by_id == request.actor.id,
        "is_open": found.state is ListingState.PROPOSED,
        "is_live": found.state is ListingState.APPROVED,
    }
    return show(request, "workbench/blocking/listing.html", form, **told, **_power(request))


def _power(request: DeskRequest) -> dict[str, object]:
    """What a person must know before they use this power: who decides, until when, where to appeal."""
    rule = profile.current().blocking
    return {
        "appeal": rule.appeal,
        "most_days": rule.max_days,
        "seconds": other_seniors(request),
        "now": clock.now(),
    }


def _state(found: ListingValue) -> tuple[object, str]:
    return words.STATES[found.state], words.CHIPS.get(found.state, "")


def _to(listing: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("blocking:listing", args=[listing]))
