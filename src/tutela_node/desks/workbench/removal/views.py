"""The pages of removal.

Rules:
- no notice goes to a contact that no person approved; the page says which wait for that
- police see the holds of their organisation and ask for others by an exact address, sent in the body of a form; that
  they asked is written down, what they asked is not
- a correction of a trace says why, and stands beside what the sources said
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tutela_node.accounts import queries as accounts
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import Asked, attempt, show
from tutela_node.desks.workbench.removal import words
from tutela_node.desks.workbench.removal.asking import CorrectForm, HoldForm
from tutela_node.desks.workbench.removal.rows import held, row, rows
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Missing
from tutela_node.foundation.ledger import record_read
from tutela_node.journeys import verdict_reached
from tutela_node.material import queries as material
from tutela_node.takedown import actions, queries
from tutela_node.takedown.permissions import APPROVE, CLOSE, HOLD, OVERRIDE, SEE
from tutela_node.takedown.queries import ContactValue, NoticeValue, TraceValue
from tutela_node.takedown.rules import NoticeState

USUAL_HOLD = timedelta(days=7)


@who(SEE, HOLD)
@require_GET
def index(request: DeskRequest) -> HttpResponse:
    may = request.actor.may
    told = {
        "holds": held(request.actor),
        "rows": rows(request.actor) if may(SEE) else (),
        "contacts": queries.contacts_to_approve(request.actor) if may(APPROVE) else (),
        "may_see": may(SEE),
        "may_hold": may(HOLD),
    }
    return render(request, "workbench/removal/index.html", told)


@who(SEE)
@require_GET
def address(request: DeskRequest, sighting: UUID) -> HttpResponse:
    traces = queries.traces_of(request.actor, sighting)
    names = accounts.names(frozenset(each.by for each in traces if each.by))
    latest = traces[0] if traces else None
    told = {
        "place": material.sighting(sighting),
        "latest": latest,
        "outcome": words.OUTCOMES[latest.facts.outcome] if latest else "",
        "sources": [(words.SOURCES[each.kind], each) for each in _sources(traces)],
        "traces": [
            (each, words.OUTCOMES[each.facts.outcome], names.get(each.by, "") if each.by else "") for each in traces
        ],
        "rows": [row(each) for each in queries.notices_of(sighting)],
        "hold": queries.hold_of(sighting),
        "contact": _contact(sighting),
        "may_correct": request.actor.may(OVERRIDE),
        "may_approve": request.actor.may(APPROVE),
    }
    return render(request, "workbench/removal/address.html", told)


@who(OVERRIDE)
@require_http_methods(["GET", "POST"])
def correct(request: DeskRequest, sighting: UUID) -> HttpResponse:
    place, latest = material.sighting(sighting), queries.trace_of(sighting)
    known = latest.facts if latest else None
    start = {"host_org": known.organisation, "country": known.country, "contact": known.contact} if known else None
    form = CorrectForm(request.POST if request.method == "POST" else None, initial=start)
    if attempt(form, lambda data: verdict_reached.override_trace(request.actor, sighting=sighting, **data)).is_done:
        messages.success(request, _("Corrected. The notice is written for this host."))
        return _to(sighting)
    return show(request, "workbench/removal/correct.html", form, place=place, latest=latest)


@who(APPROVE)
@require_POST
def approve_contact(request: DeskRequest, contact: UUID) -> HttpResponse:
    verdict_reached.approve_contact(request.actor, contact=contact)
    messages.success(request, _("Approved. The notices that waited for this contact go out."))
    return HttpResponseRedirect(reverse("removal:index"))


@who(HOLD)
@require_http_methods(["GET", "POST"])
def hold(request: DeskRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = HoldForm(sent, initial={"ends": clock.now() + USUAL_HOLD})
    outcome = attempt(form, lambda data: _hold(request, data))
    if outcome.is_done:
        said = ngettext("%(number)s address is held.", "%(number)s addresses are held.", outcome.result)
        messages.success(request, said % {"number": outcome.result})
        return HttpResponseRedirect(reverse("removal:index"))
    return show(request, "workbench/removal/hold.html", form)


def _hold(request: DeskRequest, data: Mapping[str, Any]) -> int:
    """Holds every address that was meant, and answers how many."""
    record_read(request.actor, "address.looked_up", None)
    found = material.search(data["address"])
    seen = {each.id for item in found.items for each in material.sightings_of(item)} | set(found.sightings)
    if not seen:
        raise Missing(_("this exact address was not reported here, and no item has this reference"), place="address")
    terms = {name: data[name] for name in ("reason", "ends", "host_may_know")}
    for sighting in sorted(seen):
        verdict_reached.place_hold(request.actor, sighting=sighting, **terms)
    return len(seen)


@who(HOLD)
@require_POST
def lift(request: DeskRequest, hold: UUID) -> HttpResponse:
    verdict_reached.lift_hold(request.actor, hold=hold)
    messages.success(request, _("The hold has ended. What waited for it goes out."))
    return HttpResponseRedirect(reverse("removal:index"))


@who(SEE)
@require_GET
def notice(request: DeskRequest, notice: UUID) -> HttpResponse:
    return _notice(request, queries.notice(request.actor, notice), Asked())


@who(CLOSE)
@require_POST
def close(request: DeskRequest, notice: UUID) -> HttpResponse:
    form = Asked(request.POST)
    if attempt(form, lambda _data: actions.close_notice(request.actor, notice=notice)).is_done:
        messages.success(request, _("Closed."))
        return HttpResponseRedirect(reverse("removal:notice", args=[notice]))
    return _notice(request, queries.notice(request.actor, notice), form)


def _notice(request: DeskRequest, found: NoticeValue, form: Asked) -> HttpResponse:
    details = [(words.DETAILS[name], value) for name, value in found.answer.items() if name in words.DETAILS]
    told = {
        "row": row(found),
        "details": details,
        "answer": words.ANSWERS.get(found.answer.get("outcome", ""), ""),
        "may_close": request.actor.may(CLOSE) and found.state in (NoticeState.SENT, NoticeState.ANSWERED),
    }
    return show(request, "workbench/removal/notice.html", form, **told)


def _sources(traces: tuple[TraceValue, ...]) -> tuple[Any, ...]:
    """What the sources said last; a person's correction has none of its own."""
    return next((each.facts.sources for each in traces if each.facts.sources), ())


def _contact(sighting: UUID) -> ContactValue | None:
    """The contact of the newest notice about an address."""
    ids = [each.contact for each in queries.notices_of(sighting) if each.contact]
    return queries.contact(ids[0]) if ids else None


def _to(sighting: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("removal:address", args=[sighting]))
