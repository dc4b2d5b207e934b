"""A case sorted by hand: what does not belong is set apart, what belongs is joined.

Rules:
- the reports are shown a page at a time, those that may be read; what is chosen is of the page that is shown
"""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import Asked, attempt, chosen_reports, show
from tutela_node.desks.workbench.triage import rows, words
from tutela_node.intake import case_actions, triage
from tutela_node.intake.permissions import TIE

SHOWN = 50
MOST_DIGITS = 7


class SplitForm(Asked):
    """Why the chosen reports do not belong to the others."""

    why = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=case_actions.MAX_WHY,
        help_text=gettext_lazy("For the record, or nothing. No names of children."),
    )


class JoinForm(SplitForm):
    """Which case belongs to this one, by the number of any report in it, and why."""

    field_order = ("reference", "why")
    reference = forms.CharField(
        label=gettext_lazy("The number of a report of the other case"),
        max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )


@who(TIE)
@require_http_methods(["GET", "POST"])
def sort(request: DeskRequest, bundle: UUID) -> HttpResponse:
    form = SplitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done = attempt(form, lambda data: _split(request, bundle, data["why"]))
        if done.is_done:
            return HttpResponseRedirect(reverse("triage:sort", args=[done.result]))
    return _page(request, bundle, form, JoinForm(auto_id="join_%s"), sent=form)


@who(TIE)
@require_POST
def join(request: DeskRequest, bundle: UUID) -> HttpResponse:
    form = JoinForm(request.POST, auto_id="join_%s")
    done = attempt(form, lambda data: case_actions.join_cases(request.actor, bundle=bundle, **data))
    if done.is_done:
        messages.success(request, _("They are one case now."))
        return HttpResponseRedirect(reverse("triage:sort", args=[done.result]))
    return _page(request, bundle, SplitForm(), form, sent=form)


def _split(request: DeskRequest, bundle: UUID, why: str) -> UUID:
    chosen = chosen_reports(request)
    case_actions.split_case(request.actor, bundle=bundle, reports=chosen, why=why)
    number = len(chosen)
    said = ngettext(
        "%(number)s report is a case of its own now.", "%(number)s reports are a case of their own now.", number
    )
    messages.success(request, said % {"number": number})
    return bundle


def _page(request: DeskRequest, bundle: UUID, split: Asked, joined: Asked, *, sent: Asked) -> HttpResponse:
    said = request.GET.get("from", "")
    begin = int(said) if said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS else 0
    case = triage.bundle(request.actor, bundle)
    inside = triage.in_bundle(request.actor, bundle, begin=begin, limit=SHOWN + 1)
    shared = triage.shared_marks(request.actor, bundle, [each.id for each in inside[:SHOWN]])
    lines = [
        (each, [said for kind, said in words.MARKS.items() if kind in shared.get(each.report.id, ())])
        for each in rows.report_lines(inside[:SHOWN])
    ]
    told = {
        "case": case,
        "lines": lines,
        "after": begin + SHOWN if len(inside) > SHOWN else 0,
        "chosen": request.POST.getlist("report"),
        "split": split,
        "joined": joined,
    }
    return show(request, "workbench/triage/sort.html", sent, **told)
