"""The pages of hash lists.

Rules:
- the file of a list is never spooled: this view sets its own handler before the body is read, and checks the form's
  origin after that, as the framework demands of such a view
- a page names lists, entries and figures; never a fingerprint
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
from django.views.decorators.http import require_GET, require_http_methods

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import attempt, show
from tutela_node.desks.workbench.lists.asking import ImportForm, WithdrawForm
from tutela_node.desks.workbench.lists.uploads import FIELD, ListInMemory
from tutela_node.hashlists import actions, overview
from tutela_node.hashlists.permissions import IMPORT, READ, WITHDRAW
from tutela_node.journeys import list_imported


@who(READ)
@require_GET
def index(request: DeskRequest) -> HttpResponse:
    told = {
        "lists": overview.lists(request.actor),
        "imports": overview.imports(request.actor),
        "may_import": request.actor.may(IMPORT),
        "may_withdraw": request.actor.may(WITHDRAW),
    }
    return render(request, "workbench/lists/index.html", told)


@csrf_exempt
@who(IMPORT)
@require_http_methods(["GET", "POST"])
def import_list(request: DeskRequest) -> HttpResponse:
    handler = ListInMemory(request)
    request.upload_handlers = [handler]
    return _import(request, handler)


@csrf_protect
def _import(request: DeskRequest, handler: ListInMemory) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and handler.is_too_large:
        form.add_error(FIELD, _("This file is larger than 64 MiB. Split it, or ask the operator to import it."))
    outcome = attempt(form, lambda data: _take(request, data), otherwise=FIELD)
    if outcome.is_done:
        return HttpResponseRedirect(reverse("lists:result", args=[outcome.result]))
    return show(request, "workbench/lists/import.html", form)


def _take(request: DeskRequest, data: Mapping[str, Any]) -> UUID:
    result = list_imported.import_list(
        request.actor,
        name=data["name"],
        format=data["format"],
        mapping=data["mapping"],
        stream=data["file"].file,
        trusted=data["trusted"],
    )
    return result.id


@who(READ)
@require_GET
def result(request: DeskRequest, id: UUID) -> HttpResponse:
    return render(request, "workbench/lists/result.html", {"made": overview.read_import(request.actor, id)})


@who(WITHDRAW)
@require_http_methods(["GET", "POST"])
def withdraw(request: DeskRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = WithdrawForm(sent, initial={"number": request.GET.get("entry")})
    outcome = attempt(form, lambda data: actions.withdraw_entry(request.actor, **data))
    if outcome.is_done:
        messages.success(request, _("The entry is withdrawn. Nothing matches it any more."))
        return HttpResponseRedirect(reverse("lists:index"))
    return show(request, "workbench/lists/withdraw.html", form)
