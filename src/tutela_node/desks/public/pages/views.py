"""The pages that only say something. Their figures and numbers come from the national profile."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from tutela_node.desks.public.context import voice_asked, voiced
from tutela_node.desks.public.language import preferred, spoken
from tutela_node.desks.public.voices import opening
from tutela_node.desks.public.voices.opening import Advice
from tutela_node.desks.routes import who
from tutela_node.foundation import clock, profile
from tutela_node.intake.rules import Voice


@who("public")
def front(request: HttpRequest) -> HttpResponse:
    """The start page in the browser's language; nothing is remembered and nobody is sent on."""
    return start(request, language=preferred(request))


@who("public")
@spoken
def start(request: HttpRequest) -> HttpResponse:
    voice = voice_asked(request)
    said = opening.OPENINGS[voice]
    doors = [{"door": door, "href": _leads(door.leads, voice)} for door in said.doors]
    return render(request, "public/start.html", {"said": said, "doors": doors, "voices": list(Voice)})


@who("public")
@spoken
def me(request: HttpRequest) -> HttpResponse:
    return _advise(request, opening.ME[voice_asked(request)], way="own")


@who("public")
@spoken
def someone(request: HttpRequest) -> HttpResponse:
    return _advise(request, opening.SOMEONE[voice_asked(request)], way="someone")


@who("public")
@spoken
def talk(request: HttpRequest) -> HttpResponse:
    return _advise(request, opening.TALK, way="")


@who("public")
@spoken
def now(request: HttpRequest) -> HttpResponse:
    """Somebody is in danger: the numbers first, and nothing to fill in."""
    return _advise(request, opening.NOW[voice_asked(request)], way="", is_now=True)


@who("public")
@spoken
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "public/privacy.html", {"days": profile.current().retention.not_illegal_days})


@who("public")
@spoken
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accessibility.html")


@who("public")
@spoken
def law(request: HttpRequest) -> HttpResponse:
    national, today = profile.current(), clock.now().date()
    bases = [basis for basis in national.legal_bases if basis.is_in_force(today)]
    return render(request, "public/law.html", {"bases": bases, "appeal": national.blocking.appeal})


def _advise(request: HttpRequest, advice: Advice, *, way: str, is_now: bool = False) -> HttpResponse:
    return render(request, "public/advice.html", {"advice": advice, "way": way, "is_now": is_now})


def _leads(name: str, voice: Voice) -> str:
    parts: Mapping[str, Any] = {"language": translation.get_language()}
    return reverse(f"public:{name}", kwargs=dict(parts)) + voiced(voice)
