"""The pages of hash lists and of their imports.

Rules:
- the file of a list is never spooled in clear: this view sets its own handler before the body is read, and checks the
  form's origin after that, as the framework demands of such a view
- a page names lists, entries and figures; never a fingerprint
- the page of a running import comes again by itself every few seconds, unless its reader stops that
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import attempt, show
from tutela_node.desks.workbench.lists import charts, words
from tutela_node.desks.workbench.lists.asking import ChangeForm, DecideForm, ImportForm
from tutela_node.desks.workbench.lists.uploads import FIELD, HeldFile, ListSealed, discard_unused
from tutela_node.hashlists import actions, alarms, following, holding, overview
from tutela_node.hashlists.holding import Held
from tutela_node.hashlists.permissions import CHANGE, DECIDE, IMPORT, READ, SUBSCRIBE, WITHDRAW
from tutela_node.hashlists.rules import FloodState, ImportState, ListState
from tutela_node.journeys import flood_decided, list_imported

SMALL = 1024 * 1024  # octets of a file that is taken while the reader waits
AGAIN_SECONDS = 3


@who(READ)
@require_GET
def index(request: DeskRequest) -> HttpResponse:
    actor = request.actor
    fresh = {each.list_id: words.HEALTH[each.health] for each in following.subscriptions(actor)}
    rows = [
        (each, charts.growth(each.growth, width=120, height=32), fresh.get(each.id)) for each in overview.lists(actor)
    ]
    told = {
        "rows": rows,
        "floods": overview.floods(actor),
        "alarms": [(each, words.HEARD[each.heard]) for each in alarms.alarms(actor)],
        "running": [each for each in overview.imports(actor) if each.state is ImportState.RUNNING],
        "may_import": actor.may(IMPORT),
        "may_subscribe": actor.may(SUBSCRIBE),
        "may_withdraw": actor.may(WITHDRAW),
    }
    return render(request, "workbench/lists/index.html", told)


@who(READ)
@require_http_methods(["GET", "POST"])
def list_page(request: DeskRequest, id: UUID) -> HttpResponse:
    found = overview.read_list(request.actor, id)
    now = {
        "state": found.state,
        "threshold": found.threshold,
        "growth_limit": found.growth_limit,
        "trusted": found.is_trusted,
    }
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=now)
    if found.is_unverified:
        del form.fields["trusted"]
    outcome = attempt(form, lambda data: _change(request, id, data))
    if outcome.is_done:
        messages.success(request, _("Changed. It counts from the next question on."))
        return HttpResponseRedirect(reverse("lists:list", args=[id]))
    told = {
        "list": found,
        "chart": charts.growth(found.growth, width=640, height=120),
        "grown": found.growth[-1] - found.growth[0],
        "floods": overview.floods(request.actor, list=id),
        "imports": _with_words(overview.imports(request.actor, list=id, limit=10)),
        "changes": [(each, words.change(each.what)) for each in overview.history(request.actor, id, limit=40)],
        "shares": overview.shares(request.actor, id),
        "subscription": following.subscription_of(request.actor, id),
        "may_change": request.actor.may(CHANGE),
    }
    return show(request, "workbench/lists/list.html", form, **told)


def _change(request: DeskRequest, id: UUID, data: Mapping[str, Any]) -> None:
    limit = data["growth_limit"]
    actions.change_list(
        request.actor,
        id=id,
        reason=data["reason"],
        state=ListState(data["state"]),
        threshold=data["threshold"],
        trusted=data.get("trusted"),
        growth_limit="" if limit is None else limit,
    )


@csrf_exempt
@who(IMPORT)
@require_http_methods(["GET", "POST"])
def import_list(request: DeskRequest) -> HttpResponse:
    handler = ListSealed(request)
    request.upload_handlers = [handler]
    return _import(request, handler)


@csrf_protect
def _import(request: DeskRequest, handler: ListSealed) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and handler.is_too_large:
        form.add_error(FIELD, _("This file is larger than 16 GiB. Split it, or ask the operator to import it."))
    outcome = attempt(form, lambda data: _take(request, data), otherwise=FIELD)
    used = outcome.result[1] if outcome.is_done else None
    discard_unused(request, used)
    if outcome.is_done:
        return HttpResponseRedirect(reverse("lists:result", args=[outcome.result[0]]))
    return show(request, "workbench/lists/import.html", form)


def _take(request: DeskRequest, data: Mapping[str, Any]) -> tuple[UUID, Held | None]:
    """The import, and the held file where the worker still needs it."""
    file: HeldFile = data["file"]
    told = {name: data[name] for name in ("name", "format", "mapping", "trusted", "purpose")}
    if file.held.size > SMALL:
        return list_imported.begin_import(request.actor, held=file.held, **told), file.held
    with holding.open_held(file.held.id, file.held.key_wrapped) as stream:
        return list_imported.import_list(request.actor, stream=stream, **told).id, None


@who(READ)
@require_GET
def imports(request: DeskRequest) -> HttpResponse:
    told = {"imports": _with_words(overview.imports(request.actor)), "may_import": request.actor.may(IMPORT)}
    return render(request, "workbench/lists/imports.html", told)


@who(READ)
@require_GET
def result(request: DeskRequest, id: UUID) -> HttpResponse:
    made = overview.read_import(request.actor, id)
    is_running = made.state is ImportState.RUNNING
    comes_again = is_running and "still" not in request.GET
    told = {
        "made": made,
        "is_running": is_running,
        "comes_again": comes_again,
        "seconds": AGAIN_SECONDS,
        "may_cancel": is_running and made.origin == "import" and request.actor.may(IMPORT),
        "flood": next((each for each in overview.floods(request.actor) if each.import_id == id), None),
    }
    response = render(request, "workbench/lists/result.html", told)
    if comes_again:
        response.headers["Refresh"] = str(AGAIN_SECONDS)
    return response


@who(IMPORT)
@require_POST
def cancel(request: DeskRequest, id: UUID) -> HttpResponse:
    actions.cancel_import(request.actor, id=id)
    messages.success(request, _("The import is cancelled. What was taken stays."))
    return HttpResponseRedirect(reverse("lists:result", args=[id]))


@who(READ)
@require_http_methods(["GET", "POST"])
def flood(request: DeskRequest, id: UUID) -> HttpResponse:
    found = overview.read_flood(request.actor, id)
    form = DecideForm(request.POST if request.method == "POST" else None)
    outcome = attempt(form, lambda data: _decide(request, id, data))
    if outcome.is_done:
        done = _("Decided. The entries are being moved.") if outcome.result else _("Proposed. A second person decides.")
        messages.success(request, done)
        return HttpResponseRedirect(reverse("lists:flood", args=[id]))
    label, chip = words.FLOOD_STATES[found.state]
    told = {
        "flood": found,
        "label": label,
        "chip": chip,
        "is_open": found.state in (FloodState.WAITING, FloodState.PROPOSED),
        "is_own": found.proposed_by == request.actor.id,
        "may_decide": request.actor.may(DECIDE),
    }
    return show(request, "workbench/lists/flood.html", form, **told)


def _decide(request: DeskRequest, id: UUID, data: Mapping[str, Any]) -> bool:
    release = data["choice"] == "release"
    return flood_decided.decide(request.actor, flood=id, release=release, reason=data["reason"])


def _with_words(made: tuple[overview.ImportValue, ...]) -> list[tuple[Any, ...]]:
    return [(each, *words.IMPORT_STATES[each.state]) for each in made]
