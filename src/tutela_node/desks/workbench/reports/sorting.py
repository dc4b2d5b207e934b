"""The quarantine of a flood, sorted in bulk, and the figures of the public forms.

Rules:
- the likeliest stand first; what is chosen is released or discarded together
- discarding a whole credit takes what came before the page was shown, and nothing that came since; where what
  waits has changed, nothing is discarded and the page is shown as it is now
"""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import Asked, attempt, chosen_reports
from tutela_node.desks.workbench.reports import words
from tutela_node.foundation.errors import Invalid
from tutela_node.intake import sorting
from tutela_node.intake.floods import Seen
from tutela_node.intake.permissions import READ, SORT
from tutela_node.journeys import flood_sorted


@who(SORT)
@require_http_methods(["GET", "POST"])
def quarantine(request: DeskRequest) -> HttpResponse:
    form = Asked(request.POST if request.method == "POST" else None)
    if request.method == "POST" and attempt(form, lambda _data: _sort(request)).is_done:
        return HttpResponseRedirect(reverse("reports:quarantine"))
    return _quarantine(request, form)


@who(SORT)
@require_POST
def discard_credit(request: DeskRequest) -> HttpResponse:
    form = Asked(request.POST)
    if attempt(form, lambda _data: _discard(request)).is_done:
        return HttpResponseRedirect(reverse("reports:quarantine"))
    return _quarantine(request, form)


@who(READ)
@require_GET
def figures(request: DeskRequest) -> HttpResponse:
    rows = sorting.figures(request.actor)
    told = {
        "rows": rows,
        "begun": sum(each.begun for each in rows),
        "finished": sum(each.finished for each in rows),
        "abandoned": sum(each.abandoned for each in rows),
        "may_sort": request.actor.may(SORT),
    }
    return render(request, "workbench/reports/figures.html", told)


def _quarantine(request: DeskRequest, form: Asked) -> HttpResponse:
    found = sorting.quarantine(request.actor)
    told = {
        "form": form,
        "is_wrong": form.is_bound and bool(form.errors),
        "rows": [
            (each, words.FORMS.get(each.form, each.form), words.LANES.get(each.lane, each.lane)) for each in found.rows
        ],
        "total": found.total,
        "is_more": found.is_more,
        "at_most": [
            (credit, number, number >= sorting.COUNTED, found.at_most(credit)) for credit, number in found.by_credit
        ],
        "before": found.read_at.isoformat(),
        "may_sort": True,
    }
    return render(request, "workbench/reports/quarantine.html", told, status=422 if told["is_wrong"] else 200)


def _sort(request: DeskRequest) -> None:
    chosen = chosen_reports(request)
    if request.POST.get("do") == "discard":
        number = flood_sorted.discard(request.actor, reports=chosen)
        said = ngettext("%(number)s report was discarded.", "%(number)s reports were discarded.", number)
    else:
        number = flood_sorted.release(request.actor, reports=chosen)
        said = ngettext("%(number)s report goes its way.", "%(number)s reports go their way.", number)
    messages.success(request, said % {"number": number})


def _discard(request: DeskRequest) -> None:
    try:
        credit = int(request.POST.get("credit", ""))
        seen = Seen(number=int(request.POST.get("seen", "")), is_more="more" in request.POST)
        before = datetime.fromisoformat(request.POST.get("before", "")).astimezone(UTC)
    except ValueError:
        raise Invalid(_("choose what to discard")) from None
    number = flood_sorted.discard_credit(request.actor, credit=credit, before=before, seen=seen)
    said = ngettext("%(number)s report was discarded.", "%(number)s reports were discarded.", number)
    messages.success(request, said % {"number": number})
