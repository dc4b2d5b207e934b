"""Forms of the room pages: a refusal is shown in the form that caused it, with everything that was typed kept.

Rules:
- a view is the same address for the empty form and the sent one; what was carried out ends in a redirect
- a rule that speaks against a form is put beside the field it names, or above the form; outages stay the desk's
- the sentence of a rule is the room's; it is shown in the reader's language where it was translated
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from tutela_node.desks.routes import DeskRequest
from tutela_node.foundation.errors import Invalid, Kind, TutelaError

SHOWN = frozenset({Kind.INVALID, Kind.FORBIDDEN, Kind.CONFLICT, Kind.LIMITED, Kind.MISSING})
UNPROCESSABLE = 422


class Asked(forms.Form):
    """A form in the look of the desk: the parts of `look.md` (d), no script, no style of its own."""

    required_css_class = "asked"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            plain = not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect)
            if plain:
                field.widget.attrs.setdefault("class", "input")
            field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def above(self) -> list[str]:
        """What is wrong with the form as a whole."""
        return [str(each) for each in self.non_field_errors()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Whether a form was carried out, and what came of it."""

    is_done: bool
    result: Any = None


def attempt(form: Asked, act: Callable[[Mapping[str, Any]], Any], *, otherwise: str | None = None) -> Outcome:
    """Does what a valid form asks for. A rule that refuses it becomes a problem of the field it names.

    A place that is no field, such as a line of a file, is said in front, beside the field `otherwise` or above all.
    """
    if not form.is_valid():
        return Outcome(is_done=False)
    try:
        return Outcome(is_done=True, result=act(form.cleaned_data))
    except TutelaError as error:
        if error.kind not in SHOWN:
            raise
        said = gettext(error.message)
        if error.place in form.fields:
            form.add_error(error.place, said)
        else:
            form.add_error(otherwise, f"{error.place}: {said}" if otherwise and error.place else said)
        return Outcome(is_done=False)


def chosen_reports(request: DeskRequest) -> list[UUID]:
    """What was ticked in a list of reports. Raises Invalid for nothing, and for what is no id."""
    try:
        chosen = [UUID(each) for each in request.POST.getlist("report")]
    except ValueError:
        chosen = []
    if not chosen:
        raise Invalid(gettext("choose at least one report"))
    return chosen


def show(request: DeskRequest, template: str, form: Asked, **more: object) -> HttpResponse:
    """The page of a form; a form with problems is answered with 422."""
    told = {"form": form, "is_wrong": form.is_bound and bool(form.errors), **more}
    return render(request, template, told, status=UNPROCESSABLE if told["is_wrong"] else 200)
