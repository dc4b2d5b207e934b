"""The pages of one entry: found by its number or fingerprint, judged, withdrawn.

Rules:
- no fingerprint is shown unless somebody who may asks for one and says why; the answer is a page of its own
- looking an entry up is logged, whatever comes of it
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import Asked, attempt, show
from tutela_node.desks.workbench.lists import words
from tutela_node.desks.workbench.lists.asking import FindForm, JudgeForm, RevealForm, WithdrawForm
from tutela_node.hashlists import actions, following, overview
from tutela_node.hashlists.permissions import JUDGE, READ_ENTRY, REVEAL, WITHDRAW
from tutela_node.journeys import list_followed


@who(READ_ENTRY)
@require_http_methods(["GET", "POST"])
def find(request: DeskRequest) -> HttpResponse:
    form = FindForm(request.POST if request.method == "POST" else None)
    outcome = attempt(form, lambda data: _found(request, data["value"]))
    if outcome.is_done and isinstance(outcome.result, int):
        return HttpResponseRedirect(reverse("lists:entry", args=[outcome.result]))
    found = [(each, *words.ENTRY_STATES[each.state]) for each in outcome.result or ()]
    again = FindForm() if outcome.is_done else form
    return show(request, "workbench/lists/entries.html", again, found=found, is_asked=outcome.is_done)


def _found(request: DeskRequest, value: str) -> int | tuple[overview.Found, ...]:
    """The number of the one entry that is meant, or those with this fingerprint."""
    number = value.strip().upper().removeprefix("E-")
    if number.isascii() and number.isdecimal() and len(number) <= 18:
        return overview.read_entry(request.actor, int(number)).number
    return overview.find_entries(request.actor, value)


@who(READ_ENTRY)
@require_http_methods(["GET"])
def entry(request: DeskRequest, number: int) -> HttpResponse:
    return _page(request, number, None)


@who(JUDGE)
@require_POST
def judge(request: DeskRequest, number: int) -> HttpResponse:
    form = JudgeForm(request.POST, choices=following.reasons(request.actor, number).choices)
    outcome = attempt(form, lambda data: _judge(request, number, data))
    if not outcome.is_done:
        return _page(request, number, form)
    goes = _("Kept. The exchange is told.") if outcome.result else _("Kept.")
    messages.success(request, goes)
    return HttpResponseRedirect(reverse("lists:entry", args=[number]))


def _judge(request: DeskRequest, number: int, data: Mapping[str, Any]) -> bool:
    return list_followed.judge(
        request.actor,
        number=number,
        affirmative=data["verdict"] == "affirmative",
        reasons=tuple(data.get("reasons", ())),
        note=data["note"],
    )


@who(REVEAL)
@require_http_methods(["GET", "POST"])
def reveal(request: DeskRequest, number: int) -> HttpResponse:
    form = RevealForm(request.POST if request.method == "POST" else None)
    outcome = attempt(form, lambda data: overview.reveal(request.actor, number, reason=data["reason"]))
    return show(request, "workbench/lists/reveal.html", form, number=number, value=outcome.result)


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


def _page(request: DeskRequest, number: int, form: Asked | None) -> HttpResponse:
    found = overview.read_entry(request.actor, number)
    reasons = following.reasons(request.actor, number)
    opinions = following.opinions(request.actor, number)
    label, chip = words.ENTRY_STATES[found.state]
    told = {
        "entry": found,
        "label": label,
        "chip": chip,
        "origin": words.ORIGINS[found.origin],
        "changes": [(each, words.change(each.what)) for each in found.changes],
        "opinions": [(each, words.SENT[each.sent_state]) for each in opinions],
        "goes_out": reasons.goes_out,
        "has_judged": any(each.is_own for each in opinions),
        "may_judge": request.actor.may(JUDGE),
        "may_reveal": request.actor.may(REVEAL),
        "may_withdraw": request.actor.may(WITHDRAW) and found.state != "withdrawn",
    }
    return show(request, "workbench/lists/entry.html", form or JudgeForm(choices=reasons.choices), **told)
