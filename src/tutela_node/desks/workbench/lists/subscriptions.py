"""The pages of subscriptions: which lists are followed at which exchange, and how that goes.

Rules:
- credentials go in and never come out: no page, error or form shows one
- this desk asks no exchange anything: the worker does, with the next step
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

from tutela.exchanges import KINDS
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import attempt, show
from tutela_node.desks.workbench.lists import words
from tutela_node.desks.workbench.lists.asking import SECRET, SETTING, FollowForm, SubscribeForm, told
from tutela_node.foundation.errors import Missing
from tutela_node.hashlists import following
from tutela_node.hashlists.permissions import READ, SUBSCRIBE
from tutela_node.hashlists.rules import ListState
from tutela_node.journeys import list_followed


@who(READ)
@require_GET
def index(request: DeskRequest) -> HttpResponse:
    found = following.subscriptions(request.actor)
    rows = [(each, KINDS[each.kind].title, *words.HEALTH[each.health]) for each in found]
    return render(
        request,
        "workbench/lists/subscriptions.html",
        {"rows": rows, "may_subscribe": request.actor.may(SUBSCRIBE)},
    )


@who(SUBSCRIBE)
@require_GET
def kinds(request: DeskRequest) -> HttpResponse:
    return render(request, "workbench/lists/kinds.html", {"kinds": KINDS.values()})


@who(SUBSCRIBE)
@require_http_methods(["GET", "POST"])
def subscribe(request: DeskRequest, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Missing("there is no such exchange", place="kind")
    form = SubscribeForm(request.POST if request.method == "POST" else None, kind=kind)
    outcome = attempt(form, lambda data: _subscribe(request, form, data))
    if outcome.is_done:
        messages.success(request, _("Subscribed. The first fetch begins now."))
        return HttpResponseRedirect(reverse("lists:subscription", args=[outcome.result]))
    return show(request, "workbench/lists/subscribe.html", form, kind=KINDS[kind])


def _subscribe(request: DeskRequest, form: SubscribeForm, data: Mapping[str, Any]) -> UUID:
    return list_followed.subscribe(
        request.actor,
        name=data["name"],
        kind=form.kind,
        settings=form.told(SETTING),
        credentials=form.told(SECRET),
        minutes=data["minutes"],
    )


@who(READ)
@require_http_methods(["GET", "POST"])
def subscription(request: DeskRequest, id: UUID) -> HttpResponse:
    found = following.read_subscription(request.actor, id)
    now = {"state": found.state, "minutes": found.minutes}
    form = FollowForm(request.POST if request.method == "POST" else None, kind=found.kind, initial=now)
    outcome = attempt(form, lambda data: _change(request, id, data))
    if outcome.is_done:
        messages.success(request, _("The subscription is changed."))
        return HttpResponseRedirect(reverse("lists:subscription", args=[id]))
    label, chip = words.HEALTH[found.health]
    shown = {
        "subscription": found,
        "title": KINDS[found.kind].title,
        "label": label,
        "chip": chip,
        "settings": [(words.FIELDS.get(name, name), value) for name, value in found.settings.items()],
        "may_subscribe": request.actor.may(SUBSCRIBE),
        "is_active": found.state is ListState.ACTIVE,
    }
    return show(request, "workbench/lists/subscription.html", form, **shown)


def _change(request: DeskRequest, id: UUID, data: Mapping[str, Any]) -> None:
    list_followed.change(
        request.actor,
        id=id,
        reason=data["reason"],
        state=ListState(data["state"]),
        minutes=data["minutes"],
        credentials=told(dict(data), SECRET),
    )


@who(SUBSCRIBE)
@require_POST
def fetch(request: DeskRequest, id: UUID) -> HttpResponse:
    list_followed.fetch_now(request.actor, id=id)
    messages.success(request, _("The exchange is asked now. This page shows what came of it when you load it again."))
    return HttpResponseRedirect(reverse("lists:subscription", args=[id]))
