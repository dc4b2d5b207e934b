"""What was referred to the police: the queue, one referral, taking and answering it.

Rules:
- opening a referral takes nothing; that somebody read it is written down
- police take and answer; staff of the hotline see where it stands and what the police left for them
"""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tutela_node.accounts import queries as accounts
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import Asked, attempt, show
from tutela_node.desks.workbench.reports import words
from tutela_node.desks.workbench.reports.talking import talk
from tutela_node.intake import referral_actions
from tutela_node.intake import referrals as queue
from tutela_node.intake.permissions import READ_REFERRALS, SORT, TAKE_REFERRALS
from tutela_node.intake.rules import ReferralState
from tutela_node.journeys import referral_answered


class AnswerForm(Asked):
    """What the police found, for the hotline and for the reporter."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What the reporter may be told"),
        choices=[(str(each), said) for each, said in words.OUTCOMES.items()],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The reporter reads this sentence with the code, and nothing else of what you write."),
    )
    note = forms.CharField(
        label=gettext_lazy("For the hotline"),
        required=False,
        max_length=referral_actions.MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=gettext_lazy("What the hotline should know, or nothing. It is kept sealed."),
    )


@who(READ_REFERRALS)
@require_GET
def referrals(request: DeskRequest) -> HttpResponse:
    lines = queue.referral_queue(request.actor)
    names = accounts.names(frozenset(each.taken_by for each in lines if each.taken_by))
    rows = [(each, words.HAPPENINGS[each.happening], names.get(each.taken_by, "")) for each in lines]  # type: ignore[arg-type]  # nobody has no name
    told = {
        "waiting": [row for row in rows if row[0].state is not ReferralState.ANSWERED],
        "answered": [row for row in rows if row[0].state is ReferralState.ANSWERED],
        "new": sum(each.state is ReferralState.NEW for each in lines),
        "may_sort": request.actor.may(SORT),
    }
    return render(request, "workbench/reports/referrals.html", told)


@who(READ_REFERRALS)
@require_GET
def referral(request: DeskRequest, report: UUID) -> HttpResponse:
    return _referral(request, report, AnswerForm())


@who(TAKE_REFERRALS)
@require_POST
def take(request: DeskRequest, report: UUID) -> HttpResponse:
    form = Asked(request.POST)
    if attempt(form, lambda _data: referral_actions.take_referral(request.actor, report=report)).is_done:
        messages.success(request, _("You have taken it."))
        return HttpResponseRedirect(reverse("reports:referral", args=[report]))
    return _referral(request, report, form)


@who(TAKE_REFERRALS)
@require_POST
def answer(request: DeskRequest, report: UUID) -> HttpResponse:
    form = AnswerForm(request.POST)
    if attempt(form, lambda data: referral_answered.answer(request.actor, report=report, **data)).is_done:
        messages.success(request, _("Answered. The reporter can read the sentence when its time has come."))
        return HttpResponseRedirect(reverse("reports:referrals"))
    return _referral(request, report, form)


def _referral(request: DeskRequest, report: UUID, form: Asked) -> HttpResponse:
    found = queue.referral(request.actor, report)
    line, may = found.line, request.actor.may(TAKE_REFERRALS)
    told = {
        "found": found,
        "happening": words.HAPPENINGS[line.happening],
        "voice": words.VOICES[line.voice],
        "place": words.PLACES.get(found.report.place, words.NOT_SAID),
        "state": words.STATES[line.state],
        "outcome": words.OUTCOMES.get(found.outcome, ""),
        "taken_by": accounts.names(frozenset({line.taken_by})).get(line.taken_by, "") if line.taken_by else "",
        "may_take": may and line.state is ReferralState.NEW,
        "may_answer": may and line.state is ReferralState.TAKEN,
        "may_sort": request.actor.may(SORT),
        "talk": talk(request.actor, report, has_code=found.report.has_code, language=line.language),
    }
    return show(request, "workbench/reports/referral.html", form, **told)
