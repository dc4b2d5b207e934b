"""The answer page: the code in the address is what lets a host in, so the page needs no account and no cookie.

Rules:
- the code comes by mail alone; the page passes no referrer and is never cached, so the address stays with its reader
- an answer may be corrected until the notice is closed; what was written stays in the form when something is missing
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tutela_node.desks.api.language import asked_language
from tutela_node.desks.api.takedown import answers
from tutela_node.desks.routes import who
from tutela_node.desks.workbench.seal import seal_of
from tutela_node.foundation import clock
from tutela_node.foundation.permissions import Actor, Role
from tutela_node.journeys import notice_answered
from tutela_node.takedown import queries
from tutela_node.takedown.errors import BadAnswer, Wrong
from tutela_node.takedown.permissions import ANSWER
from tutela_node.takedown.queries import NoticeValue
from tutela_node.takedown.rules import NoticeState

BEARER = Actor(id=None, name="bearer of a code", roles=frozenset({Role.PROVIDER}), scopes=frozenset({ANSWER.name}))


@csrf_exempt  # no cookie and no session: the code in the address is the only credential, and only its reader has it
@require_http_methods(["GET", "HEAD", "POST"])
@who("public")
def notice(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.notice_by_code(code)
    language = asked_language(request, found.language)
    with override(language):
        if request.method == "POST":
            return _answered(request, code, found, language)
        return _page(request, found, dict(found.answer), ())


def _answered(request: HttpRequest, code: str, found: NoticeValue, language: str) -> HttpResponse:
    sent = answers.filled(request.POST.dict())
    try:
        notice_answered.answer(BEARER, code=code, outcome=sent["outcome"], details=sent)
    except BadAnswer as error:
        return _page(request, found, sent, error.wrong)
    there = reverse("notice", args=[code])
    return HttpResponseRedirect(there if language == found.language else f"{there}?lang={language}", status=303)


def _page(request: HttpRequest, found: NoticeValue, sent: dict[str, str], wrong: tuple[Wrong, ...]) -> HttpResponse:
    is_answered = found.state in (NoticeState.ANSWERED, NoticeState.CLOSED)
    wants_change = "change" in request.GET and found.state is NoticeState.ANSWERED
    values = {
        "notice": found,
        "seal": seal_of(found.sighting),
        "sent": sent,
        "choices": answers.CHOICES,
        "slips": [answers.SLIPS[each] for each in wrong],
        "wrong": {str(each): answers.SLIPS[each] for each in wrong},
        "left": answers.left(found, clock.now()),
        "is_answered": is_answered,
        "is_closed": found.state is NoticeState.CLOSED,
        "shows_form": not is_answered or wants_change or bool(wrong),
        "removed_at": sent.get("removed_at", "").replace("T", " "),
        "answer": answers.name_of(sent.get("outcome", "")),
    }
    return render(request, "api/notice.html", values)
