"""What became of a report: enter the code, read one of six sentences.

A code that nobody has and a code that is mistyped get the same page after the same work.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tutela_node.desks.public.intake.mailbox import look_up
from tutela_node.desks.public.language import spoken
from tutela_node.desks.public.posted import read_form
from tutela_node.desks.public.voices.sentences import SAID
from tutela_node.desks.routes import who
from tutela_node.intake.rules import Told

MOST = 200


@who("public")
@require_http_methods(["GET", "HEAD", "POST"])
@spoken
def back(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "public/back.html")
    typed = read_form(request).values.get("code", "")[:MOST]
    told = look_up(typed)
    if not told:
        return render(request, "public/back.html", {"unknown": True, "typed": typed})
    return _show(request, told)


def _show(request: HttpRequest, told: tuple[Told, ...]) -> HttpResponse:
    steps = [{"said": SAID[each.sentence], "at": each.at} for each in told]
    return render(request, "public/status.html", {"now": steps[-1], "past": steps[:-1]})
