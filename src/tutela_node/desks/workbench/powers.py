"""What the pages of powers share that two people use together: the laws offered, who may be second, the outcome told.

Rules:
- only laws in force today that cover the act are offered
- whoever proposed sees who else may decide
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages

from tutela_node.accounts import queries as accounts
from tutela_node.desks.routes import DeskRequest
from tutela_node.desks.workbench.asked import Asked, attempt
from tutela_node.foundation import clock, profile
from tutela_node.foundation.permissions import Role


def laws_for(act: str) -> list[tuple[str, str]]:
    """The legal bases of an act that are in force, as choices of a form."""
    today = clock.now().date()
    found = [each for each in profile.current().legal_bases if act in each.covers and each.is_in_force(today)]
    return [(each.id, f"{each.title} ({each.id})") for each in found]


def offer(form: Asked, name: str, choices: list[tuple[str, str]]) -> None:
    """The choices of a field; a single one is chosen already."""
    field = form.fields[name]
    field.choices = choices  # type: ignore[attr-defined]  # a choice field
    if len(choices) == 1:
        field.initial = choices[0][0]


def law_named(id: str) -> str:
    """The title of a legal basis, also of one that is not in force any more."""
    return next((each.title for each in profile.current().legal_bases if each.id == id), id)


def other_seniors(request: DeskRequest) -> list[str]:
    """The names of those who may decide on what this person proposed."""
    return [each.name for each in accounts.people() if Role.SENIOR in each.roles and each.id != request.actor.id]


def carried_out(request: DeskRequest, form: Asked, act: Callable[[Mapping[str, Any]], Any], said: str) -> bool:
    """Does what a form asks for and says so; else the form holds why not."""
    if not attempt(form, act).is_done:
        return False
    messages.success(request, said)
    return True
