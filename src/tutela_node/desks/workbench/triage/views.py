"""The triage pages: which report to read first, what it says, which others belong to it.

Rules:
- filters stand in the address, what is searched for does not: it travels in the body of a POST
- a report that somebody opens is read; the original is shown when somebody asks for it, as text alone
"""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tutela_node.desks.routes import DeskRequest, who
from tutela_node.desks.workbench.reports.talking import talk
from tutela_node.desks.workbench.triage import rows, sheet, words
from tutela_node.evidence import log
from tutela_node.foundation import clock
from tutela_node.foundation.errors import Invalid, Unavailable
from tutela_node.intake import queries as reports
from tutela_node.intake import triage
from tutela_node.intake.errors import TakenByAnother
from tutela_node.intake.facts import Concern
from tutela_node.intake.legible import legible
from tutela_node.intake.permissions import READ, TAKE, TIE
from tutela_node.intake.rules import Channel
from tutela_node.intake.sense import Band
from tutela_node.intake.sense_actions import give_back_bundle, mark_read, take_bundle
from tutela_node.intake.triage import Asked
from tutela_node.review.permissions import READ as REVIEW

MOST_SHOWN = 64 * 1024
MOST_DIGITS = 7


@who(READ)
@require_GET
def index(request: DeskRequest) -> HttpResponse:
    kept = {name: request.GET.get(name, "") for name in ("band", "concern", "channel", "days", "over")}
    asked, problem = _asked(kept, request.GET.get("after", "")), False
    try:
        found = triage.triage(request.actor, asked)
    except Invalid:
        found, problem = triage.triage(request.actor, _asked(kept, "")), True
    told = {
        "groups": rows.groups(found),
        "over": rows.bundle_lines(found.bundles) if asked.is_over else (),
        "counts": [(*words.BANDS[band], count, count >= triage.COUNTED) for band, count in found.counts.items()],
        "urgent": found.counts.get(Band.NOW, 0),
        "waiting": sum(found.counts.values()),
        "is_more": any(count >= triage.COUNTED for count in found.counts.values()),
        "kept": kept,
        "is_narrowed": any(kept.values()),
        "choices": _choices(),
        "next": urlencode({**{name: value for name, value in kept.items() if value}, "after": found.after}),
        "has_more": bool(found.after),
        "problem": words.NOWHERE if problem else "",
    }
    return render(request, "workbench/triage/index.html", told)


@who(READ)
@require_http_methods(["GET", "POST"])
def search(request: DeskRequest) -> HttpResponse:
    told: dict[str, object] = {"asked": request.POST.get("text", "")}
    try:
        if request.method == "POST":
            told["found"] = rows.report_lines(triage.find_reports(request.actor, str(told["asked"])))
    except Invalid:
        told["problem"] = words.NOTHING_ASKED
    status = HTTPStatus.UNPROCESSABLE_ENTITY if "problem" in told else HTTPStatus.OK
    return render(request, "workbench/triage/search.html", told, status=status)


@who(READ)
@require_GET
def report(request: DeskRequest, id: UUID) -> HttpResponse:
    return _report(request, id)


@who(READ)
@require_POST
def original(request: DeskRequest, id: UUID) -> HttpResponse:
    """The page again, with the bytes as they came, read as text; what is no text is shown as marks."""
    data = reports.original(request.actor, id)
    text = legible(data[:MOST_SHOWN].decode("utf-8", "replace"))
    return _report(request, id, original=text, size=len(data), is_cut=len(data) > MOST_SHOWN)


@who(READ)
@require_GET
def receipt(request: DeskRequest, id: UUID) -> HttpResponse:
    """The proof of when a report was logged, as a file: for whoever sent it by mail, by telephone or on paper."""
    told = reports.report(request.actor, id)
    try:
        found = log.receipt(id, "report.received", "report.entered")
    except Unavailable:
        messages.warning(request, _("The log is not signed yet. Try again in a few seconds."))
        return HttpResponseRedirect(reverse("triage:report", args=[id]))
    answer = JsonResponse({**found.values(), "report": told.reference})
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{told.reference}.json"'
    return answer


@who(TAKE)
@require_POST
def take(request: DeskRequest, bundle: UUID) -> HttpResponse:
    try:
        take_bundle(request.actor, bundle=bundle)
    except TakenByAnother:
        messages.warning(request, _("A colleague works on this case."))
    return _back(request)


@who(TAKE)
@require_POST
def give_back(request: DeskRequest, bundle: UUID) -> HttpResponse:
    give_back_bundle(request.actor, bundle=bundle)
    return _back(request)


def _back(request: DeskRequest) -> HttpResponse:
    """To the report from which a case was taken, or to the list."""
    try:
        return HttpResponseRedirect(reverse("triage:report", args=[UUID(request.POST.get("report", ""))]))
    except ValueError:
        return HttpResponseRedirect(reverse("triage:index"))


def _report(request: DeskRequest, id: UUID, **more: object) -> HttpResponse:
    begin = request.GET.get("from", "")
    is_number = begin.isascii() and begin.isdigit() and len(begin) <= MOST_DIGITS
    page = sheet.report_sheet(request.actor, id, begin=int(begin) if is_number else 0)
    if page.bundle is not None:
        mark_read(request.actor, bundle=page.bundle.id)
    told = {
        "page": page,
        "may_review": request.actor.may(REVIEW),
        "may_tie": request.actor.may(TIE),
        "yes_no": _("yes,no"),
        "talk": talk(request.actor, id, has_code=page.report.has_code, language=page.report.language),
        **more,
    }
    return render(request, "workbench/triage/report.html", told)


def _asked(kept: dict[str, str], after: str) -> Asked:
    """What cannot be read narrows nothing."""
    days = int(kept["days"]) if kept["days"] in words.PERIODS else 0
    return Asked(
        band=Band(kept["band"]) if kept["band"] in list(Band) else None,
        concern=Concern(kept["concern"]) if kept["concern"] and kept["concern"] in list(Concern) else None,
        channel=Channel(kept["channel"]) if kept["channel"] in list(Channel) else None,
        since=clock.now() - timedelta(days=days) if days else None,
        is_over=kept["over"] == "1",
        after=after,
    )


def _choices() -> list[tuple[str, str, list[tuple[str, object]]]]:
    """The filters: name, label, choices."""
    return [
        ("concern", str(words.CONCERN), [(str(each), words.CONCERNS[each]) for each in Concern if each]),
        ("channel", str(words.CHANNEL), [(str(each), words.CHANNELS.get(each, each)) for each in Channel]),
        ("days", str(words.PERIOD), list(words.PERIODS.items())),
    ]
