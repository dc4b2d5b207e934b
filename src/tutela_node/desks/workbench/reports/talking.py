"""What was asked and replied about a report, beside the report wherever it is read, and the form that asks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tutela_node.accounts import queries as accounts
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import Asked, attempt, show
from tutela_node.foundation.permissions import Actor
from tutela_node.intake import channel_actions as channel
from tutela_node.intake import conversations, queries
from tutela_node.intake.permissions import ASK, READ
from tutela_node.intake.rules import MAX_QUESTION


class AskForm(Asked):
    """One question to a reporter."""

    text = forms.CharField(
        label=gettext_lazy("Question to the reporter"),
        max_length=MAX_QUESTION,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=gettext_lazy(
            "In the language of the report. It is sealed to the reporter’s code. Ask for no name and for no picture."
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Said:
    """One turn. `by` is a colleague's name, "" for the reporter; `text` is "" for what could not be opened."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Talk:
    """All turns, and whether the reporter has a code with which a question could be read."""

    report: UUID
    turns: tuple[Said, ...]
    has_code: bool
    language: str


def talk(actor: Actor, report: UUID, *, has_code: bool, language: str) -> Talk | None:
    """None for who may not ask. The read is written down."""
    if not actor.may(ASK):
        return None
    turns = conversations.conversation(actor, report)
    names = accounts.names(frozenset(each.asked_by for each in turns if each.asked_by))
    said = [
        Said(by=names.get(each.asked_by, "–") if each.asked_by else "", at=each.at, text=each.text) for each in turns
    ]
    return Talk(report=report, turns=tuple(said), has_code=has_code, language=language)


@who(ASK)
@require_http_methods(["GET", "POST"])
def ask(request: DeskRequest, report: UUID) -> HttpResponse:
    found = queries.report(request.actor, report)
    form = AskForm(request.POST if request.method == "POST" else None)
    if attempt(form, lambda data: channel.ask(request.actor, report=report, text=data["text"])).is_done:
        messages.success(request, _("Asked. The reporter reads it with the code."))
        return HttpResponseRedirect(_back(request, report))
    shown = talk(request.actor, report, has_code=found.has_code, language=found.language)
    told = {"talk": shown, "found": found, "back": _back(request, report)}
    return show(request, "workbench/reports/ask.html", form, **told)


def _back(request: DeskRequest, report: UUID) -> str:
    if request.actor.may(READ):
        return reverse("triage:report", args=[report])
    return reverse("reports:referral", args=[report])
