"""Writing a report down for a caller, a letter, a visitor: the questions of the public pages, the address first.

Rules:
- each field is kept as it is typed, for the person who types it; without scripts a button does the same
- what is too much to be kept is shown again in the form, to be shortened
- the code is shown once, to be read out or handed over; the node keeps no copy
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tutela.urls import check_reported
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.asked import Asked, attempt, show
from tutela_node.desks.workbench.reports import words as wording
from tutela_node.foundation import profile
from tutela_node.foundation.errors import Invalid
from tutela_node.intake import entries as drafts
from tutela_node.intake import entry_actions as actions
from tutela_node.intake.permissions import ENTER, SORT
from tutela_node.intake.rules import MAX_TYPED, MAX_URLS, MAX_WORDS, Channel, Sheet, Voice
from tutela_node.journeys import report_entered

SHORT = {"class": "input short"}


def _choices(said: Mapping[str, wording.Words]) -> list[tuple[str, wording.Words]]:
    return [("", wording.NOT_SAID), *((str(value), label) for value, label in said.items())]


class EntryForm(Asked):
    """The questions in the order in which they are asked."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How it reached you"),
        choices=[(str(each), label) for each, label in wording.CHANNELS.items()],
        widget=forms.Select(attrs=SHORT),
    )
    address = forms.CharField(
        label=gettext_lazy("Addresses"),
        required=False,
        max_length=MAX_TYPED,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "class": "input url", "spellcheck": "false"}),
        help_text=gettext_lazy("One on each line. Never open one yourself."),
    )
    thing = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        required=False,
        choices=_choices(wording.THINGS),
        widget=forms.Select(attrs=SHORT),
    )
    happening = forms.ChoiceField(
        label=gettext_lazy("What happens to somebody"),
        required=False,
        choices=_choices(wording.HAPPENINGS),
        widget=forms.Select(attrs=SHORT),
        help_text=gettext_lazy("What the national profile names goes to the police. Tell the caller who will read it."),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Where"), required=False, choices=_choices(wording.PLACES), widget=forms.Select(attrs=SHORT)
    )
    words = forms.CharField(
        label=gettext_lazy("In their words"),
        required=False,
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto", "class": "input tall"}),
        help_text=gettext_lazy("As it was said, without a name unless the caller wants it kept."),
    )
    voice = forms.ChoiceField(
        label=gettext_lazy("Who speaks"),
        choices=[(str(each), label) for each, label in wording.VOICES.items()],
        widget=forms.Select(attrs=SHORT),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), widget=forms.Select(attrs=SHORT))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = [(code, _name(code)) for code in profile.current().languages]
        self.fields["language"].choices = spoken  # type: ignore[attr-defined]  # a choice field


@who(ENTER)
@require_http_methods(["GET", "POST"])
def entries(request: DeskRequest) -> HttpResponse:
    form = Asked(request.POST if request.method == "POST" else None)
    begun = attempt(form, lambda _data: actions.begin_entry(request.actor)) if request.method == "POST" else None
    if begun and begun.is_done:
        return HttpResponseRedirect(reverse("reports:enter", args=[begun.result]))
    rows = drafts.entries(request.actor)
    return show(request, "workbench/reports/entries.html", form, rows=rows, may_sort=request.actor.may(SORT))


@who(ENTER)
@require_http_methods(["GET", "POST"])
def enter(request: DeskRequest, entry: UUID) -> HttpResponse:
    kept = drafts.entry(request.actor, entry)
    if request.method != "POST":
        return _form(request, EntryForm(initial=dict(kept.answers)), kept)
    form = EntryForm(request.POST)
    if not _keep(request, entry, form):
        return _form(request, form, kept)
    made = attempt(form, lambda data: _enter(request, entry, data))
    if made.is_done:
        told = {"made": made.result, "code": made.result.code.split("-"), "may_sort": request.actor.may(SORT)}
        return render(request, "workbench/reports/entered.html", told)
    return _form(request, form, kept)


@who(ENTER)
@require_POST
def save(request: DeskRequest, entry: UUID) -> HttpResponse:
    """Keeps what is in the form now; a script is answered without a page."""
    form = EntryForm(request.POST)
    if not _keep(request, entry, form):
        return _form(request, form, drafts.entry(request.actor, entry))
    if request.headers.get("X-Saved-By") == "script":
        return HttpResponse(status=204)
    messages.success(request, _("Saved. You can come back to it."))
    return HttpResponseRedirect(reverse("reports:enter", args=[entry]))


@who(ENTER)
@require_POST
def drop(request: DeskRequest, entry: UUID) -> HttpResponse:
    actions.drop_entry(request.actor, entry=entry)
    messages.success(request, _("Thrown away."))
    return HttpResponseRedirect(reverse("reports:entries"))


def _form(request: DeskRequest, form: EntryForm, kept: drafts.EntryValue) -> HttpResponse:
    return show(request, "workbench/reports/enter.html", form, kept=kept, may_sort=request.actor.may(SORT))


def _keep(request: DeskRequest, entry: UUID, form: EntryForm) -> bool:
    """Keeps what was typed, whatever it is. What cannot be kept is a problem of the form, which has it still."""
    try:
        actions.save_entry(request.actor, entry=entry, answers=_typed(request))
    except Invalid as error:
        form.add_error(None, _(error.message))
        return False
    return True


def _typed(request: DeskRequest) -> dict[str, str]:
    return {name: request.POST[name] for name in EntryForm.base_fields if name in request.POST}


def _enter(request: DeskRequest, entry: UUID, data: Mapping[str, Any]) -> actions.Entered:
    sheet = Sheet(
        urls=_addresses(data["address"]),
        typed=data["address"],
        words=data["words"].replace("\r\n", "\n").strip(),
        thing=data["thing"],
        place=data["place"],
        happening=data["happening"],
        language=data["language"],
        voice=Voice(data["voice"]),
    )
    return report_entered.enter(request.actor, entry=entry, channel=Channel(data["channel"]), sheet=sheet)


def _addresses(typed: str) -> tuple[str, ...]:
    """Raises Invalid, naming the line, for what no browser could open."""
    lines = [line for line in typed.splitlines() if line.strip()]
    if len(lines) > MAX_URLS:
        raise Invalid(_("write at most %(most)s addresses") % {"most": MAX_URLS}, place="address")
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(check_reported(line).text)
        except Invalid:
            said = _("line %(number)s is no address that a browser could open") % {"number": number}
            raise Invalid(said, place="address") from None
    return tuple(found)


def _name(code: str) -> str:
    return str(get_language_info(code)["name_local"])
