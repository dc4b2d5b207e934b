"""Which language a page speaks: the one in its address, or what the browser prefers. No cookie remembers it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from tutela_node.foundation import profile

P = ParamSpec("P")


def languages() -> tuple[str, ...]:
    """Those that the profile names and that have a catalogue, in the profile's order."""
    spoken = dict(settings.LANGUAGES)
    return tuple(code for code in profile.current().languages if code in spoken)


def preferred(request: HttpRequest) -> str:
    """The language in the address, else the browser's first that the profile has, else the profile's first."""
    first = request.path_info.lstrip("/").partition("/")[0]
    if first in languages():
        return first
    asked = translation.get_language_from_request(request)
    return asked if asked in languages() else languages()[0]


def spoken(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Shows a view in the language of its address; Http404 for one that the profile does not have."""

    @wraps(view)
    def within(request: HttpRequest, language: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if language not in languages():
            raise Http404
        with translation.override(language):
            return view(request, *args, **kwargs)

    return within


def tongues() -> list[tuple[str, str]]:
    """The other languages, each by its own name."""
    now = translation.get_language()
    return [(code, _own_name(code)) for code in languages() if code != now]


def _own_name(code: str) -> str:
    name = str(translation.get_language_info(code)["name_local"])
    return name[:1].upper() + name[1:]
