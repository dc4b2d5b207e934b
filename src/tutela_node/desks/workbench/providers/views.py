"""The pages of providers. They only read: organisations, tokens and agreements are kept from the command line."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tutela_node.accounts import queries as accounts
from tutela_node.accounts.rules import OrganisationKind
from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.providers import charts, rows, words
from tutela_node.foundation.errors import Missing
from tutela_node.providers import queries as providers
from tutela_node.providers.permissions import READ

WIDTHS = {"wide": 640, "narrow": 300}


@who(READ)
@require_GET
def index(request: DeskRequest) -> HttpResponse:
    lines = [rows.line(request.actor, each) for each in accounts.organisations(OrganisationKind.PROVIDER)]
    return render(request, "workbench/providers/index.html", {"lines": lines})


@who(READ)
@require_GET
def provider(request: DeskRequest, id: UUID) -> HttpResponse:
    found = accounts.organisation(id)
    if found.kind != OrganisationKind.PROVIDER:
        raise Missing("there is no such provider", place=str(id))
    months = providers.months(request.actor, id)
    drawn = {size: charts.bars([count for _, count in months], width=width) for size, width in WIDTHS.items()}
    told = {
        "line": rows.line(request.actor, found),
        "total": sum(count for _, count in months),
        "drawn": [
            (size, each, list(zip(each.bars, [m for m, _ in months], strict=True))) for size, each in drawn.items()
        ],
        "contacts": [(words.PURPOSES[each.purpose], each) for each in accounts.contacts(id)],
        "tokens": [each for each in accounts.tokens() if each.organisation == id],
        "advice": rows.advice(request.actor, id),
    }
    return render(request, "workbench/providers/provider.html", told)
