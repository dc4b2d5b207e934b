"""Which language a page of this desk speaks: the one asked for in the address, else that of the notice."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from tutela_node.foundation.profile import current


def asked_language(request: HttpRequest, otherwise: str = "") -> str:
    """`?lang=` where this desk speaks it, else `otherwise`, else what the browser prefers."""
    known = _spoken()
    for wanted in (request.GET.get("lang", ""), otherwise, translation.get_language_from_request(request)):
        if wanted in known:
            return wanted
    return known[0]


def tongues() -> list[tuple[str, str]]:
    """Every language of the desk, each by its own name."""
    return [(code, str(translation.get_language_info(code)["name_local"]).capitalize()) for code in _spoken()]


def _spoken() -> list[str]:
    """The languages of the profile that this desk has texts in; the public pages may speak more."""
    here = {code for code, _ in settings.LANGUAGES}
    return [code for code in current().languages if code in here] or ["en"]
